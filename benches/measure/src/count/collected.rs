//! The run that is counted: every case, one after another, in a process of its own.

use crate::{Case, Measure, Requests, known};
use std::error::Error;
use std::hint::black_box;

/// Requests of the stretches of a case: those before the first one that counts, the short one, the long one.
/// A case that cannot have as many has but the long one: its requests are no small thing.
fn stretches(case: &Case) -> [u64; 3] {
    const USUAL: [u64; 3] = [1_000, 2_000, 12_000];
    if case.most >= USUAL[2] { USUAL } else { [0, 0, case.most] }
}

/// Requests by which the long stretch is longer than the short one.
pub(super) fn counted(case: &Case) -> f64 {
    let [_, short, long] = stretches(case);
    (long - short) as f64
}

/// The name of [`collected_requests`], at which callgrind begins and ends to collect.
pub(super) const SYMBOL: &str = concat!(module_path!(), "::collected_requests");

/// Not generic, so that there is one such symbol for all cases; what the call itself costs is in the
/// short stretch as in the long one.
#[inline(never)]
fn collected_requests(requests: &mut dyn Requests, count: u64) -> u64 {
    black_box(requests.run(count))
}

/// Runs all cases that are counted, each in three stretches.
///
/// The first is collected as well, because calls are counted since the last stretch and not since
/// the beginning of this one.
///
/// # Errors
/// When a case does not do what its name says.
pub fn run<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Result<(), Box<dyn Error>> {
    collect(&known::case())?;
    cases.into_iter().filter(|case| case.has(&Measure::COUNTED)).try_for_each(collect)
}

fn collect(case: &Case) -> Result<(), Box<dyn Error>> {
    let mut requests = case.handle();
    stretches(case).into_iter().try_for_each(|count| {
        case.check(count, collected_requests(&mut *requests, count))?;
        requests.rest();
        Ok(())
    })
}
