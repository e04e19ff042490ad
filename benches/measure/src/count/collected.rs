//! The run that is counted: every case, one after another, in a process of its own.

use crate::{Case, Measure, Requests, known};
use std::error::Error;
use std::hint::black_box;

/// Requests before the first one that counts.
const WARM_UP: u64 = 1_000;
/// Requests of the short stretch.
pub(super) const SHORT: u64 = 2_000;
/// Requests of the long stretch.
pub(super) const LONG: u64 = 12_000;

/// The name of [`collected_requests`], at which callgrind begins and ends to collect.
pub(super) const SYMBOL: &str = concat!(module_path!(), "::collected_requests");

/// Not generic, so that there is one such symbol for all cases; what the call itself costs is in the
/// short stretch as in the long one.
#[inline(never)]
fn collected_requests(requests: &mut dyn Requests, count: u64) -> u64 {
    black_box(requests.run(count))
}

/// Runs all cases that are counted, each in three stretches: a warm-up, a short one and a long one.
///
/// The warm-up is collected as well, because calls are counted since the last stretch and not since
/// the beginning of this one.
///
/// # Errors
/// When a case does not do what its name says.
pub fn run<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Result<(), Box<dyn Error>> {
    stretches(&known::case())?;
    cases.into_iter().filter(|case| case.has(&Measure::COUNTED)).try_for_each(stretches)
}

fn stretches(case: &Case) -> Result<(), Box<dyn Error>> {
    let mut requests = case.handle();
    [WARM_UP, SHORT, LONG].into_iter().try_for_each(|count| {
        case.check(count, collected_requests(&mut *requests, count))?;
        requests.rest();
        Ok(())
    })
}
