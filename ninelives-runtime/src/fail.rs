//! `fail`: fails at once, and neutrally. The identity of `|` and `&`.

use crate::control::Visit;
use crate::error::Reason;
use crate::node::{Node, Outcome, Shape, Then};
use crate::path::Path;
use crate::scope::Scope;
use crate::world::World;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Fails at once. Its outcome is the one before it, where there is one, so that `A | fail` is `A`;
/// alone it is a refusal of class `rejected`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fail;

/// One request at a [`Fail`]: that its outcome is still to come.
#[derive(Debug, Default)]
pub struct FailRun(bool);

impl Shape for Fail {
    fn calls_service(&self) -> bool {
        false
    }

    fn always_fails(&self) -> bool {
        true
    }

    fn layers(&self, _: Visit<'_>) {}
}

impl<W: World> Node<W> for Fail {
    type Run = FailRun;

    fn start(&self, mut run: Pin<&mut FailRun>, _: Option<W::Request>, _: &mut Scope<'_, W>) {
        run.0 = true;
    }

    fn poll(
        &self,
        mut run: Pin<&mut FailRun>,
        scope: &mut Scope<'_, W>,
        _: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        if !mem::take(&mut run.0) {
            return Poll::Pending;
        }
        Poll::Ready(scope.hand_on(&Path::Static(&"fail"), Reason::Failed))
    }

    fn cancel(&self, mut run: Pin<&mut FailRun>) {
        run.0 = false;
    }
}

impl<B> Then<B> for Fail {
    type Out = Self;

    fn then(self, _: B) -> Self {
        self
    }
}
