//! A service that insists on tower's contract.

use pin_project_lite::pin_project;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower_service::Service;

/// Passes everything on to a service, and panics where its user breaks the contract of
/// `tower::Service`: put it innermost, around what the layer under test wraps.
///
/// Each call must follow a `Ready` of its own on that very instance, which a clone does not inherit
/// and which the next call does not find again; an instance whose readiness failed is not used any
/// more; a future that has answered is not polled again.
///
/// # Panics
/// In `poll_ready`, `call` and the future's `poll`, when the contract is broken.
///
/// # Cancellation
/// Dropping the future drops that of the service.
///
/// # Clone
/// A clone clones the service, and has not been polled ready.
///
/// # Examples
/// A layer that calls a fresh clone, which nobody polled ready, is found out:
///
/// ```should_panic
/// use ninelives_runtime::testing::{Probe, Script, ok, paused};
/// use tower::{Service, ServiceExt};
///
/// paused(async {
///     let mut service = Probe::new(Script::new([ok("hello")]));
///     let readied = service.ready().await.unwrap();
///     // A limit, a connection or a permit came with that readiness, and stays behind.
///     let _ = readied.clone().call(()).await;
/// });
/// ```
#[derive(Debug)]
pub struct Probe<S> {
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
    /// Watches how `service` is used.
    pub const fn new(service: S) -> Self {
        Self { inner: service, state: Readiness::Unknown }
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
    type Future = Probed<S::Future>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        assert!(self.state != Readiness::Failed, "polled ready after its readiness failed");
        let polled = self.inner.poll_ready(task);
        self.state = match &polled {
            Poll::Ready(Ok(())) => Readiness::Ready,
            Poll::Ready(Err(_)) => Readiness::Failed,
            Poll::Pending => Readiness::Unknown,
        };
        polled
    }

    fn call(&mut self, request: Req) -> Self::Future {
        let state = mem::replace(&mut self.state, Readiness::Unknown);
        assert!(state == Readiness::Ready, "called without a `Ready` of its own");
        Probed { future: self.inner.call(request), answered: false }
    }
}

pin_project! {
    /// One call of a [`Probe`].
    ///
    /// # Panics
    /// When it is polled after it answered.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Probed<F> {
        #[pin]
        future: F,
        answered: bool,
    }
}

impl<F: Future> Future for Probed<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        assert!(!*this.answered, "polled after it answered");
        let output = ready!(this.future.poll(task));
        *this.answered = true;
        Poll::Ready(output)
    }
}

#[cfg(test)]
mod tests;
