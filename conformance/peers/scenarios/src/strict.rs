//! A service that insists on tower's contract.

use crate::job::Job;
use std::task::{Context, Poll};
use tower::Service;

/// Panics when an instance is called that was not polled ready since its last call.
pub(crate) struct Strict<S> {
    inner: S,
    ready: bool,
}

impl<S> Strict<S> {
    pub(crate) const fn new(inner: S) -> Self {
        Self { inner, ready: false }
    }
}

impl<S: Clone> Clone for Strict<S> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone())
    }
}

impl<S: Service<Job>> Service<Job> for Strict<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        let polled = self.inner.poll_ready(task);
        self.ready = matches!(polled, Poll::Ready(Ok(())));
        polled
    }

    fn call(&mut self, job: Job) -> S::Future {
        assert!(std::mem::take(&mut self.ready), "called without a `Ready` of its own");
        self.inner.call(job)
    }
}
