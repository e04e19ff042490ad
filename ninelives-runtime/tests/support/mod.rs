//! What the behaviour tests of the layers share: a service that insists on tower's contract, a
//! service that follows a script and counts, and a way to cancel a request at each of its polls.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

use ninelives_runtime::classify::{Class, Classify, Repeat};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tower::Service;

/// Insists on tower's contract: each call follows a `Ready` of its own on that very instance, a
/// clone carries no readiness, and an instance whose readiness failed is not used again.
pub(crate) struct Probe<S> {
    inner: S,
    state: Readiness,
}

#[derive(Debug, PartialEq)]
enum Readiness {
    Unknown,
    Ready,
    Failed,
}

impl<S> Probe<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self { inner, state: Readiness::Unknown }
    }
}

impl<S: Clone> Clone for Probe<S> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone())
    }
}

impl<S: Service<Req>, Req> Service<Req> for Probe<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        assert_ne!(self.state, Readiness::Failed, "polled ready after its readiness failed");
        let polled = self.inner.poll_ready(task);
        self.state = match &polled {
            Poll::Ready(Ok(())) => Readiness::Ready,
            Poll::Ready(Err(_)) => Readiness::Failed,
            Poll::Pending => Readiness::Unknown,
        };
        polled
    }

    fn call(&mut self, request: Req) -> S::Future {
        assert_eq!(self.state, Readiness::Ready, "called without a `Ready` of its own");
        self.state = Readiness::Unknown;
        self.inner.call(request)
    }
}

/// The error of a [`Script`]; [`AsSaid`] takes it at its word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) class: Class,
    pub(crate) retry_after: Option<Duration>,
}

/// Classifies a [`Failure`] as it says; every request may be repeated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsSaid;

impl<Response> Classify<Response, Failure> for AsSaid {
    fn classify(&self, outcome: Result<&Response, &Failure>) -> Class {
        outcome.err().map_or(Class::Success, |failure| failure.class)
    }

    fn retry_after(&self, outcome: Result<&Response, &Failure>) -> Option<Duration> {
        outcome.err().and_then(|failure| failure.retry_after)
    }
}

impl<Request: Clone> Repeat<Request> for AsSaid {
    fn copy(&self, request: &Request) -> Option<Request> {
        Some(request.clone())
    }
}

/// What a [`Script`] does with one call.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    // `None`: never.
    after: Option<Duration>,
    outcome: Result<&'static str, Failure>,
}

/// Answers at once.
pub(crate) fn ok(response: &'static str) -> Step {
    Step { after: Some(Duration::ZERO), outcome: Ok(response) }
}

/// Fails at once.
pub(crate) fn err(class: Class) -> Step {
    Step { after: Some(Duration::ZERO), outcome: Err(failure(class)) }
}

/// Never answers.
pub(crate) fn hang() -> Step {
    Step { after: None, outcome: Ok("never") }
}

/// What [`err`] fails with.
pub(crate) fn failure(class: Class) -> Failure {
    Failure { class, retry_after: None }
}

/// A duration of whole milliseconds.
pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl Step {
    /// The same, later.
    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.after = Some(delay);
        self
    }

    /// The same failure, asking to wait so long.
    pub(crate) fn asking(mut self, wait: Duration) -> Self {
        if let Err(failure) = &mut self.outcome {
            failure.retry_after = Some(wait);
        }
        self
    }
}

/// A service that does with its first call what the first step says, and so on; the last step
/// serves all later calls. Clones follow one script and share the counters. Always ready.
#[derive(Clone, Debug)]
pub(crate) struct Script(Arc<Stage>);

#[derive(Debug)]
struct Stage {
    steps: Vec<Step>,
    started: Mutex<Vec<Instant>>,
    in_flight: AtomicUsize,
    peak: AtomicUsize,
}

impl Script {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let steps: Vec<_> = steps.into_iter().collect();
        assert!(!steps.is_empty(), "a script has at least one step");
        Self(Arc::new(Stage {
            steps,
            started: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }))
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> usize {
        self.started().len()
    }

    /// How many calls have neither answered nor been dropped.
    pub(crate) fn in_flight(&self) -> usize {
        self.0.in_flight.load(Ordering::SeqCst)
    }

    /// The most calls that were in flight at once.
    pub(crate) fn peak(&self) -> usize {
        self.0.peak.load(Ordering::SeqCst)
    }

    /// When each call was made.
    pub(crate) fn started(&self) -> Vec<Instant> {
        self.0.started.lock().unwrap().clone()
    }

    /// How long after the call before it each later call was made.
    pub(crate) fn gaps(&self) -> Vec<Duration> {
        self.started().windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

/// Leaves the stage when the call answers or is dropped.
struct OnStage(Arc<Stage>);

impl OnStage {
    fn enter(stage: &Arc<Stage>) -> Self {
        let now = stage.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        stage.peak.fetch_max(now, Ordering::SeqCst);
        Self(stage.clone())
    }
}

impl Drop for OnStage {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Service<()> for Script {
    type Response = &'static str;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<&'static str, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        let mut started = self.0.started.lock().unwrap();
        let step = self.0.steps[started.len().min(self.0.steps.len() - 1)].clone();
        started.push(Instant::now());
        let on_stage = OnStage::enter(&self.0);
        Box::pin(async move {
            let _on_stage = on_stage;
            match step.after {
                Some(Duration::ZERO) => {}
                Some(delay) => sleep(delay).await,
                None => std::future::pending().await,
            }
            step.outcome
        })
    }
}

/// Cancels a request at each of its polls: for `k` = 0, 1, 2, … makes a future, polls it `k` times
/// (each time when it was woken), drops it and calls `check(k)`. Ends with the first `k` at which the future
/// answered by itself, and returns it.
pub(crate) async fn drop_at_each_poll<F: Future>(
    mut make: impl FnMut() -> F,
    mut check: impl FnMut(usize),
) -> usize {
    for k in 0.. {
        let mut future = Box::pin(make());
        let mut polls = 0;
        let answered = poll_fn(|task| {
            if polls == k {
                return Poll::Ready(false);
            }
            polls += 1;
            match future.as_mut().poll(task) {
                Poll::Ready(_) => Poll::Ready(true),
                Poll::Pending if polls == k => Poll::Ready(false),
                Poll::Pending => Poll::Pending,
            }
        })
        .await;
        drop(future);
        check(k);
        if answered {
            return k;
        }
    }
    unreachable!("the loop ends by returning")
}
