//! The future of one request.

use crate::node::{Node, Outcome};
use crate::scope::{Exchange, Scope, Stage};
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
        run: <H::Target as Node<W>>::Run,
    }

    impl<H, W> PinnedDrop for Running<H, W>
    where
        H: Deref,
        H::Target: Node<W>,
        W: World,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.exchange.stage != Stage::Over {
                let mut rest = Rest::<W, _> { node: &**this.handle, run: Some(this.run) };
                rest.cancel();
                rest.run = None;
            }
        }
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
        let run = <H::Target as Node<W>>::Run::default();
        let mut this = Self { handle, classifier, exchange, timer: Timer::default(), run };
        // The scope ends before the future moves out: the other way round it moves twice.
        {
            let mut scope = Scope::new(&mut this.exchange, &this.classifier, false);
            this.handle.start(&mut this.run, Some(request), &mut scope);
        }
        this
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
            if let Poll::Ready(outcome) = this.handle.poll(this.run.as_mut(), &mut scope, task) {
                this.exchange.stage = Stage::Over;
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
