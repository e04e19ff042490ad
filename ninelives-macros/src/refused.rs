//! The literals that the compiler refuses by itself. It runs the macro all the same, so whatever we
//! said of one would be a second message for one mistake.

/// True for a number with an exponent without digits, or with digits that its radix does not have.
pub(crate) fn refused_by_rustc(text: &str) -> bool {
    let radix = |prefix: &str, radix: u32| {
        let digits = text.strip_prefix(prefix)?;
        let digits = digits.trim_start_matches('_');
        Some(match digits.chars().next() {
            Some(first) if first.is_digit(radix) => {
                radix < 10
                    && digits
                        .trim_start_matches(|digit: char| digit.is_digit(radix) || digit == '_')
                        .starts_with(|next: char| next.is_ascii_digit() || "eE.".contains(next))
            }
            _ => true,
        })
    };
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    radix("0b", 2)
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0x", 16))
        .unwrap_or_else(|| {
            let digit = |next: char| next.is_ascii_digit() || next == '_';
            let rest = text.trim_start_matches(digit);
            let rest = rest
                .strip_prefix('.')
                .map_or(rest, |fraction| fraction.trim_start_matches(digit));
            rest.strip_prefix(['e', 'E']).is_some_and(|exponent| {
                !exponent
                    .strip_prefix(['+', '-'])
                    .unwrap_or(exponent)
                    .trim_start_matches('_')
                    .starts_with(|next: char| next.is_ascii_digit())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_refuses_is_known() {
        for refused in [
            "1e", "0E", "1es", "1.5e", "10each", "1e+", "1e_", "0b2", "0o9", "0xyz", "0b", "0b1e3",
        ] {
            assert!(refused_by_rustc(refused), "{refused}");
        }
        for fine in [
            "1s", "1e3", "1e-3s", "0x1s", "0xes", "0b1s", "5min", "1_000ms", "1.5h", "0", "\"1e\"",
        ] {
            assert!(!refused_by_rustc(fine), "{fine}");
        }
    }
}
