//! The future of one request.

use crate::node::{Node, Outcome};
use crate::scope::{Exchange, Scope};
use crate::world::World;
use pin_project_lite::pin_project;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::time::{Instant, Sleep, sleep_until};

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
        // The reading made when the request began; good for the first poll only.
        began: Option<Instant>,
        // Made at the first `Pending` that wants it; one for all nodes of the plan.
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        run: <H::Target as Node<W>>::Run,
        // The run gave its outcome, and holds nothing since.
        over: bool,
    }

    impl<H, W> PinnedDrop for Running<H, W>
    where
        H: Deref,
        H::Target: Node<W>,
        W: World,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if !*this.over {
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
        mut exchange: Exchange<W>,
        request: W::Request,
    ) -> Self {
        let mut scope = Scope::new(&mut exchange, &classifier, None, false);
        let run = handle.start(Some(request), &mut scope);
        let began = scope.reading();
        Self { handle, classifier, exchange, began, timer: None, run, over: false }
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
        let mut fired = this.timer.as_ref().as_pin_ref().is_some_and(|timer| timer.is_elapsed());
        loop {
            let now = this.began.take();
            let mut scope = Scope::new(this.exchange, this.classifier, now, fired);
            if let Poll::Ready(outcome) = this.handle.poll(this.run.as_mut(), &mut scope, task) {
                *this.over = true;
                return Poll::Ready(outcome);
            }
            scope.give_up_unwanted();
            let Some(wake) = scope.wake() else {
                return Poll::Pending;
            };
            if !runs_out(this.timer.as_mut(), wake, task) {
                return Poll::Pending;
            }
            fired = true;
        }
    }
}

/// Sets the timer to `wake`, and asks whether it has run out.
#[cold]
#[inline(never)]
fn runs_out(mut timer: Pin<&mut Option<Sleep>>, wake: Instant, task: &mut Context<'_>) -> bool {
    if timer.is_none() {
        timer.set(Some(sleep_until(wake)));
    }
    timer.as_pin_mut().is_some_and(|mut timer| {
        if timer.deadline() != wake {
            timer.as_mut().reset(wake);
        }
        timer.poll(task).is_ready()
    })
}
