//! How a request keeps its policy alive.

use crate::cell::Cell;
use crate::node::Shape;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What a guarded service holds its plan by.
pub trait Handle: Clone {
    /// The plan's root.
    type Plan: Shape;
    /// What one request holds: kept until it ends, so that a reload never takes its plan away.
    type Hold: Deref<Target = Self::Plan>;

    /// The plan for the next request.
    fn hold(&mut self) -> Self::Hold;

    /// The shape of the plan in force.
    fn calls_service(&mut self) -> bool;
}

impl<P: Shape> Handle for Arc<P> {
    type Plan = P;
    type Hold = Self;

    #[inline]
    fn hold(&mut self) -> Self {
        self.clone()
    }

    #[inline]
    fn calls_service(&mut self) -> bool {
        P::calls_service(self)
    }
}

/// The plan of a declared policy: a `Copy` handle to the one cell of the process. Holding it for a
/// request writes no shared word.
pub struct Static<P: 'static>(&'static Cell<P>);

impl<P> Static<P> {
    /// The handle to a cell, as `policy! { pub policy name = …; }` declares it.
    pub const fn new(cell: &'static Cell<P>) -> Self {
        Self(cell)
    }

    /// The plan, made at the first use.
    pub fn get(self) -> &'static P {
        self.0.get()
    }
}

impl<P> Clone for Static<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Static<P> {}

impl<P> fmt::Debug for Static<P> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Static").finish_non_exhaustive()
    }
}

impl<P: Shape> Handle for Static<P> {
    type Plan = P;
    type Hold = &'static P;

    #[inline]
    fn hold(&mut self) -> &'static P {
        self.get()
    }

    #[inline]
    fn calls_service(&mut self) -> bool {
        self.get().calls_service()
    }
}

/// A plan owned by a policy, or the handle to a declared one: what [`Policy`](struct@crate::policy::Policy)
/// is made of.
pub trait Plan: Sized {
    /// The plan's root.
    type Root: Shape;
    /// The handle a guarded service gets.
    type Handle: Handle<Plan = Self::Root>;

    /// A handle; all handles of one policy share its state.
    fn handle(&self) -> Self::Handle;

    /// The plan itself.
    fn root(&self) -> &Self::Root;

    /// The plan as a part of a larger one, with which it shares its state.
    fn into_root(self) -> Self::Root;
}

impl<P: Shape + Clone> Plan for P {
    type Root = P;
    type Handle = Arc<P>;

    fn handle(&self) -> Arc<P> {
        Arc::new(self.clone())
    }

    fn root(&self) -> &P {
        self
    }

    fn into_root(self) -> P {
        self
    }
}

impl<P: Shape + Clone> Plan for Static<P> {
    type Root = P;
    type Handle = Self;

    fn handle(&self) -> Self {
        *self
    }

    fn root(&self) -> &P {
        self.get()
    }

    fn into_root(self) -> P {
        self.get().clone()
    }
}
