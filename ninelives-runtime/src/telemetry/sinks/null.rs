//! Nowhere.

use crate::telemetry::PolicyEvent;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tower_service::Service;

/// Takes every event and does nothing: `Sink(a) + Sink(NullSink)` is `a`, and `Sink(a) |
/// Sink(NullSink)` never fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct NullSink;

impl Service<PolicyEvent> for NullSink {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: PolicyEvent) -> Self::Future {
        ready(Ok(()))
    }
}
