//! The latencies that were seen, and the quantile of them that a hedge waits for.

use super::estimate::{Answer, Question};
use hdrhistogram::Histogram;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::Duration;
use tokio::time::Instant;

/// Every sample goes into two histograms that are begun this far apart. The older one answers, so
/// it covers between one and two such periods.
const PERIOD: Duration = Duration::from_secs(30);
/// The quantile is computed again after this, not with every sample.
const REFRESH: Duration = Duration::from_millis(100);
/// The shortest delay a quantile gives: below it a timer's own steps would decide.
const SHORTEST: Duration = Duration::from_millis(1);
/// Anything slower counts as this slow; it bounds a histogram to 13 KiB.
const SLOWEST: Duration = Duration::from_secs(3_600);
/// Two significant digits.
const DIGITS: u8 = 2;

/// What was seen of one layer's attempts.
///
/// Reading the quantile is one relaxed load. A sample that meets another one being recorded is
/// left out: nobody waits, and a share of the samples serves as well.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    /// The last [`Answer`]. Relaxed: it guards nothing.
    answer: AtomicU64,
    seen: Mutex<Option<Seen>>,
}

#[derive(Debug)]
struct Seen {
    older: Histogram<u32>,
    newer: Histogram<u32>,
    /// When `newer` was begun.
    begun: Instant,
    estimated: Instant,
}

impl Latencies {
    /// How long the share of attempts took; none while there are not enough samples.
    #[inline]
    pub(super) fn estimate(&self, question: Question) -> Option<Duration> {
        let last = Answer(self.answer.load(Ordering::Relaxed));
        if last.is_to(question) { last.delay() } else { self.ask(question) }
    }

    /// Answers a question that is not the last one. While a sample is being recorded there is no
    /// answer: nobody waits.
    #[cold]
    #[inline(never)]
    fn ask(&self, question: Question) -> Option<Duration> {
        let seen = self.seen()?;
        let delay = seen.as_ref().and_then(|seen| seen.delay(question));
        let answer = Answer::new(question, delay);
        self.answer.store(answer.0, Ordering::Relaxed);
        answer.delay()
    }

    /// Takes a sample in, and from time to time answers `question` anew.
    #[inline]
    pub(super) fn record(&self, latency: Duration, now: Instant, question: Question) {
        let Some(mut seen) = self.seen() else {
            return;
        };
        let seen = seen.get_or_insert_with(|| Seen::begin(now));
        seen.turn(now);
        // By itself the histogram takes some of what is slower as it is, and the slowest of all as less.
        let micros = u64::try_from(latency.min(SLOWEST).as_micros()).unwrap_or(u64::MAX);
        seen.older.saturating_record(micros);
        seen.newer.saturating_record(micros);
        let are_enough = seen.older.len() == question.samples.into();
        if are_enough || now.saturating_duration_since(seen.estimated) >= REFRESH {
            seen.estimated = now;
            let answer = Answer::new(question, seen.delay(question));
            self.answer.store(answer.0, Ordering::Relaxed);
        }
    }

