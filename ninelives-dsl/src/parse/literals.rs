//! What a literal means. The grammar takes any number with what touches it; here it becomes a value
//! or one clear mistake. Pure functions of the spelling: spans belong to the caller.

mod number;
mod text;

use crate::ast::Literal;
use crate::codes::{self, Code};
use crate::value::{Quantile, Rate, Ratio, Written};

pub(super) use number::read as number;
pub(crate) use number::units;
pub(super) use text::unescape;

/// What is wrong with a literal.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// What to write instead, where it is certain.
    pub(super) instead: Option<String>,
}

impl Mistake {
    pub(super) fn spelling(message: impl Into<String>) -> Self {
        Self { code: codes::SYNTAX, message: message.into(), help: None, instead: None }
    }

    pub(super) fn range(message: impl Into<String>) -> Self {
        Self { code: codes::OUT_OF_RANGE, ..Self::spelling(message) }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn instead(mut self, instead: impl Into<String>) -> Self {
        self.instead = Some(instead.into());
        self
    }
}

/// `50%`: `number` is what stands before the sign.
pub(super) fn ratio(written: &str) -> Result<Ratio, Mistake> {
    let decimal = number::plain(written, "a ratio")?;
    let millionths = decimal
        .scaled(4)
        .ok_or_else(|| Mistake::spelling(format!("`{written}%` has more than four decimals")))?;
    let largest = Ratio::from_millionths(u32::MAX);
    u32::try_from(millionths).map(Ratio::from_millionths).map_err(|_| {
        Mistake::range(format!("`{written}%` is too large: a ratio is at most {largest}"))
    })
}

/// `100/s`, `10/100ms`: a count over a unit or a duration.
pub(super) fn rate(count: &str, period: &str) -> Result<Rate, Mistake> {
    let written = format!("{count}/{period}");
    let whole = match number(count)? {
        Literal::Count(0) => {
            return Err(Mistake::range(format!("`{written}`: a rate is at least one call"))
                .help("a lower rate has a longer period: `1/2s` is half a call a second"));
        }
        Literal::Count(whole) => whole,
        _ => {
            return Err(Mistake::spelling(format!(
                "`{written}`: a rate begins with a whole count"
            ))
            .help("a rate that is not whole has a longer period: `3/2s`"));
        }
    };
    let one = period.starts_with(|character: char| !character.is_ascii_digit());
    let period = match number(&if one { format!("1{period}") } else { period.to_owned() })? {
        Literal::Duration(period) => period,
        _ => {
            return Err(Mistake::spelling(format!(
                "`{written}`: the period of a rate is a unit or a duration"
            ))
            .help("such as `100/s` or `10/100ms`"));
        }
    };
    if period.is_zero() {
        return Err(Mistake::range(format!("`{written}`: the period of a rate is not zero")));
    }
    if u128::from(whole) > period.as_nanos() {
        return Err(Mistake::range(format!(
            "`{written}` is too fast: a rate is at most {}",
            Rate::per_second(1_000_000_000)
        )));
    }
    Ok(Rate::new(whole, period))
}

/// True for `p95`: the letter and digits only. Such a word is a quantile everywhere.
pub(crate) fn is_quantile(word: &str) -> bool {
    word.strip_prefix('p').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// `p95`, `p99.9`: the word, and the digits behind its point.
pub(super) fn quantile(word: &str, fraction: Option<&str>) -> Result<Quantile, Mistake> {
    let written = match fraction {
        Some(fraction) => format!("{word}.{fraction}"),
        None => word.to_owned(),
    };
    let decimal = written
        .strip_prefix('p')
        .and_then(|decimal| number::plain(decimal, "a quantile").ok())
        .ok_or_else(|| {
            Mistake::spelling(format!("`{written}` is not a quantile"))
                .help("a quantile is `p` and digits, such as `p95` or `p99.9`")
        })?;
    let thousandths = decimal
        .scaled(3)
        .ok_or_else(|| Mistake::spelling(format!("`{written}` has more than three decimals")))?;
    u32::try_from(thousandths).ok().and_then(Quantile::from_thousandths).ok_or_else(|| {
        Mistake::range(format!("`{written}`: a quantile lies strictly between p0 and p100"))
    })
}

/// `100ms..2s`: two ends of one kind, the lower first.
pub(super) fn range(low: Literal, high: Literal) -> Result<Literal, Mistake> {
    let (ordered, written) = match (&low, &high) {
        (Literal::Duration(low), Literal::Duration(high)) => {
            (low <= high, format!("{}..{}", Written(*high), Written(*low)))
        }
        (Literal::Ratio(low), Literal::Ratio(high)) => (low <= high, format!("{high}..{low}")),
        (Literal::Count(low), Literal::Count(high)) => (low <= high, format!("{high}..{low}")),
        _ => {
            return Err(Mistake::spelling(
                "the ends of a range are two durations, two ratios or two counts",
            )
            .help("such as `100ms..2s`"));
        }
    };
    if ordered {
        Ok(Literal::Range(Box::new(low), Box::new(high)))
    } else {
        Err(Mistake::range("the range runs backwards").instead(written))
    }
}

/// What a unit is called here that others call `unit`.
fn unit_meant(unit: &str) -> Option<&'static str> {
    let lower = unit.to_lowercase();
    let meant = UNIT_ALIASES.iter().find(|(_, aliases)| aliases.contains(&lower.as_str()));
    meant.map(|(unit, _)| *unit)
}

const UNIT_ALIASES: [(&str, &[&str]); 12] = [
    ("d", &["day", "days"]),
    ("h", &["hr", "hrs", "hour", "hours"]),
    ("m", &["min", "mins", "minute", "minutes"]),
    ("s", &["sec", "secs", "second", "seconds"]),
    ("ms", &["msec", "msecs", "milli", "millis", "millisecond", "milliseconds"]),
    ("us", &["usec", "usecs", "micro", "micros", "microsecond", "microseconds"]),
    ("ns", &["nsec", "nano", "nanos", "nanosecond", "nanoseconds"]),
    ("B", &["b", "byte", "bytes"]),
    ("KiB", &["k", "kb", "kib"]),
    ("MiB", &["mb", "mib"]),
    ("GiB", &["g", "gb", "gib"]),
    ("TiB", &["t", "tb", "tib"]),
];
