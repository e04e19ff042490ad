//! How a request keeps its policy alive.

use crate::cell::Cell;
use crate::node::Shape;
use crate::telemetry::{Root, Telemetry, name_of};
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

    /// The plan for the only request.
    fn into_hold(mut self) -> Self::Hold {
        self.hold()
    }

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
    fn into_hold(self) -> Self {
        self
    }

    #[inline]
    fn calls_service(&mut self) -> bool {
        P::calls_service(self)
    }
}

/// The plan of a declared policy, which lives as long as the process: holding it for a request writes no
/// shared word, and asks nobody whether it is made. No bare reference, of which the compiler would ask in
/// an `async` function whether any lifetime will do.
#[derive(Debug)]
pub struct Declared<P: 'static>(&'static P);

impl<P> Clone for Declared<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Declared<P> {}

impl<P: Shape> Handle for Declared<P> {
    type Plan = P;
    type Hold = &'static P;

    #[inline]
    fn hold(&mut self) -> &'static P {
        self.0
    }

    #[inline]
    fn calls_service(&mut self) -> bool {
        self.0.calls_service()
    }
}

/// A declared policy: the one cell of the process that has its plan.
pub struct Static<P: 'static>(&'static Cell<Root<P>>);

impl<P> Static<P> {
    /// The handle to a cell, as `policy! { pub policy name = …; }` declares it.
    pub const fn new(cell: &'static Cell<Root<P>>) -> Self {
        Self(cell)
    }

    /// The plan, made at the first use.
    pub fn get(self) -> &'static Root<P> {
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

/// A plan owned by a policy, or the handle to a declared one: what [`Policy`](struct@crate::policy::Policy)
/// is made of.
pub trait Plan: Sized {
    /// What a request runs through: the part, and around it what reports the request.
    type Root: Shape;
    /// What the policy is as a part of a larger one.
    type Part: Shape;
    /// The handle a guarded service gets.
    type Handle: Handle<Plan = Self::Root>;
    /// The plan that reports its requests.
    type Reporting: Plan<Part = Self::Part>;

    /// A handle; all handles of one policy share its state.
    fn handle(&self) -> Self::Handle;

    /// What a request runs through.
    fn root(&self) -> &Self::Root;

    /// The part.
    fn part(&self) -> &Self::Part;

    /// The policy as a part of a larger one, with which it shares its state. Of its requests the
    /// larger one reports.
    fn into_part(self) -> Self::Part;

    /// Reports into a telemetry: the requests, and what all layers do.
    fn reporting(self, telemetry: &Telemetry) -> Self::Reporting;
}

impl<P: Shape + Clone> Plan for P {
    type Root = P;
    type Part = P;
    type Handle = Arc<P>;
    type Reporting = Reporting<P>;

    fn handle(&self) -> Arc<P> {
        Arc::new(self.clone())
    }

    fn root(&self) -> &P {
        self
    }

    fn part(&self) -> &P {
        self
    }

    fn into_part(self) -> P {
        self
    }

    fn reporting(self, telemetry: &Telemetry) -> Reporting<P> {
        Reporting(Root::new(name_of(&self), self)).reporting(telemetry)
    }
}

/// The plan of a policy with a sink: it reports its requests.
#[derive(Clone, Debug)]
pub struct Reporting<P>(Root<P>);

impl<P: Shape + Clone> Plan for Reporting<P> {
    type Root = Root<P>;
    type Part = P;
    type Handle = Arc<Root<P>>;
    type Reporting = Self;

    fn handle(&self) -> Arc<Root<P>> {
        Arc::new(self.0.clone())
    }

    fn root(&self) -> &Root<P> {
        &self.0
    }

    fn part(&self) -> &P {
        self.0.inner()
    }

    fn into_part(self) -> P {
        self.0.into_inner()
    }

    fn reporting(self, telemetry: &Telemetry) -> Self {
        self.0.attach(telemetry);
        self
    }
}

impl<P: Shape + Clone> Plan for Static<P> {
    type Root = Root<P>;
    type Part = P;
    type Handle = Declared<Root<P>>;
    type Reporting = Self;

    fn handle(&self) -> Declared<Root<P>> {
        Declared(self.get())
    }

    fn root(&self) -> &Root<P> {
        self.get()
    }

    fn part(&self) -> &P {
        self.get().inner()
    }

    fn into_part(self) -> P {
        self.part().clone()
    }

    fn reporting(self, telemetry: &Telemetry) -> Self {
        self.get().attach(telemetry);
        self
    }
}
