//! Nine Lives.

use ninelives::{PolicyError, policy};
use peers_scenarios::{Down, Ended, Guarded, Inner, Part, Peer, guarded};
use tower::Layer;

pub(crate) struct Ours;

fn ended(error: PolicyError<Down>) -> Ended {
    match error {
        PolicyError::Service(Down) => Ended::Failed,
        PolicyError::Rejected(_) => Ended::Refused,
    }
}

impl Peer for Ours {
    fn name(&self) -> &'static str {
        "Nine Lives"
    }

    #[expect(
        deprecated,
        reason = "`policy!` warns so: each layer is alone here, without a deadline"
    )]
    fn guard(&self, part: Part, inner: Inner) -> Option<Guarded> {
        Some(match part {
            Part::Breaker(cooldown) => {
                let policy = policy!(circuit_breaker(consecutive = 3, cooldown = { cooldown }));
                guarded(policy.layer(inner), ended)
            }
            Part::Bulkhead => guarded(policy!(bulkhead(1)).layer(inner), ended),
            Part::Queue => guarded(policy!(bulkhead(1, queue = 8, wait = 10m)).layer(inner), ended),
            Part::Retry => guarded(policy!(retry(3, backoff = fixed(0s))).layer(inner), ended),
            Part::Hedge => guarded(policy!(hedge(after = 1s)).layer(inner), ended),
            Part::Timeout => guarded(policy!(timeout(1s)).layer(inner), ended),
            Part::Fallback(reserve) => guarded(policy!(pass | to({ reserve })).layer(inner), ended),
        })
    }
}
