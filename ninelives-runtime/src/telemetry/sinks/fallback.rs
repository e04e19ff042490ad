//! A second sink for what the first one does not take.

use super::member::{Member, Sending};
use super::{ComposedSinkError, SinkFailure};
use crate::telemetry::PolicyEvent;
use pin_project_lite::pin_project;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower_service::Service;

/// Gives each event to the first sink, and what that one fails to take to the second, also where it
/// panicked; `Sink(a) | Sink(b)`. A clone of the second sink is made for each event, and used where it
/// is needed.
///
/// # Readiness
/// It waits for the first sink. The second one is asked when it is needed.
///
/// # Errors
/// [`ComposedSinkError::Both`].
pub struct FallbackSink<A: Service<PolicyEvent>, B> {
    first: Member<A>,
    second: B,
}

impl<A: Service<PolicyEvent>, B> FallbackSink<A, B> {
    /// `second` where `first` fails.
    pub const fn new(first: A, second: B) -> Self {
        Self { first: Member::new(first), second }
    }
}

impl<A, B> Service<PolicyEvent> for FallbackSink<A, B>
where
    A: Service<PolicyEvent, Response = ()>,
    B: Service<PolicyEvent, Response = ()> + Clone,
{
    type Response = ();
    type Error = ComposedSinkError<A::Error, B::Error>;
    type Future = FallbackSending<A, B>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.first.poll_ready(task).map(Ok)
    }

    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        FallbackSending {
            stage: Stage::First { sending: self.first.call(event.clone()) },
            second: Member::new(self.second.clone()),
            event: Some(event),
            failure: None,
        }
    }
}

pin_project! {
    /// One event on its way to the first sink, or to the second.
    #[must_use = "futures do nothing unless polled"]
    pub struct FallbackSending<A, B>
    where
        A: Service<PolicyEvent>,
        B: Service<PolicyEvent>,
    {
        #[pin]
        stage: Stage<A, B>,
        second: Member<B>,
        event: Option<PolicyEvent>,
        // How the first sink failed.
        failure: Option<SinkFailure<A::Error>>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<A, B>
    where
        A: Service<PolicyEvent>,
        B: Service<PolicyEvent>,
    {
        First {
            #[pin]
            sending: Sending<A::Future, A::Error>,
        },
        Waiting,
        Second {
            #[pin]
            sending: Sending<B::Future, B::Error>,
        },
    }
}

impl<A, B> Future for FallbackSending<A, B>
where
    A: Service<PolicyEvent, Response = ()>,
    B: Service<PolicyEvent, Response = ()>,
{
    type Output = Result<(), ComposedSinkError<A::Error, B::Error>>;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.stage.as_mut().project() {
                StageProjection::First { mut sending } => {
                    ready!(sending.as_mut().drive(task));
                    let Err(failure) = sending.outcome() else {
                        return Poll::Ready(Ok(()));
                    };
                    *this.failure = Some(failure);
                    this.stage.set(Stage::Waiting);
                }
                StageProjection::Waiting => {
                    ready!(this.second.poll_ready(task));
                    let Some(event) = this.event.take() else {
                        return Poll::Pending;
                    };
                    let sending = this.second.call(event);
                    this.stage.set(Stage::Second { sending });
                }
                StageProjection::Second { mut sending } => {
                    ready!(sending.as_mut().drive(task));
                    return Poll::Ready(match (sending.outcome(), this.failure.take()) {
                        (Ok(()), _) => Ok(()),
                        (Err(second), Some(first)) => Err(ComposedSinkError::Both(first, second)),
                        (Err(second), None) => Err(ComposedSinkError::Second(second)),
                    });
                }
            }
        }
    }
}

impl<A: Service<PolicyEvent> + Clone, B: Clone> Clone for FallbackSink<A, B> {
    fn clone(&self) -> Self {
        Self { first: self.first.clone(), second: self.second.clone() }
    }
}

impl<A, B> fmt::Debug for FallbackSink<A, B>
where
    A: Service<PolicyEvent> + fmt::Debug,
    B: fmt::Debug,
{
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("FallbackSink").field(&self.first).field(&self.second).finish()
    }
}
