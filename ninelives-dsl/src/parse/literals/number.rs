//! Numbers with and without a unit: counts, plain numbers, durations, sizes.

use super::{Mistake, unit_meant};
use crate::ast::Literal;
use crate::value::{Number, Written};
use std::time::Duration;

/// What a unit measures, and how much of it one unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Nanoseconds(u64),
    Bytes(u64),
}

/// Every unit, durations from large to small. None begins with `e`: rustc would read an exponent.
pub(super) const UNITS: [(&str, Unit); 13] = [
    ("d", Unit::Nanoseconds(86_400_000_000_000)),
    ("h", Unit::Nanoseconds(3_600_000_000_000)),
    ("m", Unit::Nanoseconds(60_000_000_000)),
    ("s", Unit::Nanoseconds(1_000_000_000)),
    ("ms", Unit::Nanoseconds(1_000_000)),
    ("us", Unit::Nanoseconds(1_000)),
    ("ns", Unit::Nanoseconds(1)),
    ("B", Unit::Bytes(1)),
    ("KiB", Unit::Bytes(1 << 10)),
    ("MiB", Unit::Bytes(1 << 20)),
    ("GiB", Unit::Bytes(1 << 30)),
    ("TiB", Unit::Bytes(1 << 40)),
    ("PiB", Unit::Bytes(1 << 50)),
];

/// The words of the units.
pub(crate) fn units() -> impl Iterator<Item = &'static str> {
    UNITS.iter().map(|(unit, _)| *unit)
}

pub(super) fn unit(word: &str) -> Option<Unit> {
    // Both code points of the micro sign.
    let word = if matches!(word, "\u{b5}s" | "\u{3bc}s") { "us" } else { word };
    UNITS.iter().find(|(unit, _)| *unit == word).map(|(_, unit)| *unit)
}

/// Digits around a point: `whole` and `fraction` / 10^`places`. Saturates far above any range.
#[derive(Debug)]
pub(super) struct Decimal {
    whole: u128,
    fraction: u128,
    places: u32,
}

/// A fraction with more digits is not exact in any unit: the largest has 14 digits of nanoseconds.
const MOST_PLACES: u32 = 18;

impl Decimal {
    fn new(whole: &str, fraction: &str) -> Self {
        let value = |digits: &str| {
            digits.bytes().filter(u8::is_ascii_digit).fold(0, |value: u128, digit| {
                value.saturating_mul(10).saturating_add(u128::from(digit - b'0'))
            })
        };
        let fraction = fraction.trim_end_matches(['0', '_']);
        let places = fraction.bytes().filter(u8::is_ascii_digit).count();
        Self {
            whole: value(whole),
            fraction: value(fraction),
            places: u32::try_from(places).unwrap_or(u32::MAX),
        }
    }

    fn is_whole(&self) -> bool {
        self.places == 0
    }

    /// The value times ten to the power of `places`; `None` when it has more places than that.
    pub(super) fn scaled(&self, places: u32) -> Option<u128> {
        let missing = places.checked_sub(self.places)?;
        let whole = self.whole.saturating_mul(10_u128.pow(places));
        Some(whole.saturating_add(self.fraction * 10_u128.pow(missing)))
    }

    /// The value in steps of which a unit has `size`; `None` when it is not whole in them.
    fn in_steps(&self, size: u64) -> Option<u128> {
        let size = u128::from(size);
        let whole = self.whole.saturating_mul(size);
        if self.is_whole() {
            return Some(whole);
        }
        if self.places > MOST_PLACES {
            return None;
        }
        let part = self.fraction * size;
        let one = 10_u128.pow(self.places);
        let exact = part.is_multiple_of(one);
        exact.then(|| whole.saturating_add(part / one))
    }
}

/// Reads a number token: what it is follows from its unit.
pub(in crate::parse) fn read(written: &str) -> Result<Literal, Mistake> {
    if let Some(radix) = radix(written) {
        return Err(Mistake::spelling(format!("`{written}`: numbers are decimal, not {radix}")));
    }
    let (decimal, suffix) = split(written)?;
    if suffix.is_empty() {
        return without_unit(written, &decimal);
    }
    if is_exponent(suffix) {
        return Err(Mistake::spelling("numbers have no exponent").help("write the number out"));
    }
    if suffix.bytes().any(|byte| byte.is_ascii_digit()) {
        return compound(written, decimal, suffix);
    }
    match unit(suffix) {
        Some(Unit::Nanoseconds(size)) => {
            let nanoseconds = decimal.in_steps(size).ok_or_else(|| {
                Mistake::spelling(format!("`{written}` is not a whole number of nanoseconds"))
            })?;
            duration(written, nanoseconds)
        }
        Some(Unit::Bytes(size)) => decimal
            .in_steps(size)
            .ok_or_else(|| Mistake::spelling(format!("`{written}` is not a whole number of bytes")))
            .and_then(|bytes| fits(written, bytes, "a size has at most", " bytes"))
            .map(Literal::Size),
        None => Err(unknown_unit(written, suffix)),
    }
}

/// Reads digits that must have no unit, because a sign follows (or a letter came before).
pub(super) fn plain(written: &str, what: &str) -> Result<Decimal, Mistake> {
    let (decimal, suffix) = split(written)?;
    if suffix.is_empty() {
        return Ok(decimal);
    }
    // Exponents, radix prefixes and unknown units have their own messages.
    read(written)?;
    Err(Mistake::spelling(format!("{what} has no unit")))
}

