//! Texts to read.

use std::fmt::Write as _;

/// So many policies, no two alike, without a mistake, each a line of 55 bytes on average; 100,000 at
/// most, which is what one load may hold.
pub fn distinct_policies(count: u32) -> String {
    let mut text = String::new();
    for at in 0..count {
        let (limit, few) = (at % 9_000 + 1_000, at % 7 + 2);
        let body = match at % 5 {
            0 => format!("timeout({limit}ms) + retry + bulkhead({few})"),
            1 => format!("timeout({limit}ms) + retry({few}) | fallback"),
            2 => format!("hedge + (timeout({limit}ms) & to(@b))"),
            3 => format!("circuit_breaker + timeout({limit}ms) + hedge"),
            _ => format!("retry({few}) + x: timeout({limit}ms) | fail"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "policy a{at:05} = {body};");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::distinct_policies;

    #[test]
    fn policies_have_their_size_on_average() {
        assert_eq!(distinct_policies(1_000).len(), 55 * 1_000);
    }
}
