//! Each event to two sinks.

use super::ComposedSinkError;
use crate::telemetry::PolicyEvent;
use pin_project_lite::pin_project;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower_service::Service;

/// Gives each event to both sinks, at the same time; `Sink(a) + Sink(b)`. The failure of one does not
/// keep the event from the other one.
///
/// # Readiness
/// It waits for both. One that may hang holds up the other one: put a timeout around it, or give it a
/// [`Telemetry`](crate::telemetry::Telemetry) of its own.
///
/// # Errors
/// [`ComposedSinkError`], which says who failed.
pub struct MulticastSink<A: Service<PolicyEvent>, B: Service<PolicyEvent>> {
    first: Readied<A>,
    second: Readied<B>,
}

impl<A: Service<PolicyEvent>, B: Service<PolicyEvent>> MulticastSink<A, B> {
    /// Both.
    pub const fn new(first: A, second: B) -> Self {
        Self { first: Readied::new(first), second: Readied::new(second) }
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

/// A sink, and what came of asking whether it is ready.
pub(super) struct Readied<S: Service<PolicyEvent>> {
    sink: S,
    readiness: Readiness<S::Error>,
}

enum Readiness<E> {
    Unasked,
    Ready,
    Failed(E),
}

impl<S: Service<PolicyEvent>> Readied<S> {
    pub(super) const fn new(sink: S) -> Self {
        Self { sink, readiness: Readiness::Unasked }
    }

    /// Waits until it is known whether the sink is ready; asks no further then.
    pub(super) fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<()> {
        if let Readiness::Unasked = self.readiness {
            self.readiness = match ready!(self.sink.poll_ready(task)) {
                Ok(()) => Readiness::Ready,
                Err(error) => Readiness::Failed(error),
            };
        }
        Poll::Ready(())
    }

    /// Gives it the event, unless its readiness failed.
    pub(super) fn call(&mut self, event: PolicyEvent) -> Sending<S::Future, S::Error> {
        match mem::replace(&mut self.readiness, Readiness::Unasked) {
            Readiness::Failed(error) => Sending::Over { outcome: Err(error) },
            Readiness::Ready | Readiness::Unasked => {
                Sending::UnderWay { future: self.sink.call(event) }
            }
        }
    }
}

impl<S: Service<PolicyEvent> + Clone> Clone for Readied<S> {
    fn clone(&self) -> Self {
        Self::new(self.sink.clone())
    }
}

pin_project! {
    /// One event on its way to one sink.
    #[project = SendingProjection]
    #[project_replace = SendingReplaced]
    pub(super) enum Sending<F, E> {
        UnderWay {
            #[pin]
            future: F,
        },
        Over {
            outcome: Result<(), E>,
        },
    }
}

impl<F: Future<Output = Result<(), E>>, E> Sending<F, E> {
    /// Polls the sink until it has answered.
    pub(super) fn drive(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        if let SendingProjection::UnderWay { future } = self.as_mut().project() {
            let outcome = ready!(future.poll(task));
            self.set(Self::Over { outcome });
        }
        Poll::Ready(())
    }

    /// The answer, once.
    pub(super) fn outcome(self: Pin<&mut Self>) -> Result<(), E> {
        match self.project_replace(Self::Over { outcome: Ok(()) }) {
            SendingReplaced::Over { outcome } => outcome,
            SendingReplaced::UnderWay { .. } => Ok(()),
        }
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
        out.debug_tuple("MulticastSink").field(&self.first.sink).field(&self.second.sink).finish()
    }
}

impl<S: Service<PolicyEvent> + fmt::Debug> fmt::Debug for Readied<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sink.fmt(out)
    }
}
