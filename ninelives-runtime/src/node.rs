//! The trait every layer implements. Takes a request, gives an outcome; keeps nothing of a request
//! outside its run.
//!
//! What a happy request runs is inlined by force, so that a stack of parts becomes one function. Not with
//! `debug_assertions`: in a debug build nothing comes of it but the same code in each place that begins a part,
//! which took the compiler a quarter of its time for a policy.

use crate::control::{Control, Visit};
use crate::scope::Scope;
use crate::world::World;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// What came of a run: the service's response, or an error of the service or of ours.
pub type Outcome<W> = Result<<W as World>::Response, <W as World>::Error>;

/// What is known of a part of a policy before any request: independent of the service.
pub trait Shape {
    /// Every answer of this part is a degraded one (`fallback`), so `&` holds it in reserve.
    fn always_degraded(&self) -> bool {
        false
    }

    /// Some path through this part calls the wrapped service, so its readiness is worth asking for.
    fn calls_service(&self) -> bool;

    /// This part is `fail`, or layers around it: it can neither answer nor send.
    fn always_fails(&self) -> bool {
        false
    }

    /// Hands out the layers of this part, outside to inside and left to right. One that can be
    /// reached in two ways is handed out twice.
    fn layers(&self, visit: Visit<'_>);
}

/// A layer around another part: it has that part's [`Shape`], with itself as a layer more.
pub trait Wraps {
    /// The type of the part inside.
    type Inner: Shape;

    /// The part inside.
    fn inner(&self) -> &Self::Inner;

    /// The layer as an operator sees it; `None` for what is no layer of its own.
    fn control(&self) -> Option<Arc<dyn Control>>;
}

impl<L: Wraps> Shape for L {
    fn always_degraded(&self) -> bool {
        self.inner().always_degraded()
    }

    fn calls_service(&self) -> bool {
        self.inner().calls_service()
    }

    fn always_fails(&self) -> bool {
        self.inner().always_fails()
    }

    fn layers(&self, visit: Visit<'_>) {
        if let Some(layer) = self.control() {
            visit(layer);
        }
        self.inner().layers(visit);
    }
}

/// A part of a policy: shared by all requests, reached by `&self`; what belongs to one request is
/// its [`Run`](Node::Run).
///
/// # Contract
/// - `start` is called once, on an idle run, then `poll` until it is ready, or `cancel`. An idle run,
///   and one after `Ready` or `cancel`, holds nothing that must be given back. Polling one that is idle
///   stays pending: its start may have panicked. After `Ready` and `cancel` a run is not polled.
/// - `poll` polls every inner run that is under way: after a pass in which none of them waited for
///   the service's readiness the request leaves the line for it.
/// - `poll` restores whatever it changed in the scope (the deadline, the cause) before it returns.
/// - Whoever abandons a run calls [`cancel`](Node::cancel) before anything else happens. It drops
///   what the run drives and gives back what it holds (permits, probes, tokens); it may be called
///   twice, and after `Ready`. When the service panics as it is dropped, the second call goes on
///   where the first one was left.
///
/// A run has no `Drop` of its own that gives something back, because it has no handle to the node:
/// that keeps a happy request free of reference counts.
pub trait Node<W: World>: Shape {
    /// The state of one request inside this part; a named type, so that stacks need no box. Idle by
    /// default.
    type Run: Default;

    /// Begins, in place: runs lie inside one another, and each copy of one on its way out would cost
    /// a request more than most layers do. Called in the first poll of the request, or in a later one by
    /// the part around this one ([`begin`]). Without a request (an earlier part used it up, and it
    /// cannot be copied) what calls a service can only hand on the outcome before it, while a `fallback`
    /// still answers.
    ///
    /// When the start of an inner run panics, this run is cancelled, or dropped alone where the part around
    /// it has not taken it up yet: so until the inner start is over,
    /// what was taken for it is kept by something that gives it back when dropped.
    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    );

    /// Drives the run.
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>>;

    /// Ends the run early; see the contract above.
    fn cancel(&self, run: Pin<&mut Self::Run>);
}

/// [`Node::start`] out of line: for every second place that starts a part.
#[inline(never)]
pub fn begin<W: World, N: Node<W>>(
    node: &N,
    run: Pin<&mut N::Run>,
    request: Option<W::Request>,
    scope: &mut Scope<'_, W>,
) {
    node.start(run, request, scope);
}

/// [`Node::poll`] out of line: for every second place that polls a part. What a happy request runs is
/// inlined into one function; were it in the other places too, code would double at each layer.
#[inline(never)]
pub(crate) fn polled<W: World, N: Node<W>>(
    node: &N,
    run: Pin<&mut N::Run>,
    scope: &mut Scope<'_, W>,
    task: &mut Context<'_>,
) -> Poll<Outcome<W>> {
    node.poll(run, scope, task)
}

/// `A + B`: puts `B` where `A` calls the service. A terminal keeps itself, which is the law
/// `fail + A = fail`.
pub trait Then<B> {
    /// The composed part.
    type Out;

    /// Composes.
    fn then(self, next: B) -> Self::Out;
}
