//! The values of the language, shared with the runtime: one definition, no conversion in between.

mod backoff;

pub use backoff::{Backoff, Jitter};
use std::fmt;
use std::time::Duration;

/// A share, exact to a ten-thousandth of a percent: `50%`, `99.9%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ratio(u32);

impl Ratio {
    /// `0%`.
    pub const ZERO: Self = Self(0);
    /// `100%`.
    pub const ONE: Self = Self(1_000_000);

    /// From parts in a million; 1,000,000 is 100%. Ratios above 100% exist (a retry budget may
    /// have one); each parameter has its own range.
    pub const fn from_millionths(millionths: u32) -> Self {
        Self(millionths)
    }

    /// From whole percent; saturates far above any range.
    pub const fn percent(percent: u32) -> Self {
        Self(percent.saturating_mul(10_000))
    }

    /// Parts in a million.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// As a fraction of one, for display and floating arithmetic off the hot path.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1e6
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(out, u64::from(self.0), 10_000)?;
        out.write_str("%")
    }
}

/// A plain number, exact to a millionth: `1.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(u64);

impl Number {
    /// From millionths: 1,500,000 is 1.5.
    pub const fn from_millionths(millionths: u64) -> Self {
        Self(millionths)
    }

    /// From a whole number; saturates.
    pub const fn whole(number: u64) -> Self {
        Self(number.saturating_mul(1_000_000))
    }

    /// Millionths.
    pub const fn millionths(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(out, self.0, 1_000_000)
    }
}

/// So many per period: `100/s`, `10/100ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    count: u64,
    period: Duration,
}

impl Rate {
    /// `count` per `period`. Ranges are checked where the rate is used.
    pub const fn new(count: u64, period: Duration) -> Self {
        Self { count, period }
    }

    /// `count` per second.
    pub const fn per_second(count: u64) -> Self {
        Self::new(count, Duration::from_secs(1))
    }

    /// How many.
    pub const fn count(self) -> u64 {
        self.count
    }

    /// In how long.
    pub const fn period(self) -> Duration {
        self.period
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Written(self.period).to_string();
        let unit = match text.strip_prefix('1') {
            Some(unit) if unit.chars().all(char::is_alphabetic) => unit,
            _ => text.as_str(),
        };
        write!(out, "{}/{unit}", self.count)
    }
}

/// A quantile strictly between p0 and p100, exact to a thousandth: `p95`, `p99.9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quantile(u32);

impl Quantile {
    /// From thousandths of a percent (95,000 is p95); `None` outside p0..p100.
    pub const fn from_thousandths(thousandths: u32) -> Option<Self> {
        if thousandths == 0 || thousandths >= 100_000 { None } else { Some(Self(thousandths)) }
    }

    /// p95, the default of `hedge`.
    pub const P95: Self = Self(95_000);

    /// Thousandths of a percent.
    pub const fn thousandths(self) -> u32 {
        self.0
    }

    /// As a fraction of one.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1e5
    }
}

impl fmt::Display for Quantile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("p")?;
        write_decimal(out, u64::from(self.0), 1_000)
    }
}

/// What an outcome is, as the classifier sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The call did what was asked.
    Success,
    /// A deadline passed: ours, or the service says so.
    Timeout,
    /// Refused by a layer of ours; nothing was sent.
    Rejected,
    /// The service says slow down; may carry a retry-after hint.
    Overloaded,
    /// May work when tried again.
    Transient,
    /// Will not work when tried again.
    Permanent,
}

impl Class {
    /// The failures, in the order they are printed.
    pub const FAILURES: [Self; 5] =
        [Self::Timeout, Self::Rejected, Self::Overloaded, Self::Transient, Self::Permanent];

    /// The word of the language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Timeout => "timeout",
            Self::Rejected => "rejected",
            Self::Overloaded => "overloaded",
            Self::Transient => "transient",
            Self::Permanent => "permanent",
        }
    }

    /// One line on what it means.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Success => "the call did what was asked",
            Self::Timeout => "a deadline passed: ours, or the service says so",
            Self::Rejected => "refused by a layer of ours; nothing was sent",
            Self::Overloaded => "the service says slow down; may carry a retry-after hint",
            Self::Transient => "may work when tried again",
            Self::Permanent => "will not work when tried again",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Success => 1,
            Self::Timeout => 2,
            Self::Rejected => 4,
            Self::Overloaded => 8,
            Self::Transient => 16,
            Self::Permanent => 32,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// A set of failure classes: `timeout | overloaded`; `any` is all five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClassSet(u8);

impl ClassSet {
    /// No class.
    pub const EMPTY: Self = Self(0);
    /// All five failures.
    pub const ANY: Self = Self(2 | 4 | 8 | 16 | 32);
    /// `timeout | overloaded | transient`: what `retry`, `hedge` and `circuit_breaker` act on.
    pub const DEFAULT: Self = Self(2 | 8 | 16);

    /// The set with `class` added.
    #[must_use]
    pub const fn with(self, class: Class) -> Self {
        Self(self.0 | class.bit())
    }

