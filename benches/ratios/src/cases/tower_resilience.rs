//! tower-resilience's layers, as its own pages put them together.

use ninelives_measure::request::{Down, fails};
use ninelives_measure::{Case, both};
use std::error::Error;
use std::time::Duration;
use tower::{Layer, ServiceBuilder, service_fn};
use tower_resilience_bulkhead::BulkheadLayer;
use tower_resilience_circuitbreaker::CircuitBreakerLayer;
use tower_resilience_fallback::FallbackLayer;
use tower_resilience_ratelimiter::RateLimiterLayer;
use tower_resilience_retry::RetryLayer;
use tower_resilience_timelimiter::TimeLimiterLayer;

pub(super) fn cases() -> Result<impl Iterator<Item = Case>, Box<dyn Error>> {
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
    let taken = in_reserve().layer(service_fn(fails));
    let cases = [
        both!("tower-resilience R3", |Inner| r3!(Inner)),
        both!("tower-resilience R5", |Inner| r5!(Inner)),
        both!("tower-resilience breaker", |Inner| breaker.layer_fn(Inner)),
        Case::both("tower-resilience fallback", in_reserve()),
        Case::both("tower-resilience ratelimiter", limiter),
    ];
    let taken = Case::service("tower-resilience fallback, taken", taken);
    Ok(cases.into_iter().flatten().chain([taken]))
}
