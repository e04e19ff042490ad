//! How a wait is spread, so that callers which failed together do not come back together.

use ninelives_dsl::value::{Backoff, Jitter};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The wait after so many failed attempts. `before` is the wait before the attempt that failed,
/// zero for the first one; decorrelated jitter grows from it, and always starts at the base, so
/// that one long wait does not make all later ones long.
pub(super) fn wait(
    backoff: Backoff,
    jitter: Jitter,
    failures: u32,
    before: Duration,
    random: &Random,
) -> Duration {
    match jitter {
        Jitter::None => backoff.step(failures),
        Jitter::Full => random.between(Duration::ZERO, backoff.step(failures)),
        Jitter::Equal => {
            let whole = backoff.step(failures);
            random.between(whole / 2, whole)
        }
        Jitter::Decorrelated => {
            let base = backoff.base();
            let most = before.max(base).saturating_mul(3);
            random.between(base, most).min(backoff.ceiling())
        }
    }
}

/// Where jitter comes from.
#[derive(Debug)]
pub(super) enum Random {
    /// The generator of the thread: no word is shared.
    Thread,
    /// One generator of the layer, for tests that must repeat.
    Seeded(Mutex<fastrand::Rng>),
}

impl Random {
    pub(super) fn new(seed: Option<u64>) -> Self {
        seed.map_or(Self::Thread, |seed| Self::Seeded(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    /// Uniform, both ends included.
    fn between(&self, low: Duration, high: Duration) -> Duration {
        let range = nanos(low)..=nanos(high).max(nanos(low));
        Duration::from_nanos(match self {
            Self::Thread => fastrand::u64(range),
            Self::Seeded(own) => own.lock().unwrap_or_else(PoisonError::into_inner).u64(range),
        })
    }
}

/// Saturates at 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Jitter; 4] = [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated];

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// The waits of one request after another.
    fn waits(jitter: Jitter, seed: u64, requests: u32) -> Vec<Vec<Duration>> {
        let (random, backoff) = (Random::new(Some(seed)), Backoff::exponential(ms(100)));
        (0..requests)
            .map(|_| {
                let mut before = Duration::ZERO;
                (1..=5)
                    .map(|failures| {
                        before = wait(backoff, jitter, failures, before, &random);
                        before
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn seeded_waits_repeat() {
        for jitter in ALL {
            assert_eq!(waits(jitter, 7, 20), waits(jitter, 7, 20));
        }
        assert_ne!(waits(Jitter::Full, 7, 20), waits(Jitter::Full, 8, 20));
    }

    #[test]
    fn waits_fill_the_range_of_their_jitter() {
        let third = |jitter| {
            let waits = waits(jitter, 1, 2_000);
            let third = waits.iter().map(|request| request[2]);
            (third.clone().min().unwrap(), third.max().unwrap())
        };
        assert_eq!(third(Jitter::None), (ms(400), ms(400)));
        let (least, most) = third(Jitter::Full);
        assert!(least < ms(4) && most > ms(396), "{least:?} {most:?}");
        let (least, most) = third(Jitter::Equal);
        assert!(
            least >= ms(200) && least < ms(202) && most > ms(398) && most <= ms(400),
            "{least:?} {most:?}"
        );
        let (least, most) = third(Jitter::Decorrelated);
        assert!(
            least >= ms(100) && least < ms(102) && most > ms(2_000) && most <= ms(2_700),
            "{least:?} {most:?}"
        );
    }

    proptest! {
        #[test]
        fn any_wait_stays_within_its_bounds(
            base in any::<Duration>(),
            max in any::<Duration>(),
            failures in any::<u32>(),
            before in any::<Duration>(),
            seed in any::<u64>(),
        ) {
            let backoff = Backoff::exponential(base).with_max(max.max(base));
            let random = Random::new(Some(seed));
            // Above 584 years random waits saturate: no request waits so long.
            let cap = |duration: Duration| duration.min(Duration::from_nanos(u64::MAX));
            let whole = backoff.step(failures);
            for jitter in ALL {
                let wait = wait(backoff, jitter, failures, before, &random);
                let (low, high) = match jitter {
                    Jitter::None => (whole, whole),
                    Jitter::Full => (Duration::ZERO, whole),
                    Jitter::Equal => (cap(whole / 2), whole),
                    Jitter::Decorrelated => {
                        (cap(base), before.max(base).saturating_mul(3).min(max.max(base)))
                    }
                };
                prop_assert!(low <= wait && wait <= high, "{jitter}: {low:?} {wait:?} {high:?}");
            }
        }
    }
}
