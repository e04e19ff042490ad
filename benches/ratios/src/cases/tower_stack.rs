//! tower's own layers, put together by hand: R3 as most write it today.

use super::Case;
use super::request::{AtOnce, Down, Service, Yielding};
use std::future::{Ready, ready};
use std::time::Duration;
use tower::ServiceBuilder;

/// Retries while attempts are left, without a wait.
#[derive(Clone)]
struct Attempts(usize);

impl tower::retry::Policy<u64, u64, Down> for Attempts {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut u64, outcome: &mut Result<u64, Down>) -> Option<Ready<()>> {
        if outcome.is_ok() || self.0 == 0 {
            return None;
        }
        self.0 -= 1;
        Some(ready(()))
    }

    fn clone_request(&mut self, request: &u64) -> Option<u64> {
        Some(*request)
    }
}

fn r3<S>(service: S) -> impl Service
where
    S: tower::Service<u64, Response = u64, Error = Down, Future: Send> + Clone + Send + 'static,
{
    ServiceBuilder::new()
        .timeout(Duration::from_secs(1))
        .retry(Attempts(2))
        .concurrency_limit(64)
        .service(service)
}

pub(super) fn cases() -> [Case; 2] {
    [Case::service("tower R3", r3(AtOnce)), Case::service("tower R3, one yield", r3(Yielding))]
}
