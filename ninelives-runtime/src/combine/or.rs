//! `A | B`: runs `A`; when its outcome is a failure, runs the same request through `B`.
//!
//! # Behaviour
//! Every failure counts, refusals of ours included; `B` may look at what led to it. When both fail
//! the outcome is that of the last arm which ran and is not `fail`. A request that may not be
//! repeated and was sent takes no arm that sends.
//!
//! # Cancellation
//! The arm that runs is cancelled; the other one holds nothing.

use super::{Tail, share};
use crate::classify::{Class, Repeat};
use crate::control::Visit;
use crate::node::{Node, Outcome, Shape, Then, begin};
use crate::scope::{Kept, Mark, Scope};
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// `A | B`; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Or<A, B> {
    left: A,
    right: B,
}

impl<A, B> Or<A, B> {
    /// `left | right`.
    pub const fn new(left: A, right: B) -> Self {
        Self { left, right }
    }
}

pin_project! {
    /// One request through an [`Or`].
    #[allow(missing_docs, reason = "the macro takes no documentation on the fields of an enum")]
    #[derive(Default)]
    #[project = OrProjection]
    pub enum OrRun<A, B, Request, Outcome> {
        /// In the left arm.
        Left {
            #[pin]
            run: A,
            request: Option<Request>,
        },
        /// In the right arm.
        Right {
            #[pin]
            run: B,
            cause: Kept<Outcome>,
        },
        /// Over.
        #[default]
        Done,
    }
}

impl<A: Shape, B: Shape> Shape for Or<A, B> {
    fn always_degraded(&self) -> bool {
        let never_plain = |arm: &dyn Shape| arm.always_degraded() || arm.always_fails();
        never_plain(&self.left) && never_plain(&self.right) && !self.always_fails()
    }

    fn calls_service(&self) -> bool {
        self.left.calls_service() || self.right.calls_service()
    }

    fn always_fails(&self) -> bool {
        self.left.always_fails() && self.right.always_fails()
    }

    fn layers(&self, visit: Visit<'_>) {
        self.left.layers(visit);
        self.right.layers(visit);
    }
}

impl<W, A, B> Node<W> for Or<A, B>
where
    W: World<Classifier: Repeat<<W as World>::Request>>,
    A: Node<W>,
    B: Node<W>,
{
    type Run = OrRun<A::Run, B::Run, W::Request, Outcome<W>>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        mut run: Pin<&mut Self::Run>,
        mut request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let given = share(&self.left, &mut request, scope);
        run.set(OrRun::Left { run: A::Run::default(), request });
        if let OrProjection::Left { run: left, .. } = run.project() {
            self.left.start(left, given, scope);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        if let OrProjection::Left { run: left, request } = run.as_mut().project() {
            let outcome = ready!(self.left.poll(left, scope, task));
            if scope.class(&outcome) == Class::Success {
                run.set(OrRun::Done);
                return Poll::Ready(outcome);
            }
            let request = request.take();
            let cause = scope.keep(outcome);
            // The left arm is over: what it still holds goes before the right one begins.
            run.set(OrRun::Done);
            run.set(OrRun::Right { run: B::Run::default(), cause });
            if let OrProjection::Right { run: right, cause } = run.as_mut().project() {
                scope.following(cause, |scope| begin(&self.right, right, request, scope));
            }
        }
        let OrProjection::Right { run: right, cause } = run.as_mut().project() else {
            return Poll::Pending;
        };
        let outcome = ready!(scope.following(cause, |scope| self.right.poll(right, scope, task)));
        if scope.mark() == Mark::HandedOn {
            scope.set_mark(cause.mark());
        }
        run.set(OrRun::Done);
        Poll::Ready(outcome)
    }

    #[inline]
    fn cancel(&self, mut run: Pin<&mut Self::Run>) {
        match run.as_mut().project() {
            OrProjection::Left { run, .. } => self.left.cancel(run),
            OrProjection::Right { run, .. } => self.right.cancel(run),
            OrProjection::Done => {}
        }
        run.set(OrRun::Done);
    }
}

impl<A, B, C> Then<C> for Or<A, B>
where
    A: Then<Tail<C>>,
    B: Then<Tail<C>>,
{
    type Out = Or<A::Out, B::Out>;

    fn then(self, next: C) -> Self::Out {
        let next = Tail::new(next);
        Or { left: self.left.then(next.clone()), right: self.right.then(next) }
    }
}
