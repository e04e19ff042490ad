//! Texts: their escapes are exactly Rust's, so that a literal means the same in both fronts.

use std::ops::Range;
use std::str::Chars;

/// The value of a literal with its quotes, or where in it an escape is that Rust does not have.
pub(in crate::parse) fn unescape(literal: &str) -> Result<String, Range<usize>> {
    let content =
        literal.strip_prefix('"').and_then(|content| content.strip_suffix('"')).unwrap_or(literal);
    let mut value = String::with_capacity(content.len());
    let mut characters = content.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            value.push(character);
            continue;
        }
        let start = literal.len() - characters.as_str().len() - 2;
        match escape(&mut characters) {
            Some(character) => value.push(character),
            None => return Err(start..literal.len() - characters.as_str().len() - 1),
        }
    }
    Ok(value)
}

fn escape(characters: &mut Chars<'_>) -> Option<char> {
    match characters.next()? {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '\\' => Some('\\'),
        '0' => Some('\0'),
        '"' => Some('"'),
        '\'' => Some('\''),
        'x' => {
            let (high, low) = (characters.next()?, characters.next()?);
            char::from_u32(high.to_digit(8)? * 16 + low.to_digit(16)?)
        }
        'u' => unicode(characters),
        _ => None,
    }
}

/// `{1f600}`: one to six hexadecimal digits, `_` between them allowed.
fn unicode(characters: &mut Chars<'_>) -> Option<char> {
    if characters.next()? != '{' {
        return None;
    }
    let mut code: u32 = 0;
    let mut digits = 0;
    loop {
        match characters.next()? {
            '}' if (1..=6).contains(&digits) => return char::from_u32(code),
            '}' => return None,
            '_' if digits > 0 => {}
            digit => {
                code = code.saturating_mul(16).saturating_add(digit.to_digit(16)?);
                digits += 1;
            }
        }
    }
}
