//! The future of one request.

use crate::node::{Node, Outcome};
use crate::scope::{Exchange, Readiness, Scope};
use crate::timer::Timer;
use crate::world::World;
use pin_project_lite::pin_project;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// One request on its way through a policy.
    ///
    /// It begins at its first poll: the policy is the one that was in force when it was made, the
    /// instance of the service the one that was asked for readiness then; deadlines run from the first
    /// poll on, and nothing of the policy's is taken before it. Polled again after its answer it stays
    /// pending.
    ///
    /// # Cancellation
    /// Dropping it cancels the run: what it drives is dropped, and every permit, probe and token is
    /// given back before `drop` returns.
    #[must_use = "futures do nothing unless polled"]
    pub struct Running<H, W>
    where
        H: Deref,
        H::Target: Node<W>,
        W: World,
    {
        handle: H,
        classifier: W::Classifier,
        service: W::Service,
        #[pin]
        course: Course<W::Request, <H::Target as Node<W>>::Run>,
    }

    impl<H, W> PinnedDrop for Running<H, W>
    where
        H: Deref,
        H::Target: Node<W>,
        W: World,
    {
        #[inline]
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let CourseProjection::Begun { exchange, run, .. } = this.course.project()
                && !exchange.over
            {
                give_up::<W, _>(&**this.handle, run);
            }
        }
    }
}

pin_project! {
    /// How far a request is. It begins where it is polled, which is where it stays: had it begun before,
    /// it would be moved with all that its layers have written, which costs more than most layers do.
    /// For the same reason an idle one holds nothing that its beginning can make.
    #[project = CourseProjection]
    #[project_replace = CourseReplaced]
    enum Course<Request, Run> {
        Idle {
            request: Request,
            readiness: Readiness,
        },
        Begun {
            exchange: Exchange,
            // Made at the first `Pending` that wants it; one for all nodes of the plan.
            timer: Timer,
            #[pin]
            run: Run,
        },
    }
}

/// Cancels a run that is dropped before its answer. Out of line, so that the drop of one that is over is
/// no more than a look at it.
#[cold]
#[inline(never)]
fn give_up<W: World, N: Node<W> + ?Sized>(node: &N, run: Pin<&mut N::Run>) {
    let mut rest = Rest::<W, _> { node, run: Some(run) };
    rest.cancel();
    rest.run = None;
}

/// What is left of a cancellation in which a part panicked: what stands beside that part gives back
/// what it holds all the same.
struct Rest<'a, W: World, N: Node<W> + ?Sized> {
    node: &'a N,
    run: Option<Pin<&'a mut N::Run>>,
}

impl<W: World, N: Node<W> + ?Sized> Rest<'_, W, N> {
    fn cancel(&mut self) {
        if let Some(run) = &mut self.run {
            self.node.cancel(run.as_mut());
        }
    }
}

impl<W: World, N: Node<W> + ?Sized> Drop for Rest<'_, W, N> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<H, W> Running<H, W>
where
    H: Deref,
    H::Target: Node<W>,
    W: World,
{
    #[inline]
    pub(crate) fn new(
        handle: H,
        classifier: W::Classifier,
        service: W::Service,
        readiness: Readiness,
        request: W::Request,
    ) -> Self {
        Self { handle, classifier, service, course: Course::Idle { request, readiness } }
    }
}

impl<H, W> Future for Running<H, W>
where
    H: Deref,
    H::Target: Node<W>,
    W: World,
{
    type Output = Outcome<W>;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Outcome<W>> {
        let mut this = self.project();
        let mut idle = None;
        if let CourseProjection::Idle { readiness, .. } = this.course.as_mut().project() {
            let exchange = Exchange::new(*readiness);
            let (timer, run) = (Timer::default(), Default::default());
            let begun = Course::Begun { exchange, timer, run };
            if let CourseReplaced::Idle { request, .. } =
                this.course.as_mut().project_replace(begun)
            {
                idle = Some(request);
            }
        }
        let CourseProjection::Begun { exchange, timer, mut run } = this.course.as_mut().project()
        else {
            return Poll::Pending;
        };
        let mut scope;
        if let Some(request) = idle {
            scope = Scope::new(exchange, this.service, this.classifier, false);
            this.handle.start(run.as_mut(), Some(request), &mut scope);
        } else if exchange.over {
            return Poll::Pending;
        } else {
            scope = Scope::new(exchange, this.service, this.classifier, timer.has_run_out());
        }
        loop {
            if let Poll::Ready(outcome) = this.handle.poll(run.as_mut(), &mut scope, task) {
                scope.exchange.over = true;
                return Poll::Ready(outcome);
            }
            let Some((first, wake)) = scope.rest() else {
                timer.unset();
                return Poll::Pending;
            };
            if !timer.runs_out(first, wake, task) {
                return Poll::Pending;
            }
            scope = scope.next();
        }
    }
}
