//! What a layer must withstand, asked of any crate in the same way: each scenario is one function
//! over a [`Peer`], and knows nothing about whose layer it is.

mod circuits;
mod instances;
mod job;
mod peer;
mod places;
mod strict;
mod verdict;

pub use job::{Down, Job};
pub use peer::{Ended, Guarded, Inner, Part, Peer, guarded};
pub use verdict::{Asked, Verdict, ask};

use std::future::Future;
use std::pin::Pin;
use verdict::Seen;

/// One thing that must hold.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// It, as a sentence.
    pub name: &'static str,
    run: for<'p> fn(&'p dyn Peer) -> Pin<Box<dyn Future<Output = Seen> + 'p>>,
}

macro_rules! scenarios {
    ($($name:literal => $run:path,)*) => {
        [$(Scenario { name: $name, run: |peer| Box::pin($run(peer)) }),*]
    };
}

/// All of them.
pub const SCENARIOS: [Scenario; 17] = scenarios![
    "a late success does not close an open circuit" => circuits::late_success,
    "late successes do not decide a half-open circuit" => circuits::late_successes_beside_a_probe,
    "a circuit outlives a probe that is dropped" => circuits::dropped_probe,
    "a circuit outlives a probe that panics" => circuits::panicking_probe,
    "a circuit outlives a probe that hangs" => circuits::hanging_probe,
    "no more probes at once than configured" => circuits::probes_at_once,
    "an open circuit refuses while the service is not ready" => circuits::refusal_without_readiness,
    "a place comes back from a call dropped at any poll" => places::dropped_call,
    "a place comes back from a waiter dropped at any poll" => places::dropped_waiter,
    "a place comes back from a call that panics" => places::panicking_call,
    "a handle that is ready and not called holds no place" => places::idle_handle,
    "only instances that were polled ready are called" => instances::unready_calls,
    "a retry ends over a limit of one" => instances::retry_over_limit,
    "a hedge that cannot start does not hold up the first call" => instances::stalled_hedge,
    "the loser of a hedge is dropped before the answer" => instances::hedge_loser,
    "a call is dropped when its time is up" => instances::timed_out_call,
    "an unused fallback waits for no readiness and holds none" => instances::unused_fallback,
];
