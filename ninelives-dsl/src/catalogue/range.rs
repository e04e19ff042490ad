//! The range of each parameter: one rule for the checker, for construction and for each write.

use super::ParameterEntry;
use crate::plan::Value;
use crate::value::{Backoff, Budget, Number, Rate, Ratio, Written};
use std::fmt;
use std::time::Duration;

/// The values a parameter allows. Bounds are inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Every value of its kinds.
    Any,
    /// Arms a timer: whole milliseconds between these.
    Timer(Duration, Duration),
    /// A measured length of time between these; no timer is armed.
    Measured(Duration, Duration),
    /// A count between these.
    Count(u64, u64),
    /// A ratio between these.
    Ratio(Ratio, Ratio),
    /// `window` of the breaker: a count between the first two, or a measured time between the last.
    CountOrMeasured(u64, u64, Duration, Duration),
}

/// `1 to 100`; nothing for [`Range::Any`].
impl fmt::Display for Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::Timer(low, high) | Self::Measured(low, high) => {
                write!(out, "{} to {}", Written(*low), Written(*high))
            }
            Self::Count(low, high) => write!(out, "{low} to {high}"),
            Self::Ratio(low, high) => write!(out, "{low} to {high}"),
            Self::CountOrMeasured(few, many, low, high) => {
                write!(out, "{few} to {many}, or {} to {}", Written(*low), Written(*high))
            }
        }
    }
}

const MILLISECOND: Duration = Duration::from_millis(1);
const MICROSECOND: Duration = Duration::from_micros(1);
/// The longest duration any parameter takes: tokio's timer wheel ends a little above two years,
/// and nothing a request waits for is longer than this.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);
pub(super) const TIMER: Range = Range::Timer(MILLISECOND, LONGEST);
pub(super) const TIMER_OR_ZERO: Range = Range::Timer(Duration::ZERO, LONGEST);
pub(super) const MEASURED: Range = Range::Measured(MICROSECOND, LONGEST);

/// A value refused by a parameter's range or kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong: "must be between 1ms and 30d".
    pub message: String,
    /// What to write instead, where it is certain.
    pub instead: Option<String>,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl ParameterEntry {
    /// Checks a resolved value of an accepted kind against the range. The checker calls this at
    /// compile time, the runtime's configuration at construction and at each write: one rule.
    ///
    /// # Errors
    /// [`Refused`] with the allowed range when the value lies outside it.
    pub fn check(&self, value: &Value) -> Result<(), Refused> {
        match (self.range, value) {
            (Range::Timer(low, high), Value::Duration(duration)) => timer(*duration, low, high),
            (
                Range::Measured(low, high) | Range::CountOrMeasured(_, _, low, high),
                Value::Duration(duration),
            ) => between(
                Written(*duration),
                Written(low),
                Written(high),
                *duration >= low && *duration <= high,
            ),
            (
                Range::Count(low, high) | Range::CountOrMeasured(low, high, ..),
                Value::Count(count),
            ) => between(count, low, high, (low..=high).contains(count)),
            (Range::Ratio(low, high), Value::Ratio(ratio)) => {
                between(ratio, low, high, (low..=high).contains(ratio))
            }
            (_, Value::Backoff(backoff)) => check_backoff(*backoff),
            (_, Value::Budget(budget)) => check_budget(*budget),
            (_, Value::Classes(classes)) if classes.is_empty() => {
                Err(Refused { message: "must name at least one class".into(), instead: None })
            }
            _ => Ok(()),
        }
    }
}

fn between(
    found: impl fmt::Display,
    low: impl fmt::Display,
    high: impl fmt::Display,
    inside: bool,
) -> Result<(), Refused> {
    if inside {
        return Ok(());
    }
    Err(Refused { message: format!("`{found}` must be between {low} and {high}"), instead: None })
}

fn timer(duration: Duration, low: Duration, high: Duration) -> Result<(), Refused> {
    between(Written(duration), Written(low), Written(high), duration >= low && duration <= high)?;
    if duration.subsec_nanos().is_multiple_of(1_000_000) {
        return Ok(());
    }
    let rounded = Duration::from_secs(duration.as_secs())
        + Duration::from_millis(u64::from(duration.subsec_nanos().div_ceil(1_000_000)));
    Err(Refused {
        message: format!(
            "`{}` must be whole milliseconds: timers have no finer steps",
            Written(duration)
        ),
        instead: Some(Written(rounded).to_string()),
    })
}

fn check_backoff(backoff: Backoff) -> Result<(), Refused> {
    let delay = |delay: Duration| timer(delay, Duration::ZERO, LONGEST);
    match backoff {
        Backoff::Fixed { delay: fixed } => delay(fixed),
        Backoff::Linear { delay: first, max } => {
            delay(first)?;
            delay(max)?;
            ceiling(first, max)
        }
        Backoff::Exponential { delay: first, factor, max } => {
            delay(first)?;
            delay(max)?;
            ceiling(first, max)?;
            let (low, high) = (Number::whole(1), Number::whole(100));
            between(format_args!("factor = {factor}"), low, high, (low..=high).contains(&factor))
        }
    }
}

fn ceiling(first: Duration, max: Duration) -> Result<(), Refused> {
    between(format_args!("max = {}", Written(max)), Written(first), Written(LONGEST), max >= first)
}

fn check_budget(budget: Budget) -> Result<(), Refused> {
    let (low, high) = (Ratio::ZERO, Ratio::percent(1_000));
    between(budget.ratio, low, high, (low..=high).contains(&budget.ratio))?;
    let (low, high) = (Duration::from_secs(1), Duration::from_secs(3_600));
    between(
        format_args!("window = {}", Written(budget.window)),
        Written(low),
        Written(high),
        budget.window >= low && budget.window <= high,
    )?;
    let (low, high) = (Rate::new(1, Duration::from_secs(3_600)), Rate::per_second(1_000_000_000));
    // A count of nothing is no floor at all: only Rust can say it.
    let none = budget.min.count() == 0 && !budget.min.period().is_zero();
    let inside = none || (at_most(low, budget.min) && at_most(budget.min, high));
    between(format_args!("min = {}", budget.min), low, high, inside)
}

/// True when `rate` is not above `other`; compared without rounding.
fn at_most(rate: Rate, other: Rate) -> bool {
    u128::from(rate.count()) * other.period().as_nanos()
        <= u128::from(other.count()) * rate.period().as_nanos()
}
