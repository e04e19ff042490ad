//! The latencies against a naive model that remembers every sample. Random histories compare what each
//! question is answered.

use super::*;
use crate::hedge::estimate::Question;
use crate::seeds::Seeds;
use fastrand::Rng;
use ninelives_dsl::value::Quantile;

/// Remembers every sample, and which of them count: those since the moment before the last one at which a
/// period was over.
#[derive(Default)]
struct Model {
    samples: Vec<(Instant, Duration)>,
    /// From which sample on they count, and from which on they will once this period is over.
    counts: usize,
    will_count: usize,
    /// When the period began.
    begun: Option<Instant>,
    estimated: Option<Instant>,
    /// The last question, and between which delays its answer lies.
    answered: Option<(Question, Option<(Duration, Duration)>)>,
}

impl Model {
    fn record(&mut self, latency: Duration, now: Instant, question: Question) {
        let begun = *self.begun.get_or_insert(now);
        let estimated = *self.estimated.get_or_insert(now);
        if now - begun >= PERIOD {
            let went_quiet = now - begun >= 2 * PERIOD;
            self.counts = if went_quiet { self.samples.len() } else { self.will_count };
            self.will_count = self.samples.len();
            self.begun = Some(if went_quiet { now } else { begun + PERIOD });
        }
        self.samples.push((now, latency));
        self.assert_covers_a_period_or_two(now);
        let are_enough = self.samples.len() - self.counts == question.samples as usize;
        if are_enough || now - estimated >= REFRESH {
            self.estimated = Some(now);
            self.answer(question);
        }
    }

    /// What the documentation says of the samples that count.
    fn assert_covers_a_period_or_two(&self, now: Instant) {
        let (forgotten, counting) = self.samples.split_at(self.counts);
        assert!(forgotten.iter().all(|(at, _)| now - *at >= PERIOD), "the last 30 s count");
        assert!(counting.iter().all(|(at, _)| now - *at < 2 * PERIOD), "60 s are forgotten");
    }

    fn answer(&mut self, question: Question) -> Option<(Duration, Duration)> {
        let mut counting: Vec<_> =
            self.samples[self.counts..].iter().map(|(_, latency)| *latency).collect();
        counting.sort_unstable();
        let rank = (question.quantile.as_f64() * counting.len() as f64).ceil() as usize;
        let answer = counting.get(rank.saturating_sub(1)).map(|latency| {
            let exact = Duration::from_micros((*latency).min(SLOWEST).as_micros() as u64);
            // Two digits of a histogram, and tenths of a millisecond of a word.
            let coarse = exact + exact / 100 + Duration::from_micros(100);
            (exact.max(SHORTEST), coarse.max(SHORTEST))
        });
        let answer = answer.filter(|_| counting.len() >= question.samples as usize);
        self.answered = Some((question, answer));
        answer
    }

    /// While a sample is being recorded only the last question has an answer.
    fn estimate(&mut self, question: Question, met: bool) -> Option<(Duration, Duration)> {
        match self.answered {
            Some((last, answer)) if is_same(last, question) => answer,
            _ if met => None,
            _ => self.answer(question),
        }
    }
}

fn is_same(one: Question, other: Question) -> bool {
    one.quantile == other.quantile && one.samples == other.samples
}

fn question(random: &mut Rng) -> Question {
    let quantile = random.choice([1, 50_000, 50_000, 95_000, 95_000, 99_999]).unwrap();
    Question {
        quantile: Quantile::from_thousandths(quantile).unwrap(),
        samples: random.choice([1, 2, 5, 20]).unwrap(),
    }
}

fn latency(random: &mut Rng) -> Duration {
    let longest = random.choice([1, 900, 50_000, 3_000_000, 7_200_000_000]).unwrap();
    if random.u8(..100) == 0 { Duration::MAX } else { Duration::from_micros(random.u64(..longest)) }
}

/// What a history came through.
#[derive(Debug, Default)]
struct Seen {
    answers: u64,
    too_few: u64,
    met: u64,
    forgotten: u64,
}

fn compare(random: &mut Rng, steps: u32, seen: &mut Seen) {
    let (latencies, mut model) = (Latencies::default(), Model::default());
    let mut now = Instant::now();
    // Most of the time one text is in force.
    let mut asked = question(random);
    for _ in 0..random.u32(1..=steps) {
        let met = random.u8(..10) == 0;
        let recording = met.then(|| latencies.seen.lock().unwrap());
        match random.u8(..8) {
            0 => asked = question(random),
            1 | 2 => {
                let longest = random.choice([60, 5_000, 40_000, 70_000]).unwrap();
                now += Duration::from_millis(random.u64(..longest));
            }
            _ => {
                for _ in 0..random.u32(1..=8) {
                    let latency = latency(random);
                    latencies.record(latency, now, asked);
                    if !met {
                        model.record(latency, now, asked);
                    }
                }
            }
        }
        let asked = if random.u8(..4) == 0 { question(random) } else { asked };
        let (estimate, bounds) = (latencies.estimate(asked), model.estimate(asked, met));
        drop(recording);
        match (estimate, bounds) {
            (None, None) => seen.too_few += 1,
            (Some(estimate), Some((least, most))) => {
                assert!(
                    least <= estimate && estimate <= most,
                    "{estimate:?} of {least:?}..{most:?}"
                );
                seen.answers += 1;
            }
            _ => panic!("{estimate:?} to {asked:?}, and {bounds:?} by the model"),
        }
        seen.met += u64::from(met);
    }
    seen.forgotten += model.counts as u64;
}

/// How many histories; more where somebody waits for it.
fn histories() -> u64 {
    std::env::var("NINELIVES_HISTORIES").map_or(2_000, |histories| histories.parse().unwrap())
}

#[test]
fn latencies_equal_those_of_a_model_that_remembers_every_sample() {
    let (histories, mut seen) = (histories(), Seen::default());
    for seed in Seeds::new(0..histories) {
        compare(&mut Rng::with_seed(seed), 40, &mut seen);
    }
    println!("{histories} histories of latencies agree: {seen:?}");
    let rarest = [seen.answers, seen.too_few, seen.met, seen.forgotten].into_iter().min();
    assert!(rarest > Some(histories), "{seen:?}");
}
