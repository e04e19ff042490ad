//! `fail`: fails at once, and neutrally. The identity of `|` and `&`.

use crate::control::Visit;
use crate::error::Reason;
use crate::node::{Node, Outcome, Shape, Then};
use crate::path::Path;
use crate::scope::Scope;
use crate::world::World;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Fails at once. Its outcome is the one before it, where there is one, so that `A | fail` is `A`;
/// alone it is a refusal of class `rejected`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fail;

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
    type Run = ();

    fn start(&self, _: Pin<&mut ()>, _: Option<W::Request>, _: &mut Scope<'_, W>) {}

    fn poll(
        &self,
        _: Pin<&mut ()>,
        scope: &mut Scope<'_, W>,
        _: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        Poll::Ready(scope.hand_on(&Path::Static(&"fail"), Reason::Failed))
    }

    fn cancel(&self, _: Pin<&mut ()>) {}
}

impl<B> Then<B> for Fail {
    type Out = Self;

    fn then(self, _: B) -> Self {
        self
    }
}
