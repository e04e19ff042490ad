//! Nanoseconds a request, in one thread.

use super::medians;
use crate::{Case, Handle};
use std::error::Error;
use std::time::{Duration, Instant};

const ROUNDS: usize = 41;
const ROUND: Duration = Duration::from_millis(2);
/// So many rounds a case has at least, and after this time no more.
const ENOUGH: (usize, Duration) = (5, Duration::from_secs(2));

/// A case with as many requests as fill a round.
struct Runner<'a> {
    case: &'a Case,
    requests: Handle,
    count: u64,
    rounds: usize,
    spent: Duration,
}

/// The medians, in the order of the cases.
pub(crate) fn of(cases: &[&Case]) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let runners = cases.iter().map(|case| Runner::new(case)).collect::<Result<Vec<_>, _>>()?;
    medians(runners, ROUNDS, Runner::turn)
}

impl<'a> Runner<'a> {
    fn new(case: &'a Case) -> Result<Self, Box<dyn Error>> {
        let (requests, spent) = (case.handle(), Duration::ZERO);
        let mut runner = Self { case, requests, count: 1, rounds: 0, spent };
        while runner.run()? < ROUND && runner.count < case.most {
            runner.count = case.most.min(runner.count * 2);
        }
        Ok(runner)
    }

    fn turn(&mut self) -> Result<Option<[f64; 1]>, Box<dyn Error>> {
        if self.rounds >= ENOUGH.0 && self.spent >= ENOUGH.1 {
            return Ok(None);
        }
        let took = self.run()?;
        self.rounds += 1;
        self.spent += took;
        Ok(Some([took.as_secs_f64() * 1e9 / self.count as f64]))
    }

    fn run(&mut self) -> Result<Duration, Box<dyn Error>> {
        let began = Instant::now();
        let answered = self.requests.run(self.count);
        let took = began.elapsed();
        self.requests.rest();
        self.case.check(self.count, answered)?;
        Ok(took)
    }
}
