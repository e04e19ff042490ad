//! Within which time most requests end: each is timed by itself, and so pays for two clock reads.

use super::medians;
use crate::Case;
use std::error::Error;
use std::time::{Duration, Instant};

const ROUNDS: usize = 41;
const ROUND: Duration = Duration::from_millis(100);

/// Half of the requests end within the first; all but one of a thousand within the second.
const RANKS: [f64; 2] = [0.5, 0.999];

/// The medians, in the order of the cases. A handle lives for a round: what runs beside its requests
/// runs beside no other's.
pub(crate) fn of(cases: &[&Case]) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    medians(cases.to_vec(), ROUNDS, |case| round(case).map(Some))
}

fn round(case: &Case) -> Result<[f64; 2], Box<dyn Error>> {
    let mut requests = case.handle();
    // The first one pays for what is there from then on.
    requests.run(1);
    let mut took = Vec::new();
    let end = Instant::now() + ROUND;
    loop {
        let began = Instant::now();
        if began >= end {
            took.sort_unstable();
            return Ok(RANKS.map(|rank| at(rank, &took)));
        }
        let answered = requests.run(1);
        took.push(began.elapsed());
        case.check(1, answered)?;
    }
}

/// Of what is sorted, in nanoseconds.
fn at(rank: f64, sorted: &[Duration]) -> f64 {
    let place = (sorted.len() as f64 * rank) as usize;
    sorted.get(place).map_or(f64::NAN, |took| took.as_secs_f64() * 1e9)
}

#[cfg(test)]
mod tests {
    use super::{RANKS, at};
    use std::time::Duration;

    #[test]
    fn one_of_a_thousand_is_beyond_the_last_rank() {
        let sorted: Vec<_> = (0..1_000).map(Duration::from_nanos).collect();
        let [median, tail] = RANKS.map(|rank| at(rank, &sorted).round() as u64);
        assert_eq!([median, tail], [500, 999]);
    }
}
