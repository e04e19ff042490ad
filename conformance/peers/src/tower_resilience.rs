//! tower-resilience.

use peers_scenarios::{Down, Ended, Guarded, Inner, Job, Part, Peer, guarded};
use std::time::Duration;
use tower::Layer;
use tower_resilience_bulkhead::{BulkheadLayer, BulkheadServiceError};
use tower_resilience_circuitbreaker::{CircuitBreakerError, CircuitBreakerLayer};
use tower_resilience_fallback::FallbackLayer;
use tower_resilience_hedge::HedgeLayer;
use tower_resilience_retry::RetryLayer;
use tower_resilience_timelimiter::TimeLimiterLayer;

pub(crate) struct TowerResilience;

fn by_bulkhead(error: BulkheadServiceError<Down>) -> Ended {
    match error {
        BulkheadServiceError::Bulkhead(_) => Ended::Refused,
        BulkheadServiceError::Inner(Down) => Ended::Failed,
    }
}

fn by_breaker(error: CircuitBreakerError<Down>) -> Ended {
    match error {
        CircuitBreakerError::OpenCircuit => Ended::Refused,
        CircuitBreakerError::Inner(Down) => Ended::Failed,
    }
}

impl Peer for TowerResilience {
    fn name(&self) -> &'static str {
        "tower-resilience"
    }

    fn guard(&self, part: Part, inner: Inner) -> Option<Guarded> {
        let second = Duration::from_secs(1);
        Some(match part {
            Part::Breaker(cooldown) => {
                let layer = CircuitBreakerLayer::builder()
                    .consecutive_failures(3)
                    .wait_duration_in_open(cooldown)
                    .build();
                guarded(layer.ok()?.layer(inner), by_breaker)
            }
            Part::Bulkhead => {
                let layer = BulkheadLayer::builder().max_concurrent_calls(1).reject_when_full();
                guarded(layer.build().ok()?.layer(inner), by_bulkhead)
            }
            Part::Queue => {
                let layer = BulkheadLayer::builder().max_concurrent_calls(1);
                guarded(layer.build().ok()?.layer(inner), by_bulkhead)
            }
            Part::Retry => {
                let layer = RetryLayer::<Job, (), Down>::builder().max_attempts(3);
                guarded(layer.fixed_backoff(Duration::ZERO).build().layer(inner), |_| Ended::Failed)
            }
            Part::Hedge => guarded(HedgeLayer::new(second).layer(inner), |_| Ended::Failed),
            Part::Timeout => {
                let layer = TimeLimiterLayer::builder().timeout_duration(second).build();
                guarded(layer.layer(inner), |_| Ended::Failed)
            }
            Part::Fallback(reserve) => {
                let layer = FallbackLayer::<Job, (), Down>::tower_service(reserve);
                guarded(layer.layer(inner), |_| Ended::Failed)
            }
        })
    }
}
