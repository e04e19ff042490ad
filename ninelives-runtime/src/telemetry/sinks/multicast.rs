//! Each event to two sinks.

use super::ComposedSinkError;
use super::member::{Member, Sending};
use crate::telemetry::PolicyEvent;
use pin_project_lite::pin_project;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower_service::Service;

/// Gives each event to both sinks, at the same time; `Sink(a) + Sink(b)`. The failure of one, be it
/// a panic, does not keep the event from the other one.
///
/// # Readiness
/// It waits for both. One that may hang holds up the other one: put a timeout around it, or give it a
/// [`Telemetry`](crate::telemetry::Telemetry) of its own.
///
/// # Errors
/// [`ComposedSinkError`], which says who failed.
pub struct MulticastSink<A: Service<PolicyEvent>, B: Service<PolicyEvent>> {
    first: Member<A>,
    second: Member<B>,
}

impl<A: Service<PolicyEvent>, B: Service<PolicyEvent>> MulticastSink<A, B> {
    /// Both.
    pub const fn new(first: A, second: B) -> Self {
        Self { first: Member::new(first), second: Member::new(second) }
    }
}

impl<A, B> Service<PolicyEvent> for MulticastSink<A, B>
where
    A: Service<PolicyEvent, Response = ()>,
    B: Service<PolicyEvent, Response = ()>,
{
    type Response = ();
    type Error = ComposedSinkError<A::Error, B::Error>;
    type Future = MulticastSending<A::Future, B::Future, A::Error, B::Error>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let (first, second) = (self.first.poll_ready(task), self.second.poll_ready(task));
        ready!(first);
        ready!(second);
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        MulticastSending { first: self.first.call(event.clone()), second: self.second.call(event) }
    }
}

pin_project! {
    /// One event on its way to both sinks.
    #[must_use = "futures do nothing unless polled"]
    pub struct MulticastSending<A, B, X, Y> {
        #[pin]
        first: Sending<A, X>,
        #[pin]
        second: Sending<B, Y>,
    }
}

impl<A, B, X, Y> Future for MulticastSending<A, B, X, Y>
where
    A: Future<Output = Result<(), X>>,
    B: Future<Output = Result<(), Y>>,
{
    type Output = Result<(), ComposedSinkError<X, Y>>;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let first = this.first.as_mut().drive(task);
        let second = this.second.as_mut().drive(task);
        ready!(first);
        ready!(second);
        Poll::Ready(match (this.first.outcome(), this.second.outcome()) {
            (Ok(()), Ok(())) => Ok(()),
            (Err(first), Ok(())) => Err(ComposedSinkError::First(first)),
            (Ok(()), Err(second)) => Err(ComposedSinkError::Second(second)),
            (Err(first), Err(second)) => Err(ComposedSinkError::Both(first, second)),
        })
    }
}

impl<A, B> Clone for MulticastSink<A, B>
where
    A: Service<PolicyEvent> + Clone,
    B: Service<PolicyEvent> + Clone,
{
    fn clone(&self) -> Self {
        Self { first: self.first.clone(), second: self.second.clone() }
    }
}

impl<A, B> fmt::Debug for MulticastSink<A, B>
where
    A: Service<PolicyEvent> + fmt::Debug,
    B: Service<PolicyEvent> + fmt::Debug,
{
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("MulticastSink").field(&self.first).field(&self.second).finish()
    }
}
