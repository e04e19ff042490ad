//! tower-resilience's layers, as its own pages put them together.

use ninelives_measure::Case;
use ninelives_measure::request::{AtOnce, Down, Yielding, fails};
use std::error::Error;
use std::time::Duration;
use tower::{Layer, ServiceBuilder, service_fn};
use tower_resilience_bulkhead::BulkheadLayer;
use tower_resilience_circuitbreaker::CircuitBreakerLayer;
use tower_resilience_fallback::FallbackLayer;
use tower_resilience_ratelimiter::RateLimiterLayer;
use tower_resilience_retry::RetryLayer;
use tower_resilience_timelimiter::TimeLimiterLayer;

pub(super) fn cases() -> Result<[Case; 8], Box<dyn Error>> {
    // A macro: the types of the errors of the layers nest, and have no common name.
    macro_rules! deadline {
        ($after:expr) => {
            TimeLimiterLayer::builder().timeout_duration($after).build()
        };
    }
    macro_rules! r3 {
        ($service:expr) => {
            ServiceBuilder::new()
                .layer(deadline!(Duration::from_secs(1)))
                .layer(RetryLayer::builder().max_attempts(3).build())
                .layer(BulkheadLayer::builder().max_concurrent_calls(64).build()?)
                .service($service)
        };
    }
    macro_rules! r5 {
        ($service:expr) => {
            ServiceBuilder::new()
                .layer(BulkheadLayer::builder().max_concurrent_calls(64).build()?)
                .layer(deadline!(Duration::from_secs(1)))
                .layer(RetryLayer::builder().max_attempts(3).build())
                .layer(deadline!(Duration::from_millis(250)))
                .layer(CircuitBreakerLayer::builder().build()?)
                .service($service)
        };
    }
    let breaker = CircuitBreakerLayer::builder().build()?;
    let in_reserve = || FallbackLayer::<u64, u64, Down>::value(9);
    let limiter = RateLimiterLayer::builder()
        .limit_for_period(usize::MAX)
        .refresh_period(Duration::from_secs(1))
        .build()?;
    Ok([
        Case::service("tower-resilience R3", r3!(AtOnce)),
        Case::service("tower-resilience R3, one yield", r3!(Yielding)),
        Case::service("tower-resilience R5", r5!(AtOnce)),
        Case::service("tower-resilience R5, one yield", r5!(Yielding)),
        Case::service("tower-resilience breaker", breaker.layer_fn(AtOnce)),
        Case::service("tower-resilience fallback", in_reserve().layer(AtOnce)),
        Case::service("tower-resilience fallback, taken", in_reserve().layer(service_fn(fails))),
        Case::service("tower-resilience ratelimiter", limiter.layer(AtOnce)),
    ])
}
