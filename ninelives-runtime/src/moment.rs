//! Time as one request counts it.

use std::ops::{Add, Sub};
use std::time::Duration;
use tokio::time::Instant;

/// A moment of a request: nanoseconds since it first looked at the clock. One word, so that a
/// deadline costs a request an addition and a comparison.
///
/// Additions end at [`NEVER`](Self::NEVER), differences at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// The request's first look at the clock.
    pub const FIRST: Self = Self(0);
    /// Later than all others: it does not come.
    pub const NEVER: Self = Self(u64::MAX);

    /// False for what does not come.
    #[inline]
    pub const fn comes(self) -> bool {
        self.0 != Self::NEVER.0
    }

    /// Since the first look.
    pub(crate) const fn nanoseconds(self) -> u64 {
        self.0
    }

    /// `instant`, where `first` is the request's first look at the clock.
    pub(crate) fn at(instant: Instant, first: Instant) -> Self {
        Self::FIRST + instant.saturating_duration_since(first)
    }

    /// The inverse of [`at`](Self::at); `None` for what does not come.
    pub(crate) fn instant(self, first: Instant) -> Option<Instant> {
        first.checked_add(Duration::from_nanos(self.0)).filter(|_| self.comes())
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    #[inline]
    fn add(self, duration: Duration) -> Self {
        self + Self(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }
}

/// A moment of what began at another one.
impl Add for Moment {
    type Output = Self;

    #[inline]
    fn add(self, later: Self) -> Self {
        Self(self.0.saturating_add(later.0))
    }
}

impl Sub for Moment {
    type Output = Duration;

    #[inline]
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_and_its_instant_are_the_same() {
        let first = Instant::now();
        let later = Moment::FIRST + Duration::from_nanos(1_234_567_890);
        assert_eq!(later.instant(first), Some(first + Duration::from_nanos(1_234_567_890)));
        assert_eq!(Moment::at(first + Duration::from_nanos(1_234_567_890), first), later);
        assert_eq!(Moment::at(first, first + Duration::from_secs(1)), Moment::FIRST);
    }

    #[test]
    fn what_is_too_late_to_count_never_comes() {
        assert_eq!(Moment::FIRST + Duration::MAX, Moment::NEVER);
        assert_eq!(Moment::NEVER.instant(Instant::now()), None);
        assert!(!Moment::NEVER.comes() && (Moment::FIRST + Duration::from_secs(1 << 30)).comes());
    }

    #[test]
    fn what_is_earlier_differs_by_nothing() {
        let later = Moment::FIRST + Duration::from_secs(1);
        assert_eq!(later - Moment::FIRST, Duration::from_secs(1));
        assert_eq!(Moment::FIRST - later, Duration::ZERO);
    }
}
