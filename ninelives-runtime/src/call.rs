//! The bottom of a plan: hands the request to a service. Also `pass`, the identity of `+`.

use crate::control::Visit;
use crate::error::Reason;
use crate::node::{Node, Outcome, Shape, Then};
use crate::path::Path;
use crate::scope::{Mark, Readiness, Scope};
use crate::world::World;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower_service::Service;

/// Calls the wrapped service: `pass`, and the innermost part of every other layer.
///
/// # Readiness
/// The first attempt uses the instance that was polled ready; every later one polls the same
/// instance ready first, in the same poll as the call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Call;

pin_project! {
    /// One call.
    #[allow(missing_docs, reason = "the macro takes no documentation on the fields of an enum")]
    #[derive(Default)]
    #[project = CallProjection]
    #[project_replace = CallReplaced]
    pub enum CallRun<Request, F> {
        /// The service is not ready yet.
        Waiting {
            request: Request,
        },
        /// The service is at work.
        Calling {
            #[pin]
            future: F,
        },
        /// The request may not be sent again.
        Spent,
        /// Over.
        #[default]
        Done,
    }
}

impl Shape for Call {
    fn calls_service(&self) -> bool {
        true
    }

    fn layers(&self, _: Visit<'_>) {}
}

impl<W: World> Node<W> for Call {
    type Run = CallRun<W::Request, <W::Service as Service<W::Request>>::Future>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        mut run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let begun = match request.filter(|_| !scope.spent()) {
            None => CallRun::Spent,
            Some(request) if scope.exchange.readiness == Readiness::Ready => {
                scope.exchange.readiness = Readiness::Unasked;
                scope.exchange.note_sent();
                CallRun::Calling { future: scope.service.call(request) }
            }
            Some(request) => CallRun::Waiting { request },
        };
        run.set(begun);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        if !matches!(*run, CallRun::Calling { .. })
            && let Some(outcome) = ready!(call_when_ready(run.as_mut(), scope, task))
        {
            return Poll::Ready(outcome);
        }
        let CallProjection::Calling { future } = run.as_mut().project() else {
            return Poll::Pending;
        };
        let outcome = ready!(future.poll(task));
        run.set(CallRun::Done);
        scope.set_mark(Mark::Plain);
        Poll::Ready(outcome.map_err(W::lift))
    }

    #[inline]
    fn cancel(&self, mut run: Pin<&mut Self::Run>) {
        run.set(CallRun::Done);
    }
}

/// Waits for the instance and calls it in the same poll. `Some` is the outcome when it cannot.
#[cold]
#[inline(never)]
fn call_when_ready<W: World>(
    mut run: Pin<&mut CallRun<W::Request, <W::Service as Service<W::Request>>::Future>>,
    scope: &mut Scope<'_, W>,
    task: &mut Context<'_>,
) -> Poll<Option<Outcome<W>>> {
    if let CallRun::Done = *run {
        return Poll::Pending;
    }
    // Another arm may have sent the request while this one waited.
    if scope.spent() || matches!(*run, CallRun::Spent) {
        run.set(CallRun::Done);
        let outcome = scope.hand_on(&Path::Static(&"pass"), Reason::AlreadySent);
        return Poll::Ready(Some(outcome));
    }
    let Poll::Ready(answer) = scope.service.poll_ready(task) else {
        scope.wait_in_line();
        return Poll::Pending;
    };
    scope.exchange.readiness = Readiness::Unasked;
    match answer {
        Err(error) => {
            // tower: an instance whose readiness failed is to be dropped.
            W::renew(scope.service);
            run.set(CallRun::Done);
            scope.set_mark(Mark::Plain);
            Poll::Ready(Some(Err(W::lift(error))))
        }
        Ok(()) => {
            if let CallReplaced::Waiting { request } = run.as_mut().project_replace(CallRun::Done) {
                scope.exchange.note_sent();
                run.set(CallRun::Calling { future: scope.service.call(request) });
            }
            Poll::Ready(None)
        }
    }
}

impl<B> Then<B> for Call {
    type Out = B;

    fn then(self, next: B) -> B {
        next
    }
}
