//! What the layers of ninelives 0.2 withstand: one verdict a line, for the program that prints the
//! table.

use ninelives::prelude::*;
use peers_scenarios::{Down, Ended, Guarded, Inner, Part, Peer, ask, guarded};
use std::time::Duration;
use tower::Layer;
use tower::layer::layer_fn;

struct Older;

fn ended(error: ResilienceError<Down>) -> Ended {
    match error {
        ResilienceError::Bulkhead { .. } | ResilienceError::CircuitOpen { .. } => Ended::Refused,
        _ => Ended::Failed,
    }
}

impl Peer for Older {
    fn name(&self) -> &'static str {
        "ninelives 0.2"
    }

    fn guard(&self, part: Part, inner: Inner) -> Option<Guarded> {
        Some(match part {
            Part::Breaker(cooldown) => {
                let config = CircuitBreakerConfig::new(3, cooldown, 1).ok()?;
                guarded(CircuitBreakerLayer::new(config).ok()?.layer(inner), ended)
            }
            Part::Bulkhead => guarded(BulkheadLayer::new(1).ok()?.layer(inner), ended),
            Part::Retry => {
                let policy = RetryPolicy::<Down>::builder()
                    .max_attempts(3)
                    .backoff(Backoff::constant(Duration::ZERO))
                    .should_retry(|_| true);
                guarded(policy.build().ok()?.into_layer().layer(inner), ended)
            }
            Part::Timeout => {
                guarded(TimeoutLayer::new(Duration::from_secs(1)).ok()?.layer(inner), ended)
            }
            Part::Fallback(reserve) => {
                let own = Policy(layer_fn(|own: Inner| own));
                let reserve = Policy(layer_fn(move |_: Inner| reserve.clone()));
                guarded((own | reserve).layer(inner), |Down| Ended::Failed)
            }
            Part::Queue | Part::Hedge => return None,
        })
    }
}

fn main() {
    for (verdict, _) in ask(&Older).verdicts {
        println!("{verdict}");
    }
}
