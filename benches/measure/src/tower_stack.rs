//! tower's own layers, put together by hand, as most write it today.

use crate::Case;
use std::future::{Ready, ready};
use std::time::Duration;
use tower::limit::ConcurrencyLimitLayer;
use tower::retry::RetryLayer;
use tower::timeout::TimeoutLayer;

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

/// The layers of [`r3`], the outermost first.
pub type R3 = (TimeoutLayer, RetryLayer<Attempts>, ConcurrencyLimitLayer);

/// `timeout(1s) + retry(3) + bulkhead(64)`
pub fn r3() -> R3 {
    let (limit, attempts) = (ConcurrencyLimitLayer::new(64), RetryLayer::new(Attempts(2)));
    (TimeoutLayer::new(Duration::from_secs(1)), attempts, limit)
}

/// The layers of [`r5`], the outermost first.
pub type R5 = (ConcurrencyLimitLayer, TimeoutLayer, RetryLayer<Attempts>, TimeoutLayer);

/// `bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms)`: tower has no circuit breaker.
pub fn r5() -> R5 {
    let (timeout, attempts, limit) = r3();
    (limit, timeout, attempts, TimeoutLayer::new(Duration::from_millis(250)))
}

/// The cases of both.
pub fn cases() -> impl Iterator<Item = Case> {
    [Case::both("tower R3", r3()), Case::both("tower R5", r5())].into_iter().flatten()
}
