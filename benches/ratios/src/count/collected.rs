//! The run that is counted: every case, one after another, in a process of its own.

use crate::cases::{self, Requests};
use std::error::Error;
use std::hint::black_box;

/// Requests before the first one that counts.
const WARM_UP: u64 = 1_000;
/// Requests of the short stretch.
pub const SHORT: u64 = 2_000;
/// Requests of the long stretch.
pub const LONG: u64 = 12_000;

/// The name of [`collected_requests`], at which callgrind begins and ends to collect.
pub const SYMBOL: &str = concat!(module_path!(), "::collected_requests");

/// Not generic, so that there is one such symbol for all cases; what the call itself costs is in the
/// short stretch as in the long one.
#[inline(never)]
fn collected_requests(requests: &mut Requests, count: u64) -> u64 {
    black_box(requests(count))
}

/// Runs all cases, each in three stretches: a warm-up, a short one and a long one.
///
/// The warm-up is collected as well, because calls are counted since the last stretch and not since
/// the beginning of this one.
pub fn run() -> Result<(), Box<dyn Error>> {
    cases::all()?.iter().try_for_each(|case| {
        let mut requests = case.handle();
        [WARM_UP, SHORT, LONG]
            .into_iter()
            .try_for_each(|count| case.check(count, collected_requests(&mut requests, count)))
    })
}
