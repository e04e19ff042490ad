//! How the wait grows from attempt to attempt, before jitter.

use ninelives_dsl::value::Backoff;
use std::time::Duration;

/// The wait after so many failed attempts (1 after the first). Saturates for any number.
pub(super) fn step(backoff: Backoff, failures: u32) -> Duration {
    match backoff {
        Backoff::Fixed { delay } => delay,
        Backoff::Linear { delay, max } => delay.saturating_mul(failures).min(max),
        Backoff::Exponential { delay, factor, max } => {
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
pub(super) fn base(backoff: Backoff) -> Duration {
    match backoff {
        Backoff::Fixed { delay }
        | Backoff::Linear { delay, .. }
        | Backoff::Exponential { delay, .. } => delay,
    }
}

/// What no wait exceeds. A fixed wait has no ceiling written: decorrelated jitter, which grows,
/// takes the default one.
pub(super) fn ceiling(backoff: Backoff) -> Duration {
    match backoff {
        Backoff::Fixed { delay } => Backoff::MAX.max(delay),
        Backoff::Linear { max, .. } | Backoff::Exponential { max, .. } => max,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::value::Number;
    use proptest::prelude::*;

    fn steps(backoff: Backoff, failures: impl IntoIterator<Item = u32>) -> Vec<u128> {
        failures.into_iter().map(|failures| step(backoff, failures).as_millis()).collect()
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
            let now = step(backoff, failures);
            let next = step(backoff, failures.saturating_add(1));
            prop_assert!(now <= next, "{now:?} then {next:?}");
            prop_assert!(next <= ceiling(backoff));
        }
    }
}
