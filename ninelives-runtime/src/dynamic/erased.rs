//! A node whose type is forgotten, so that parts of any shape fit together at run time.

use crate::classify::Repeat;
use crate::control::Visit;
use crate::node::{Node, Outcome, Shape};
use crate::scope::Scope;
use crate::world::World;
use pin_project_lite::pin_project;
use std::any::Any;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tower_service::Service;

/// A world whose requests can run boxed: everything in them may move to another thread, and every
/// request may be repeated where the classifier says so.
pub(super) trait Portable:
    World<
        Request: Send + 'static,
        Response: Send + 'static,
        Raw: 'static,
        Error: Send + 'static,
        Service: Service<
            <Self as World>::Request,
            Response = <Self as World>::Response,
            Error = <Self as World>::Raw,
            Future: Send + 'static,
        >,
        Classifier: Repeat<<Self as World>::Request>,
    > + 'static
{
}

impl<W> Portable for W where
    W: World<
            Request: Send + 'static,
            Response: Send + 'static,
            Raw: 'static,
            Error: Send + 'static,
            Service: Service<
                W::Request,
                Response = W::Response,
                Error = W::Raw,
                Future: Send + 'static,
            >,
            Classifier: Repeat<W::Request>,
        > + 'static
{
}

/// A node of any type; clones are the same node. Its runs are boxed, nothing else is.
pub(super) struct Erased<W: World> {
    node: Arc<dyn AnyNode<W>>,
    // The shape is asked for at every request and never changes, so the walk through what is
    // inside is made once.
    always_degraded: bool,
    calls_service: bool,
    always_fails: bool,
}

/// A run of an [`Erased`] node; `None` once it is over.
pub(super) struct ErasedRun<W: World>(Option<Pin<Box<dyn AnyRun<W> + Send>>>);

impl<W: World> Default for ErasedRun<W> {
    #[inline]
    fn default() -> Self {
        Self(None)
    }
}

trait AnyNode<W: World>: Send + Sync {
    fn start(&self, request: Option<W::Request>, scope: &mut Scope<'_, W>) -> ErasedRun<W>;

    fn layers(&self, visit: Visit<'_>);

    /// The node for its run. A method, because `Any` as supertrait would ask for `W: 'static`, which
    /// cannot be proven of a request inside a spawned `async` block.
    fn any(&self) -> &dyn Any;
}

/// The run knows its node's type and is handed that node at every call: it holds no count of it.
trait AnyRun<W: World> {
    fn poll(
        self: Pin<&mut Self>,
        node: &dyn Any,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>>;

    fn cancel(self: Pin<&mut Self>, node: &dyn Any);
}

pin_project! {
    struct RunOf<N, R> {
        #[pin]
        run: R,
        node: PhantomData<fn(&N)>,
    }
}

impl<W: World> Erased<W> {
    /// Forgets the type of `node`.
    pub(super) fn new<N>(node: N) -> Self
    where
        N: Node<W, Run: Send + 'static> + Send + Sync + 'static,
    {
        Self {
            always_degraded: node.always_degraded(),
            calls_service: node.calls_service(),
            always_fails: node.always_fails(),
            node: Arc::new(node),
        }
    }
}

impl<W, N> AnyNode<W> for N
where
    W: World,
    N: Node<W, Run: Send + 'static> + Send + Sync + 'static,
{
    fn start(&self, request: Option<W::Request>, scope: &mut Scope<'_, W>) -> ErasedRun<W> {
        let mut run = Box::pin(RunOf { run: N::Run::default(), node: PhantomData::<fn(&N)> });
        Node::start(self, run.as_mut().project().run, request, scope);
        ErasedRun(Some(run))
    }

    fn layers(&self, visit: Visit<'_>) {
        Shape::layers(self, visit);
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

impl<W, N> AnyRun<W> for RunOf<N, N::Run>
where
    W: World,
    N: Node<W> + 'static,
{
    fn poll(
        self: Pin<&mut Self>,
        node: &dyn Any,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        // INVARIANT(own-node): a run is polled and cancelled with the node that started it, as the
        // contract of `Node` has it, so the type always fits.
        match node.downcast_ref::<N>() {
            Some(node) => node.poll(self.project().run, scope, task),
            None => Poll::Pending,
        }
    }

    fn cancel(self: Pin<&mut Self>, node: &dyn Any) {
        if let Some(node) = node.downcast_ref::<N>() {
            node.cancel(self.project().run);
        }
    }
}

impl<W: World> Shape for Erased<W> {
    fn always_degraded(&self) -> bool {
        self.always_degraded
    }

    fn calls_service(&self) -> bool {
        self.calls_service
    }

    fn always_fails(&self) -> bool {
        self.always_fails
    }

    fn layers(&self, visit: Visit<'_>) {
        self.node.layers(visit);
    }
}

impl<W: World> Node<W> for Erased<W> {
    type Run = ErasedRun<W>;

    #[inline]
    fn start(
        &self,
        mut run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        run.set(self.node.start(request, scope));
    }

    #[inline]
    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let Some(running) = run.0.as_mut() else {
            return Poll::Pending;
        };
        let outcome = ready!(running.as_mut().poll(self.node.any(), scope, task));
        // After its outcome a run holds nothing, so nobody needs to cancel it.
        run.0 = None;
        Poll::Ready(outcome)
    }

    #[inline]
    fn cancel(&self, mut run: Pin<&mut Self::Run>) {
        // Stays in place until it is cancelled: when a part of it panics, it is cancelled again.
        if let Some(running) = run.0.as_mut() {
            running.as_mut().cancel(self.node.any());
        }
        run.0 = None;
    }
}

impl<W: World> Clone for Erased<W> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), ..*self }
    }
}