fn radix(written: &str) -> Option<&'static str> {
    match written.get(..2)? {
        "0x" => Some("hexadecimal"),
        "0o" => Some("octal"),
        "0b" => Some("binary"),
        _ => None,
    }
}

fn is_exponent(suffix: &str) -> bool {
    let mut characters = suffix.chars();
    matches!(characters.next(), Some('e' | 'E'))
        && matches!(characters.next(), None | Some('0'..='9' | '+' | '-' | '_'))
}

fn split(written: &str) -> Result<(Decimal, &str), Mistake> {
    let digits = |text: &str| {
        text.find(|character: char| !character.is_ascii_digit() && character != '_')
            .unwrap_or(text.len())
    };
    let (whole, behind) = written.split_at(digits(written));
    let (fraction, suffix) = match behind.strip_prefix('.') {
        Some(behind) => behind.split_at(digits(behind)),
        None => ("", behind),
    };
    if is_stray_separator(whole) || is_stray_separator(fraction) {
        let mistake = Mistake::spelling(format!("`{written}`: `_` stands between two digits only"));
        let instead = written.replace('_', "");
        return Err(match read(&instead) {
            Ok(_) => mistake.instead(instead),
            Err(_) => mistake,
        });
    }
    Ok((Decimal::new(whole, fraction), suffix))
}

fn is_stray_separator(digits: &str) -> bool {
    digits.contains('_')
        && (digits.starts_with('_') || digits.ends_with('_') || digits.contains("__"))
}

fn without_unit(written: &str, decimal: &Decimal) -> Result<Literal, Mistake> {
    if decimal.is_whole() {
        let count = decimal.scaled(0).unwrap_or(u128::MAX);
        return fits(written, count, "a count is at most", "").map(Literal::Count);
    }
    let millionths = decimal
        .scaled(6)
        .ok_or_else(|| Mistake::spelling(format!("`{written}` has more than six decimals")))?;
    u64::try_from(millionths)
        .map(|millionths| Literal::Number(Number::from_millionths(millionths)))
        .map_err(|_| {
            let largest = Number::from_millionths(u64::MAX);
            Mistake::range(format!("`{written}` is too large: a number is at most {largest}"))
        })
}

/// `1h30m`: whole parts from large to small, each unit once.
fn compound(written: &str, first: Decimal, suffix: &str) -> Result<Literal, Mistake> {
    let mut whole = true;
    let mut parts: Vec<(u64, u128)> = Vec::new();
    let mut decimal = first;
    let mut behind = suffix;
    loop {
        whole &= decimal.is_whole();
        let letters = behind
            .find(|character: char| character.is_ascii_digit() || character == '.')
            .unwrap_or(behind.len());
        let (word, next) = behind.split_at(letters);
        let size = match unit(word) {
            Some(Unit::Nanoseconds(size)) => size,
            Some(Unit::Bytes(_)) => {
                return Err(Mistake::spelling(format!("`{written}`: a size has one unit")));
            }
            None => return Err(unknown_unit(written, word)),
        };
        parts.push((size, decimal.in_steps(size).unwrap_or(u128::MAX)));
        if next.is_empty() {
            break;
        }
        (decimal, behind) = split(next)?;
        if behind.is_empty() {
            return Err(Mistake::spelling(format!("`{written}`: the last part has no unit")));
        }
    }
    let total = parts.iter().fold(0_u128, |total, (_, part)| total.saturating_add(*part));
    if !whole {
        return Err(Mistake::spelling(format!(
            "`{written}`: a duration of several parts has whole parts"
        ))
        .instead(Written(short(total)).to_string()));
    }
    if !parts.is_sorted_by(|(size, _), (next, _)| size > next) {
        return Err(Mistake::spelling(format!(
            "`{written}`: units go from large to small, each once"
        ))
        .instead(Written(short(total)).to_string()));
    }
    duration(written, total)
}

fn duration(written: &str, nanoseconds: u128) -> Result<Literal, Mistake> {
    let seconds = u64::try_from(nanoseconds / 1_000_000_000);
    let rest = u32::try_from(nanoseconds % 1_000_000_000).unwrap_or(0);
    match seconds {
        Ok(seconds) if seconds < u64::MAX => Ok(Literal::Duration(Duration::new(seconds, rest))),
        _ => {
            Err(Mistake::range(format!("`{written}` is too long: no duration is longer than 30d")))
        }
    }
}

/// For proposals only: a duration that does not fit is proposed as the longest.
fn short(nanoseconds: u128) -> Duration {
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

fn fits(written: &str, value: u128, limit: &str, of: &str) -> Result<u64, Mistake> {
    u64::try_from(value)
        .map_err(|_| Mistake::range(format!("`{written}` is too large: {limit} {}{of}", u64::MAX)))
}

fn unknown_unit(written: &str, unit: &str) -> Mistake {
    let mistake = Mistake::spelling(format!("unknown unit `{unit}`"));
    match unit_meant(unit) {
        Some(meant) => {
            mistake.help(format!("did you mean `{}`?", written.replacen(unit, meant, 1)))
        }
        None => mistake.help(
            "durations: `d` `h` `m` `s` `ms` `us` `ns`; sizes: `B` `KiB` `MiB` `GiB` `TiB` `PiB`",
        ),
    }
}
