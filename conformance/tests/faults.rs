//! Five faults, planted in nodes of this test: each makes a law fail. So the laws can fail.

mod support;

use ninelives::Policy;
use ninelives::testing::paused_runtime;
use ninelives_conformance::scene::Scene;
use ninelives_conformance::services::{ByClass, Stale};
use ninelives_runtime::bulkhead::{Bulkhead, BulkheadLayer};
use ninelives_runtime::combine::{And, Arm, End, Or};
use ninelives_runtime::control::Visit;
use ninelives_runtime::fail::Fail;
use ninelives_runtime::fallback::Fallback;
use ninelives_runtime::node::{Node, Outcome, Shape, Then, begin};
use ninelives_runtime::scope::Scope;
use ninelives_runtime::timeout::{Timeout, TimeoutLayer};
use ninelives_runtime::world::World;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use support::{compare, fails};

/// A node with a fault.
#[derive(Clone)]
struct Faulty<N> {
    node: N,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// None: the law must hold then.
    None,
    /// `cancel` does nothing.
    CancelSkipped,
    /// `&` is told that the arm need not wait.
    ReserveStartedEarly,
    /// What failed before is thrown away.
    CauseDropped,
    /// What the node holds is not given back when it is done.
    PermitKept,
}

impl<N: Shape> Shape for Faulty<N> {
    fn always_degraded(&self) -> bool {
        self.fault != Fault::ReserveStartedEarly && self.node.always_degraded()
    }

    fn calls_service(&self) -> bool {
        self.node.calls_service()
    }

    fn always_fails(&self) -> bool {
        self.node.always_fails()
    }

    fn layers(&self, visit: Visit<'_>) {
        self.node.layers(visit);
    }
}

impl<W: World, N: Node<W, Run: Unpin>> Node<W> for Faulty<N> {
    type Run = Option<N::Run>;

    fn start(
        &self,
        mut run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        match self.fault {
            Fault::CauseDropped => drop(scope.take_cause()),
            // A second run that nobody ends: what it takes is never given back.
            Fault::PermitKept => begin(&self.node, pin!(N::Run::default()), None, scope),
            _ => {}
        }
        run.set(Some(N::Run::default()));
        if let Some(run) = run.as_pin_mut() {
            self.node.start(run, request, scope);
        }
    }

    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        match run.as_mut().as_pin_mut() {
            Some(run) => self.node.poll(run, scope, task),
            None => Poll::Pending,
        }
    }

    fn cancel(&self, mut run: Pin<&mut Self::Run>) {
        if self.fault == Fault::CancelSkipped {
            run.set(None);
        }
        if let Some(run) = run.as_mut().as_pin_mut() {
            self.node.cancel(run);
        }
    }
}

fn faulty<N>(node: N, fault: Fault) -> Faulty<N> {
    Faulty { node, fault }
}

/// Runs both sides of a law through many scenes.
macro_rules! law {
    ($left:expr, $right:expr) => {{
        let runtime = paused_runtime();
        for seed in 0..200 {
            let scene = Scene::random(seed);
            let left = scene.run(&runtime, &Policy($left).classify(ByClass));
            let right = scene.run(&runtime, &Policy($right).classify(ByClass));
            compare(concat!(stringify!($left), " = ", stringify!($right)), seed, &left, &right);
        }
    }};
}

/// Dropping requests at any point gives everything back: a policy without memory that has been
/// through a scene goes through it again as if it were new.
macro_rules! at_rest {
    ($policy:expr) => {{
        let runtime = paused_runtime();
        for seed in 0..200 {
            let scene = Scene::random(seed);
            let policy = Policy($policy).classify(ByClass);
            let first = scene.run(&runtime, &policy);
            compare(stringify!($policy), seed, &first, &scene.run(&runtime, &policy));
        }
    }};
}

fn deadline() -> Timeout {
    TimeoutLayer::new(Duration::from_millis(5))
}

fn two() -> Bulkhead {
    BulkheadLayer::new(2)
}

#[test]
fn arms_swapped_breaks_the_law_of_the_reserve() {
    let reserve = || Fallback::new(Stale);
    law!(And::new(Arm::new(reserve(), Arm::new(deadline(), End))), Or::new(deadline(), reserve()));
    assert!(fails(|| {
        law!(
            And::new(Arm::new(reserve(), Arm::new(deadline(), End))),
            Or::new(reserve(), deadline())
        );
    }));
}

#[test]
fn reserve_started_early_breaks_the_law_of_the_reserve() {
    let reserve = |fault| faulty(Fallback::new(Stale), fault);
    let both = |fault| And::new(Arm::new(reserve(fault), Arm::new(deadline(), End)));
    law!(both(Fault::None), Or::new(deadline(), reserve(Fault::None)));
    assert!(fails(|| {
        law!(both(Fault::ReserveStartedEarly), Or::new(deadline(), reserve(Fault::None)));
    }));
}

#[test]
fn cause_dropped_breaks_the_identity_of_or() {
    law!(Or::new(deadline(), faulty(Fail, Fault::None)), deadline());
    assert!(fails(|| {
        law!(Or::new(deadline(), faulty(Fail, Fault::CauseDropped)), deadline());
    }));
}

#[test]
fn cancel_skipped_breaks_the_law_of_rest() {
    at_rest!(deadline().then(faulty(two(), Fault::None)));
    assert!(fails(|| at_rest!(deadline().then(faulty(two(), Fault::CancelSkipped)))));
}

#[test]
fn permit_kept_breaks_the_law_of_rest() {
    at_rest!(faulty(two(), Fault::None));
    assert!(fails(|| at_rest!(faulty(two(), Fault::PermitKept))));
}
