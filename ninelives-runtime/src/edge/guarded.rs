//! A service with a policy around it.

use super::{Handle, Running};
use crate::classify::Classify;
use crate::classify::Plain;
use crate::error::Fault;
use crate::node::Node;
use crate::scope::Readiness;
use crate::world::{Lifted, Mode, On};
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::task::{Context, Poll};
use tower_service::Service;

/// A service with a policy around it: what `policy.layer(service)` gives.
///
/// It is a `tower::Service` for requests of a type when
/// - the service is `Clone`, since a request takes an instance with it, and
/// - the policy's classifier can [`Repeat`](crate::classify::Repeat) the request, if the policy may
///   run it twice (`retry`, `hedge`, `|`, `&`). [`Plain`] repeats what is `Clone`.
///
/// Where one of the two is missing, tower's `oneshot` and `ready` are just said not to exist; write
/// [`send`](Self::send) in their place, and the compiler says what is missing.
///
/// # Readiness
/// `poll_ready` polls the service once and always answers ready. A service that is not ready, or
/// that fails to become so, is awaited inside the policy, where timeout, breaker and `|` see it.
/// The instance that was polled ready is the one that is called. A future that was not polled holds
/// that instance, and what it reserved or waits in line for: poll it or drop it.
///
/// # Cancellation
/// Dropping the future drops what it drives and gives back every permit, probe and token at once.
///
/// # Panics
/// A policy waits on tokio's clock. A future that has to wait for a time (a deadline, a back-off, a
/// hedge) panics when it is polled outside a tokio runtime with time enabled.
///
/// # Clone
/// A clone shares the policy's state (one breaker, one bulkhead) and clones the service.
pub struct Guarded<H, S, C = Plain, M = Lifted> {
    handle: H,
    service: S,
    readiness: Readiness,
    classifier: C,
    mode: PhantomData<fn() -> M>,
}

impl<H, S, C, M> Guarded<H, S, C, M> {
    /// Puts the policy behind `handle` around `service`.
    pub fn new(handle: H, service: S, classifier: C) -> Self {
        Self { handle, service, readiness: Readiness::Unasked, classifier, mode: PhantomData }
    }

    /// The wrapped service.
    pub fn get_ref(&self) -> &S {
        &self.service
    }

    /// The wrapped service, for configuring it; what it was polled ready for is forgotten.
    pub fn get_mut(&mut self) -> &mut S {
        self.readiness = Readiness::Unasked;
        &mut self.service
    }

    /// Takes the policy off.
    pub fn into_inner(self) -> S {
        self.service
    }

    /// Sends one request with a fresh clone of the service; `&self`, so a shared client needs no
    /// lock. Dropping the future cancels the request.
    ///
    /// The request begins at the first poll of the future, as that of `call` does: deadlines run from then
    /// on, and what is not polled holds no place in a bulkhead and no probe of a breaker.
    pub fn send<Req>(&self, request: Req) -> Running<H::Hold, On<S, Req, C, M>>
    where
        H: Handle<Plan: Node<On<S, Req, C, M>>>,
        S: Service<Req> + Clone,
        M: Mode<S::Error>,
        C: Classify<S::Response, <M::Error as Fault>::Service> + Clone,
    {
        let (plan, classifier) = (self.handle.clone().into_hold(), self.classifier.clone());
        Running::new(plan, classifier, self.service.clone(), Readiness::Unasked, request)
    }
}

impl<H, S, Req, C, M> Service<Req> for Guarded<H, S, C, M>
where
    H: Handle<Plan: Node<On<S, Req, C, M>>>,
    S: Service<Req> + Clone,
    M: Mode<S::Error>,
    C: Classify<S::Response, <M::Error as Fault>::Service> + Clone,
{
    type Response = S::Response;
    type Error = M::Error;
    type Future = Running<H::Hold, On<S, Req, C, M>>;

    #[inline]
    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if self.readiness != Readiness::Ready && self.handle.calls_service() {
            self.readiness = match self.service.poll_ready(task) {
                Poll::Ready(Ok(())) => Readiness::Ready,
                Poll::Ready(Err(_)) => {
                    self.service = self.service.clone();
                    Readiness::Unasked
                }
                Poll::Pending => Readiness::InLine,
            };
        }
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        let fresh = self.service.clone();
        let readied = mem::replace(&mut self.service, fresh);
        let readiness = mem::replace(&mut self.readiness, Readiness::Unasked);
        Running::new(self.handle.hold(), self.classifier.clone(), readied, readiness, request)
    }
}

impl<H: Clone, S: Clone, C: Clone, M> Clone for Guarded<H, S, C, M> {
    fn clone(&self) -> Self {
        Self::new(self.handle.clone(), self.service.clone(), self.classifier.clone())
    }
}

impl<H, S: fmt::Debug, C, M> fmt::Debug for Guarded<H, S, C, M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Guarded").field("service", &self.service).finish_non_exhaustive()
    }
}
