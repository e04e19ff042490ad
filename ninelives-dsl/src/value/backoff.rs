//! How the waits of `retry` grow, and how they are spread.

use super::{Number, Written};
use std::fmt;
use std::time::Duration;

/// How the wait between attempts grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backoff {
    /// The same wait each time.
    Fixed {
        /// The wait.
        delay: Duration,
    },
    /// `delay`, twice `delay`, three times …, never above `max`.
    Linear {
        /// The first wait.
        delay: Duration,
        /// The ceiling.
        max: Duration,
    },
    /// `delay`, then `factor` times the one before, never above `max`.
    Exponential {
        /// The first wait.
        delay: Duration,
        /// The growth of each step.
        factor: Number,
        /// The ceiling.
        max: Duration,
    },
}

impl Backoff {
    /// The ceiling unless one is written: 10 s.
    pub const MAX: Duration = Duration::from_secs(10);

    /// The same wait each time.
    pub const fn fixed(delay: Duration) -> Self {
        Self::Fixed { delay }
    }

    /// Grows by `delay` each time, up to 10 s.
    pub const fn linear(delay: Duration) -> Self {
        Self::Linear { delay, max: Self::MAX }
    }

    /// Doubles each time, up to 10 s.
    pub const fn exponential(delay: Duration) -> Self {
        Self::Exponential { delay, factor: Number::whole(2), max: Self::MAX }
    }

    /// The same growth with another ceiling; a fixed wait has none to change.
    #[must_use]
    pub const fn with_max(self, ceiling: Duration) -> Self {
        match self {
            Self::Fixed { .. } => self,
            Self::Linear { delay, .. } => Self::Linear { delay, max: ceiling },
            Self::Exponential { delay, factor, .. } => {
                Self::Exponential { delay, factor, max: ceiling }
            }
        }
    }

    /// The wait after so many failed attempts (1 after the first), before jitter. Saturates for any
    /// number.
    pub fn step(self, failures: u32) -> Duration {
        match self {
            Self::Fixed { delay } => delay,
            Self::Linear { delay, max } => delay.saturating_mul(failures).min(max),
            Self::Exponential { delay, factor, max } => {
                let exponent = i32::try_from(failures.saturating_sub(1)).unwrap_or(i32::MAX);
                let factor = factor.millionths() as f64 / 1e6;
                // Whole nanoseconds are exact in `f64` up to 104 days. The cast saturates, and makes
                // zero of the "not a number" that zero times infinity is.
                let nanos = (delay.as_nanos() as f64 * factor.powi(exponent)).round() as u64;
                Duration::from_nanos(nanos).min(max)
            }
        }
    }

    /// The first step: what decorrelated jitter never goes below.
    pub const fn base(self) -> Duration {
        match self {
            Self::Fixed { delay }
            | Self::Linear { delay, .. }
            | Self::Exponential { delay, .. } => delay,
        }
    }

    /// What no wait exceeds. A fixed wait has no ceiling written: decorrelated jitter, which grows,
    /// takes the default one.
    pub fn ceiling(self) -> Duration {
        match self {
            Self::Fixed { delay } => Self::MAX.max(delay),
            Self::Linear { max, .. } | Self::Exponential { max, .. } => max,
        }
    }
}

impl fmt::Display for Backoff {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Fixed { delay } => write!(out, "fixed({})", Written(delay)),
            Self::Linear { delay, max } => {
                write!(out, "linear({}, max = {})", Written(delay), Written(max))
            }
            Self::Exponential { delay, factor, max } => write!(
                out,
                "exponential({}, factor = {factor}, max = {})",
                Written(delay),
                Written(max)
            ),
        }
    }
}

/// How a wait is spread, so that callers do not come back on one beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Jitter {
    /// The wait as it is.
    None,
    /// Uniform between zero and the wait.
    Full,
    /// Half the wait, and uniform up to the whole.
    Equal,
    /// Uniform between the base and three times the wait before.
    Decorrelated,
}

impl Jitter {
    /// All of them, in the order they are printed.
    pub const ALL: [Self; 4] = [Self::None, Self::Full, Self::Equal, Self::Decorrelated];

    /// The word of the language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Full => "full",
            Self::Equal => "equal",
            Self::Decorrelated => "decorrelated",
        }
    }

    /// One line on what it does.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::None => "the wait as it is",
            Self::Full => "uniform between zero and the wait",
            Self::Equal => "half the wait, and uniform up to the whole",
            Self::Decorrelated => "uniform between the base and three times the wait before",
        }
    }
}

impl fmt::Display for Jitter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps(backoff: Backoff, failures: impl IntoIterator<Item = u32>) -> Vec<u128> {
        failures.into_iter().map(|failures| backoff.step(failures).as_millis()).collect()
    }

    #[test]
    fn each_kind_grows_as_it_is_named() {
        let delay = Duration::from_millis(100);
        assert_eq!(steps(Backoff::fixed(delay), 1..=4), [100; 4]);
        assert_eq!(steps(Backoff::linear(delay), 1..=4), [100, 200, 300, 400]);
        assert_eq!(
            steps(Backoff::exponential(delay), 1..=8),
            [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000]
        );
        let gentle = Backoff::Exponential {
            delay,
            factor: Number::from_millionths(1_500_000),
            max: Duration::from_millis(300),
        };
        assert_eq!(steps(gentle, 1..=4), [100, 150, 225, 300]);
    }

    #[test]
    fn no_wait_stays_no_wait() {
        let none = [Backoff::fixed, Backoff::linear, Backoff::exponential];
        for backoff in none.map(|kind| kind(Duration::ZERO)) {
            assert_eq!(steps(backoff, [1, 2, 100, u32::MAX]), [0; 4]);
        }
    }

    fn backoff() -> impl Strategy<Value = Backoff> {
        let duration = any::<Duration>;
        prop_oneof![
            duration().prop_map(Backoff::fixed),
            (duration(), duration())
                .prop_map(|(delay, max)| Backoff::linear(delay).with_max(max.max(delay))),
            (duration(), duration(), 1_000_000..=100_000_000u64).prop_map(
                |(delay, max, factor)| Backoff::Exponential {
                    delay,
                    factor: Number::from_millionths(factor),
                    max: max.max(delay),
                }
            ),
        ]
    }

    proptest! {
        #[test]
        fn any_attempt_of_any_backoff_waits_between_nothing_lost_and_the_ceiling(
            backoff in backoff(),
            failures in prop_oneof![1..200u32, any::<u32>()],
        ) {
            let now = backoff.step(failures);
            let next = backoff.step(failures.saturating_add(1));
            prop_assert!(now <= next, "{now:?} then {next:?}");
            prop_assert!(next <= backoff.ceiling());
        }
    }
}
