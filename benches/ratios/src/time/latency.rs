//! Nanoseconds a request, in one thread.

use super::median;
use crate::cases::{Case, Requests};
use std::error::Error;
use std::time::{Duration, Instant};

const ROUNDS: usize = 41;
const ROUND: Duration = Duration::from_millis(2);

/// A case with as many requests as fill a round.
struct Runner<'a> {
    case: &'a Case,
    requests: Requests,
    count: u64,
    rounds: Vec<f64>,
}

/// The medians, in the order of the cases.
pub fn medians(cases: &[Case]) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut runners = cases.iter().map(Runner::new).collect::<Result<Vec<_>, _>>()?;
    for _ in 0..ROUNDS {
        for runner in &mut runners {
            let took = runner.run()?;
            runner.rounds.push(took.as_secs_f64() * 1e9 / runner.count as f64);
        }
    }
    Ok(runners.into_iter().map(|runner| median(runner.rounds)).collect())
}

impl<'a> Runner<'a> {
    fn new(case: &'a Case) -> Result<Self, Box<dyn Error>> {
        let mut runner = Self { case, requests: case.handle(), count: 1, rounds: Vec::new() };
        while runner.run()? < ROUND {
            runner.count *= 2;
        }
        Ok(runner)
    }

    fn run(&mut self) -> Result<Duration, Box<dyn Error>> {
        let began = Instant::now();
        let answered = (self.requests)(self.count);
        let took = began.elapsed();
        self.case.check(self.count, answered)?;
        Ok(took)
    }
}
