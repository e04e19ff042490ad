//! The literals that the compiler refuses by itself. It runs the macro all the same, so whatever we
//! said of one would be a second message for one mistake.

/// True for a literal that the compiler has reported.
pub(crate) fn refused_by_rustc(text: &str) -> bool {
    is_broken_number(text) || is_broken_text(text)
}

/// `"a\q"`, `'ab'`: an escape that Rust does not have, or more than one character in single quotes.
fn is_broken_text(text: &str) -> bool {
    if let Some(quoted) = text.strip_prefix('\'') {
        let quoted = quoted.strip_suffix('\'').unwrap_or(quoted);
        return !quoted.starts_with('\\') && quoted.chars().nth(1).is_some();
    }
    let mut characters = text.strip_prefix('"').unwrap_or_default().chars();
    while let Some(next) = characters.next() {
        let escaped = (next == '\\').then(|| characters.next()).flatten();
        if escaped.is_some_and(|escaped| !"nrt\\0'\"xu\n".contains(escaped)) {
            return true;
        }
    }
    false
}

/// `1e`, `0b2`: an exponent without digits, or digits that the radix does not have.
fn is_broken_number(text: &str) -> bool {
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
    radix("0b", 2).or_else(|| radix("0o", 8)).or_else(|| radix("0x", 16)).unwrap_or_else(|| {
        let digit = |next: char| next.is_ascii_digit() || next == '_';
        let rest = text.trim_start_matches(digit);
        let rest =
            rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches(digit));
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
        let refused = r#"1e 0E 1es 1.5e 10each 1e+ 1e_ 0b2 0o9 0xyz 0b 0b1e3 "a\qb" 'ab'"#;
        for literal in refused.split(' ') {
            assert!(refused_by_rustc(literal), "{literal}");
        }
        let fine = r#"1s 1e3 1e-3s 0x1s 0xes 0b1s 5min 1_000ms 1.5h 0 "1e" "a\\q\n" 'a' '\n'"#;
        for literal in fine.split(' ') {
            assert!(!refused_by_rustc(literal), "{literal}");
        }
    }
}
