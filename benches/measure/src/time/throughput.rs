//! Requests a second of two threads that share one case.

use super::medians;
use crate::{Case, Handle as Requests};
use std::error::Error;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

const THREADS: usize = 2;
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(10);
/// Requests between two looks at the clock.
const BATCH: u64 = 1_000;

/// The medians, in the order of the cases.
pub(crate) fn of(cases: &[&Case]) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    medians(cases.to_vec(), ROUNDS, |case| Ok(Some([round(case)? / 1e6])))
}

fn round(case: &Case) -> Result<f64, Box<dyn Error>> {
    let runtime = Handle::current();
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        let threads = [(); THREADS].map(|()| {
            let requests = case.handle();
            let (runtime, start) = (&runtime, &start);
            scope.spawn(move || {
                let _inside = runtime.enter();
                start.wait();
                alone(requests)
            })
        });
        threads.into_iter().try_fold(0.0, |sum, thread| {
            let (sent, answered, took) = thread.join().map_err(|_| "a case panicked")?;
            case.check(sent, answered)?;
            Ok(sum + sent as f64 / took.as_secs_f64())
        })
    })
}

/// One thread's share: how many requests were sent, how many answered, in which time.
fn alone(mut requests: Requests) -> (u64, u64, Duration) {
    let (mut sent, mut answered) = (0, 0);
    let began = Instant::now();
    loop {
        answered += requests.run(BATCH);
        sent += BATCH;
        let took = began.elapsed();
        if took >= ROUND {
            return (sent, answered, took);
        }
    }
}
