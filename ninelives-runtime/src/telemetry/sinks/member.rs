//! One of the sinks of a composed one. A panic of it is its failure, and nobody else's.

use crate::telemetry::PolicyEvent;
use pin_project_lite::pin_project;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower_service::Service;

/// How one of two sinks failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinkFailure<E> {
    /// It answered with an error, or its readiness failed.
    Refused(E),
    /// It panicked.
    Panicked,
}

impl<E> SinkFailure<E> {
    /// The error, where there is one.
    pub const fn error(&self) -> Option<&E> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Panicked => None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for SinkFailure<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(out),
            Self::Panicked => out.write_str("it panicked"),
        }
    }
}

/// A sink, and what came of asking whether it is ready.
pub(super) struct Member<S: Service<PolicyEvent>> {
    sink: S,
    readiness: Readiness<S::Error>,
}

enum Readiness<E> {
    Unasked,
    Ready,
    Failed(SinkFailure<E>),
}

impl<S: Service<PolicyEvent>> Member<S> {
    pub(super) const fn new(sink: S) -> Self {
        Self { sink, readiness: Readiness::Unasked }
    }

    /// Waits until it is known whether the sink is ready; asks no further then.
    pub(super) fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<()> {
        if let Readiness::Unasked = self.readiness {
            self.readiness = match ready!(caught(|| self.sink.poll_ready(task))) {
                Ok(()) => Readiness::Ready,
                Err(failure) => Readiness::Failed(failure),
            };
        }
        Poll::Ready(())
    }

    /// Gives it the event, unless its readiness failed.
    pub(super) fn call(&mut self, event: PolicyEvent) -> Sending<S::Future, S::Error> {
        if let Readiness::Failed(failure) = mem::replace(&mut self.readiness, Readiness::Unasked) {
            return Sending::Over { outcome: Err(failure) };
        }
        match catch_unwind(AssertUnwindSafe(|| self.sink.call(event))) {
            Ok(future) => Sending::UnderWay { future },
            Err(_) => Sending::Over { outcome: Err(SinkFailure::Panicked) },
        }
    }
}

impl<S: Service<PolicyEvent> + Clone> Clone for Member<S> {
    fn clone(&self) -> Self {
        Self::new(self.sink.clone())
    }
}

impl<S: Service<PolicyEvent> + fmt::Debug> fmt::Debug for Member<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sink.fmt(out)
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
            outcome: Result<(), SinkFailure<E>>,
        },
    }
}

impl<F: Future<Output = Result<(), E>>, E> Sending<F, E> {
    /// Polls the sink until it has answered.
    pub(super) fn drive(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        if let SendingProjection::UnderWay { future } = self.as_mut().project() {
            let outcome = ready!(caught(|| future.poll(task)));
            self.set(Self::Over { outcome });
        }
        Poll::Ready(())
    }

    /// The answer, once.
    pub(super) fn outcome(self: Pin<&mut Self>) -> Result<(), SinkFailure<E>> {
        match self.project_replace(Self::Over { outcome: Ok(()) }) {
            SendingReplaced::Over { outcome } => outcome,
            SendingReplaced::UnderWay { .. } => Ok(()),
        }
    }
}

/// What a panic leaves behind is the sink's own.
fn caught<E>(poll: impl FnOnce() -> Poll<Result<(), E>>) -> Poll<Result<(), SinkFailure<E>>> {
    match catch_unwind(AssertUnwindSafe(poll)) {
        Ok(poll) => poll.map_err(SinkFailure::Refused),
        Err(_) => Poll::Ready(Err(SinkFailure::Panicked)),
    }
}