    /// The set of the classes given.
    pub fn of(classes: impl IntoIterator<Item = Class>) -> Self {
        classes.into_iter().fold(Self::EMPTY, Self::with)
    }

    /// True when `class` is in the set.
    pub const fn contains(self, class: Class) -> bool {
        self.0 & class.bit() != 0
    }

    /// True when no class is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The failures in the set, in the order they are printed.
    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::FAILURES.into_iter().filter(move |class| self.contains(*class))
    }

    /// One bit a class, for packing into an atomic word.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The inverse of [`bits`](Self::bits); unknown bits are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ANY.0)
    }
}

impl std::ops::BitOr for Class {
    type Output = ClassSet;
    fn bitor(self, other: Self) -> ClassSet {
        ClassSet::EMPTY.with(self).with(other)
    }
}

impl From<Class> for ClassSet {
    fn from(class: Class) -> Self {
        Self::EMPTY.with(class)
    }
}

impl std::ops::BitOr<Class> for ClassSet {
    type Output = Self;
    fn bitor(self, class: Class) -> Self {
        self.with(class)
    }
}

impl fmt::Display for ClassSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ANY {
            return out.write_str("any");
        }
        for (index, class) in self.iter().enumerate() {
            if index > 0 {
                out.write_str(" | ")?;
            }
            out.write_str(class.word())?;
        }
        Ok(())
    }
}

/// What repetition may cost: a share of the calls, with a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Repetitions per first call.
    pub ratio: Ratio,
    /// Repetitions always allowed, however few first calls there are.
    pub min: Rate,
    /// How far back first calls count.
    pub window: Duration,
}

impl Budget {
    /// The window unless one is written: 10 s.
    pub const WINDOW: Duration = Duration::from_secs(10);
    /// The default of `retry`: 20%, at least 10 a second.
    pub const RETRY: Self =
        Self { ratio: Ratio::percent(20), min: Rate::per_second(10), window: Self::WINDOW };
    /// The default of `hedge`: 10%, at least 1 a second.
    pub const HEDGE: Self =
        Self { ratio: Ratio::percent(10), min: Rate::per_second(1), window: Self::WINDOW };
}

impl fmt::Display for Budget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "budget({}, min = {}, window = {})", self.ratio, self.min, Written(self.window))
    }
}

/// Prints a duration as the language writes it: `1h30m`, `250ms`, `1.2s`, `0s`. Below a minute a
/// fraction of up to three digits reads better than a second unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written(pub Duration);

impl fmt::Display for Written {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u128, &str); 7] = [
            (86_400_000_000_000, "d"),
            (3_600_000_000_000, "h"),
            (60_000_000_000, "m"),
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1_000, "us"),
            (1, "ns"),
        ];
        let mut left = self.0.as_nanos();
        if left == 0 {
            return out.write_str("0s");
        }
        for (size, unit) in UNITS {
            let count = left / size;
            let thousandths = left.saturating_mul(1_000);
            let below_a_minute = self.0 < Duration::from_secs(60);
            if count > 0 && below_a_minute && thousandths.is_multiple_of(size) {
                let thousandths = u64::try_from(thousandths / size).unwrap_or(u64::MAX);
                write_decimal(out, thousandths, 1_000)?;
                return out.write_str(unit);
            }
            if count > 0 {
                write!(out, "{count}{unit}")?;
                left %= size;
            }
        }
        Ok(())
    }
}

fn write_decimal(out: &mut fmt::Formatter<'_>, scaled: u64, one: u64) -> fmt::Result {
    write!(out, "{}", scaled / one)?;
    let rest = scaled % one;
    if rest == 0 {
        return Ok(());
    }
    let width = one.ilog10().try_into().unwrap_or(0);
    let digits = format!("{rest:0width$}");
    write!(out, ".{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_as_they_are_written() {
        assert_eq!(Ratio::from_millionths(999_000).to_string(), "99.9%");
        assert_eq!(Ratio::percent(50).to_string(), "50%");
        assert_eq!(Number::from_millionths(1_500_000).to_string(), "1.5");
        assert_eq!(Rate::per_second(100).to_string(), "100/s");
        assert_eq!(Rate::new(10, Duration::from_millis(100)).to_string(), "10/100ms");
        assert_eq!(Quantile::from_thousandths(99_900).unwrap().to_string(), "p99.9");
        assert_eq!(Written(Duration::from_secs(5_400)).to_string(), "1h30m");
        assert_eq!(Written(Duration::ZERO).to_string(), "0s");
        assert_eq!(Written(Duration::from_millis(4_800)).to_string(), "4.8s");
        assert_eq!(Written(Duration::from_micros(1_001)).to_string(), "1.001ms");
        assert_eq!(Written(Duration::from_micros(1_000_100)).to_string(), "1s100us");
        assert_eq!(Written(Duration::from_millis(61_500)).to_string(), "1m1s500ms");
        assert_eq!(Rate::new(1, Duration::from_millis(1_500)).to_string(), "1/1.5s");
        assert_eq!((Class::Timeout | Class::Overloaded).to_string(), "timeout | overloaded");
        assert_eq!(ClassSet::ANY.to_string(), "any");
    }
}
