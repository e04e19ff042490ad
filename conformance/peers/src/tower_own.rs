//! tower's own layers.

use ninelives_measure::tower_stack::Attempts;
use peers_scenarios::{Ended, Guarded, Inner, Job, Part, Peer, guarded};
use std::time::Duration;
use tower::BoxError;
use tower::buffer::Buffer;
use tower::hedge::Hedge;
use tower::limit::ConcurrencyLimit;
use tower::retry::Retry;
use tower::timeout::Timeout;

pub(crate) struct Tower;

const SECOND: Duration = Duration::from_secs(1);

/// Hedges everything.
#[derive(Clone)]
struct Always;

impl tower::hedge::Policy<Job> for Always {
    fn clone_request(&self, request: &Job) -> Option<Job> {
        Some(request.clone())
    }

    fn can_retry(&self, _: &Job) -> bool {
        true
    }
}

fn boxed(_: BoxError) -> Ended {
    Ended::Failed
}

impl Peer for Tower {
    fn name(&self) -> &'static str {
        "tower"
    }

    fn guard(&self, part: Part, inner: Inner) -> Option<Guarded> {
        Some(match part {
            Part::Bulkhead | Part::Queue => {
                guarded(ConcurrencyLimit::new(inner, 1), |_| Ended::Failed)
            }
            Part::Retry => guarded(Retry::new(Attempts(2), inner), |_| Ended::Failed),
            // It learns its delay from what it saw. It is no `Clone`: the buffer makes it one.
            Part::Hedge => {
                let hedge =
                    Hedge::new_with_mock_latencies(inner, Always, 1, 0.9, SECOND, &[1_000; 100]);
                guarded(Buffer::new(hedge, 8), boxed)
            }
            Part::Timeout => guarded(Timeout::new(inner, SECOND), boxed),
            Part::Breaker(_) | Part::Fallback(_) => return None,
        })
    }

    fn documents(&self, scenario: &str) -> Option<&'static str> {
        scenario.contains("handle that is ready").then_some(
            "tower's `poll_ready` \"may reserve shared resources that are consumed in a subsequent invocation of `call`\"",
        )
    }
}
