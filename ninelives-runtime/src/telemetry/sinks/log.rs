//! Events as lines of a log.

use crate::telemetry::{EventKind, PolicyEvent};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::num::NonZeroU32;
use std::task::{Context, Poll};
use tower_service::Service;

/// Writes every event to the log of the `tracing` crate, with the target `ninelives::log`, from the
/// telemetry's task and so outside of all spans.
///
/// What calls for a look has the level `WARN` (a retry given up, a circuit opened, a refusal, a
/// failure, a loss), what is worth knowing `INFO` (a circuit closed or half-open, a reload, an answer
/// by a fallback), and all else `DEBUG`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogSink;

impl Service<PolicyEvent> for LogSink {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        macro_rules! write {
            ($level:ident) => {
                tracing::event!(
                    target: "ninelives::log",
                    tracing::Level::$level,
                    policy = event.policy(),
                    path = event.path.as_str(),
                    kind = event.kind.name(),
                    attempt = event.attempt.map(NonZeroU32::get),
                    latency = event.latency.map(tracing::field::debug),
                    "{event}"
                )
            };
        }
        match event.kind {
            EventKind::RetryExhausted { .. }
            | EventKind::BudgetExhausted
            | EventKind::CircuitOpened { .. }
            | EventKind::BulkheadRejected
            | EventKind::TimedOut { .. }
            | EventKind::RequestFailed { .. }
            | EventKind::ReloadRefused
            | EventKind::EventsLost { .. } => write!(WARN),
            EventKind::CircuitHalfOpened
            | EventKind::CircuitClosed { .. }
            | EventKind::FallbackUsed
            | EventKind::Reloaded { .. } => write!(INFO),
            EventKind::RetryAttempt { .. }
            | EventKind::BulkheadAcquired
            | EventKind::HedgeSent
            | EventKind::HedgeWon
            | EventKind::RequestSucceeded { .. }
            | EventKind::RequestCancelled => write!(DEBUG),
        }
        ready(Ok(()))
    }
}
