//! Events by hand, and sinks that misbehave.

use ninelives_runtime::telemetry::{EventKind, Fact, PolicyEvent, Reporter, Telemetry};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;
use tower::Service;

/// A reporter that reports numbers.
pub(crate) fn reporter(telemetry: &Telemetry) -> Reporter {
    let reporter = Reporter::new("search.layer".into());
    reporter.attach(telemetry);
    reporter
}

/// Reports an event that carries a number.
pub(crate) fn report(reporter: &Reporter, number: u64) {
    let kind = EventKind::TimedOut { after: Duration::from_nanos(number) };
    reporter.report(Instant::now(), Fact::new(kind));
}

/// The number that [`report`] gave the event; `None` for a report of losses.
pub(crate) fn number(event: &PolicyEvent) -> Option<u64> {
    match event.kind {
        EventKind::TimedOut { after } => u64::try_from(after.as_nanos()).ok(),
        _ => None,
    }
}

pub(crate) fn numbers(events: &[PolicyEvent]) -> Vec<u64> {
    events.iter().filter_map(number).collect()
}

/// A sink made of a closure, which answers, fails or panics for each event, and is asked for its
/// readiness by another one.
#[derive(Clone)]
pub(crate) struct Scripted<F> {
    pub(crate) calls: Arc<AtomicU64>,
    answer: F,
}

pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<(), &'static str>> + Send>>;

impl<F: Fn(u64, PolicyEvent) -> Answer> Scripted<F> {
    /// `answer` gets the number of the call, from 0.
    pub(crate) fn new(answer: F) -> Self {
        Self { calls: Arc::default(), answer }
    }
}

impl<F: Fn(u64, PolicyEvent) -> Answer> Service<PolicyEvent> for Scripted<F> {
    type Response = ();
    type Error = &'static str;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: PolicyEvent) -> Answer {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        (self.answer)(call, event)
    }
}

pub(crate) fn now(answer: Result<(), &'static str>) -> Answer {
    Box::pin(std::future::ready(answer))
}

/// A sink that fails always.
#[derive(Clone)]
pub(crate) struct Failing(pub(crate) &'static str);

impl Service<PolicyEvent> for Failing {
    type Response = ();
    type Error = &'static str;
    type Future = std::future::Ready<Result<(), &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: PolicyEvent) -> Self::Future {
        std::future::ready(Err(self.0))
    }
}

/// What a sink answers when it is asked whether it is ready.
#[derive(Clone, Copy)]
pub(crate) enum Unready {
    Never,
    Fails,
    Panics,
}

impl Service<PolicyEvent> for Unready {
    type Response = ();
    type Error = &'static str;
    type Future = std::future::Ready<Result<(), &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        match self {
            Self::Never => Poll::Pending,
            Self::Fails => Poll::Ready(Err("not ready")),
            Self::Panics => panic!("asked for its readiness"),
        }
    }

    fn call(&mut self, _: PolicyEvent) -> Self::Future {
        panic!("called without being ready")
    }
}