    /// What was seen, unless another one looks.
    #[inline]
    fn seen(&self) -> Option<MutexGuard<'_, Option<Seen>>> {
        match self.seen.try_lock() {
            Ok(seen) => Some(seen),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl Seen {
    #[cold]
    fn begin(now: Instant) -> Self {
        Self { older: histogram(), newer: histogram(), begun: now, estimated: now }
    }

    fn delay(&self, question: Question) -> Option<Duration> {
        if self.older.len() < question.samples.into() {
            return None;
        }
        let micros = self.older.value_at_quantile(question.quantile.as_f64());
        Some(Duration::from_micros(micros).max(SHORTEST))
    }

    /// Lets the newer histogram answer once it covers a period, and begins another.
    #[inline]
    fn turn(&mut self, now: Instant) {
        let age = now.saturating_duration_since(self.begun);
        if age < PERIOD {
            return;
        }
        mem::swap(&mut self.older, &mut self.newer);
        self.newer.reset();
        if age < 2 * PERIOD {
            // Not now: however late this sample comes, the next period ends in time.
            self.begun += PERIOD;
        } else {
            self.older.reset();
            self.begun = now;
        }
    }
}

#[expect(clippy::expect_used, reason = "the bounds are constants, and are allowed")]
fn histogram() -> Histogram<u32> {
    let slowest = SLOWEST.as_secs() * 1_000_000;
    Histogram::new_with_bounds(1, slowest, DIGITS).expect("the bounds are allowed")
}

#[cfg(test)]
mod histories;

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::value::Quantile;

    const ENOUGH: u32 = 100;
    const P95: Question = Question { quantile: Quantile::P95, samples: ENOUGH };

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Records what `samples` say, all at `now`.
    fn record(latencies: &Latencies, now: Instant, samples: impl IntoIterator<Item = Duration>) {
        for sample in samples {
            latencies.record(sample, now, P95);
        }
    }

    #[track_caller]
    fn assert_about(latencies: &Latencies, expected: Duration) {
        let estimate = latencies.estimate(P95).unwrap();
        let off = estimate.abs_diff(expected);
        assert!(off <= expected / 50, "{estimate:?} for {expected:?}");
    }

    #[test]
    fn quantile_is_known_from_the_sample_on_that_makes_enough() {
        let latencies = Latencies::default();
        let now = Instant::now();
        record(&latencies, now, (1..ENOUGH.into()).map(ms));
        assert_eq!(latencies.estimate(P95), None);
        record(&latencies, now, [ms(100)]);
        assert_about(&latencies, ms(95));
    }

    #[test]
    fn quantile_follows_within_a_moment_and_forgets_within_a_minute() {
        let latencies = Latencies::default();
        let mut now = Instant::now();
        record(&latencies, now, (0..100).map(|_| ms(10)));
        assert_about(&latencies, ms(10));
        for _ in 0..61 {
            now += Duration::from_secs(1);
            record(&latencies, now, (0..9).map(|_| ms(500)));
        }
        assert_about(&latencies, ms(500));
        for _ in 0..61 {
            now += Duration::from_secs(1);
            record(&latencies, now, (0..9).map(|_| ms(10)));
        }
        assert_about(&latencies, ms(10));
    }

    #[test]
    fn service_that_fell_quiet_has_no_quantile() {
        let latencies = Latencies::default();
        let now = Instant::now();
        record(&latencies, now, (0..100).map(|_| ms(10)));
        record(&latencies, now + 2 * PERIOD, [ms(10)]);
        assert_eq!(latencies.estimate(P95), None);
    }

    #[test]
    fn no_latency_is_too_short_or_too_long() {
        let latencies = Latencies::default();
        let now = Instant::now();
        record(&latencies, now, (0..100).map(|_| Duration::ZERO));
        assert_eq!(latencies.estimate(P95), Some(SHORTEST));
        let later = now + 2 * PERIOD;
        record(&latencies, later, (0..100).map(|_| Duration::MAX));
        assert_about(&latencies, SLOWEST);
    }

    #[test]
    fn sample_that_meets_another_is_left_out_without_waiting() {
        let latencies = Latencies::default();
        let seen = latencies.seen.lock().unwrap();
        latencies.record(ms(1), Instant::now(), Question { samples: 1, ..P95 });
        drop(seen);
        assert_eq!(latencies.estimate(Question { samples: 1, ..P95 }), None);
    }

    fn p50() -> Question {
        Question { quantile: Quantile::from_thousandths(50_000).unwrap(), ..P95 }
    }

    #[test]
    fn each_question_has_its_answer_at_once_and_in_turns() {
        let latencies = Latencies::default();
        record(&latencies, Instant::now(), (1..=100).map(ms));
        for _ in 0..3 {
            assert_about(&latencies, ms(95));
            let median = latencies.estimate(p50()).unwrap();
            assert!(median.abs_diff(ms(50)) <= ms(1), "{median:?}");
            assert_eq!(latencies.estimate(Question { samples: ENOUGH + 1, ..P95 }), None);
        }
    }

    #[test]
    fn fewer_samples_answer_at_once_when_fewer_are_asked_for() {
        let latencies = Latencies::default();
        record(&latencies, Instant::now(), (0..10).map(|_| ms(10)));
        assert_eq!(latencies.estimate(P95), None);
        assert!(latencies.estimate(Question { samples: 10, ..P95 }).is_some());
    }

    #[test]
    fn question_that_meets_a_sample_is_not_answered_by_another_answer() {
        let latencies = Latencies::default();
        record(&latencies, Instant::now(), (1..=100).map(ms));
        let seen = latencies.seen.lock().unwrap();
        assert_eq!(latencies.estimate(p50()), None);
        drop(seen);
        assert!(latencies.estimate(p50()).is_some());
    }
}
