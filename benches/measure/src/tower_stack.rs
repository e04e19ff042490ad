//! tower's own layers, put together by hand, as most write it today.

use crate::Case;
use crate::request::{AtOnce, Bottom, Service, Yielding};
use std::future::{Ready, ready};
use std::time::Duration;
use tower::ServiceBuilder;

/// Retries while so many attempts are left, without a wait.
#[derive(Clone, Debug)]
pub struct Attempts(pub usize);

impl<R: Clone, T, E> tower::retry::Policy<R, T, E> for Attempts {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut R, outcome: &mut Result<T, E>) -> Option<Ready<()>> {
        if outcome.is_ok() || self.0 == 0 {
            return None;
        }
        self.0 -= 1;
        Some(ready(()))
    }

    fn clone_request(&mut self, request: &R) -> Option<R> {
        Some(request.clone())
    }
}

/// `timeout(1s) + retry(3) + bulkhead(64)`
pub fn r3<S: Bottom>(service: S) -> impl Service {
    ServiceBuilder::new()
        .timeout(Duration::from_secs(1))
        .retry(Attempts(2))
        .concurrency_limit(64)
        .service(service)
}

/// `bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms)`: tower has no circuit breaker.
pub fn r5<S: Bottom>(service: S) -> impl Service {
    ServiceBuilder::new()
        .concurrency_limit(64)
        .timeout(Duration::from_secs(1))
        .retry(Attempts(2))
        .timeout(Duration::from_millis(250))
        .service(service)
}

/// The cases of both, by the services at the bottom.
pub fn cases() -> [Case; 4] {
    [
        Case::service("tower R3", r3(AtOnce)),
        Case::service("tower R3, one yield", r3(Yielding)),
        Case::service("tower R5", r5(AtOnce)),
        Case::service("tower R5, one yield", r5(Yielding)),
    ]
}
