//! The future of one request.

use crate::node::{Node, Outcome};
use crate::scope::{Exchange, Scope};
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
        exchange: Exchange<W>,
        // Made at the first `Pending` that wants it; one for all nodes of the plan.
        timer: Timer,
        #[pin]
        course: Course<W::Request, <H::Target as Node<W>>::Run>,
    }

    impl<H, W> PinnedDrop for Running<H, W>
    where
        H: Deref,
        H::Target: Node<W>,
        W: World,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let CourseProjection::Begun { run } = this.course.project()
                && !this.exchange.over
            {
                let mut rest = Rest::<W, _> { node: &**this.handle, run: Some(run) };
                rest.cancel();
                rest.run = None;
            }
        }
    }
}

pin_project! {
    /// How far a request is. It begins where it is polled, which is where it stays: had it begun before,
    /// it would be moved with all that its layers have written, which costs more than most layers do.
    #[project = CourseProjection]
    enum Course<Request, Run> {
        Idle {
            request: Option<Request>,
        },
        Begun {
            #[pin]
            run: Run,
        },
    }
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
        exchange: Exchange<W>,
        request: W::Request,
    ) -> Self {
        let course = Course::Idle { request: Some(request) };
        Self { handle, classifier, exchange, timer: Timer::default(), course }
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
        let mut fired = this.timer.has_run_out();
        loop {
            let mut scope = Scope::new(this.exchange, this.classifier, fired);
            if let CourseProjection::Idle { request } = this.course.as_mut().project() {
                let request = request.take();
                this.course.set(Course::Begun { run: Default::default() });
                if let CourseProjection::Begun { run } = this.course.as_mut().project() {
                    this.handle.start(run, request, &mut scope);
                }
            } else if scope.exchange.over {
                return Poll::Pending;
            }
            let CourseProjection::Begun { run } = this.course.as_mut().project() else {
                return Poll::Pending;
            };
            if let Poll::Ready(outcome) = this.handle.poll(run, &mut scope, task) {
                this.exchange.over = true;
                return Poll::Ready(outcome);
            }
            let Some((first, wake)) = scope.rest() else {
                this.timer.unset();
                return Poll::Pending;
            };
            if !this.timer.runs_out(first, wake, task) {
                return Poll::Pending;
            }
            fired = true;
        }
    }
}
