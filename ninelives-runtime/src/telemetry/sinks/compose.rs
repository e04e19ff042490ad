//! `+` and `|` between sinks, and how a composed one fails.

use super::{FallbackSink, MulticastSink, SinkFailure, TelemetrySink};
use crate::telemetry::PolicyEvent;
use std::error::Error;
use std::fmt;
use std::ops::{Add, BitOr};
use std::task::{Context, Poll};
use tower_service::Service;

/// A sink with operators: `Sink(a) + Sink(b)` gives each event to both ([`MulticastSink`]),
/// `Sink(a) | Sink(b)` to the second where the first fails ([`FallbackSink`]). In Rust `+` binds
/// tighter than `|`, as in the language.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sink<S>(pub S);

impl<A: TelemetrySink, B: TelemetrySink> Add<Sink<B>> for Sink<A> {
    type Output = Sink<MulticastSink<A, B>>;

    fn add(self, other: Sink<B>) -> Self::Output {
        Sink(MulticastSink::new(self.0, other.0))
    }
}

impl<A: TelemetrySink, B: TelemetrySink + Clone> BitOr<Sink<B>> for Sink<A> {
    type Output = Sink<FallbackSink<A, B>>;

    fn bitor(self, other: Sink<B>) -> Self::Output {
        Sink(FallbackSink::new(self.0, other.0))
    }
}

impl<S: Service<PolicyEvent>> Service<PolicyEvent> for Sink<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(task)
    }

    fn call(&mut self, event: PolicyEvent) -> S::Future {
        self.0.call(event)
    }
}

/// Which of two sinks failed, and how. With three and more it nests as the sinks do.
///
/// It is one error, also where a sink panicked: the event counts as refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposedSinkError<A, B> {
    /// The first one; the second one has the event.
    First(SinkFailure<A>),
    /// The second one; the first one has the event.
    Second(SinkFailure<B>),
    /// Both: the event is lost.
    Both(SinkFailure<A>, SinkFailure<B>),
}

impl<A: fmt::Display, B: fmt::Display> fmt::Display for ComposedSinkError<A, B> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First(failure) => write!(out, "the first sink failed: {failure}"),
            Self::Second(failure) => write!(out, "the second sink failed: {failure}"),
            Self::Both(first, second) => {
                write!(out, "both sinks failed: {first}; {second}")
            }
        }
    }
}

impl<A, B> Error for ComposedSinkError<A, B>
where
    A: Error + 'static,
    B: Error + 'static,
{
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let (first, second) = match self {
            Self::First(first) => (first.error(), None),
            Self::Second(second) => (None, second.error()),
            Self::Both(first, second) => (first.error(), second.error()),
        };
        first.map(|error| error as _).or(second.map(|error| error as _))
    }
}
