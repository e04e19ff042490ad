//! What stands right of a group: one part, shared by the arms, so `(A | B) + C` has one `C`.

use crate::control::Visit;
use crate::node::{Node, Outcome, Shape, Then};
use crate::scope::Scope;
use crate::world::World;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The shared right neighbour of a group. Its methods stay out of line: the types of `(A | B) + C`
/// double at each group, the code must not.
#[derive(Debug)]
pub struct Tail<C>(Arc<C>);

impl<C> Tail<C> {
    /// Shares `part` between the arms of the group on its left.
    pub fn new(part: C) -> Self {
        Self(Arc::new(part))
    }
}

impl<C> Clone for Tail<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C: Shape> Shape for Tail<C> {
    fn always_degraded(&self) -> bool {
        self.0.always_degraded()
    }

    fn calls_service(&self) -> bool {
        self.0.calls_service()
    }

    fn always_fails(&self) -> bool {
        self.0.always_fails()
    }

    fn layers(&self, visit: Visit<'_>) {
        self.0.layers(visit);
    }
}

impl<W: World, C: Node<W>> Node<W> for Tail<C> {
    type Run = C::Run;

    #[inline(never)]
    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        self.0.start(run, request, scope);
    }

    #[inline(never)]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        self.0.poll(run, scope, task)
    }

    #[inline(never)]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        self.0.cancel(run);
    }
}

/// Each arm composes a clone; layers are handles, so the clones have one state.
impl<C: Then<B> + Clone, B> Then<B> for Tail<C> {
    type Out = Tail<C::Out>;

    fn then(self, next: B) -> Self::Out {
        Tail::new(C::clone(&self.0).then(next))
    }
}
