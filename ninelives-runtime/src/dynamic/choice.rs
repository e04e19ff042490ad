//! Nodes that are one of a few, as the text says: chosen by a branch, so their runs need no box.

use crate::bulkhead::Bulkhead;
use crate::call::Call;
use crate::circuit_breaker::CircuitBreaker;
use crate::classify::Repeat;
use crate::control::Visit;
use crate::node::{Node, Outcome, Shape, Then};
use crate::retry::Retry;
use crate::scope::Scope;
use crate::timeout::Timeout;
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An enum of nodes that is the node it holds, and its run, which has room for the largest of
/// theirs.
macro_rules! choice {
    (
        $(#[$about:meta])*
        $name:ident<$inner:ident>, $run:ident, $projection:ident:
        $($variant:ident($node:ty),)*
    ) => {
        $(#[$about])*
        #[derive(Clone)]
        pub(super) enum $name<$inner> {
            $($variant($node),)*
        }

        pin_project! {
            /// A run of the node held; the parameters are the runs of the variants.
            #[project = $projection]
            pub(super) enum $run<$($variant),*> {
                Idle,
                $($variant {
                    #[pin]
                    run: $variant,
                },)*
            }
        }

        impl<$($variant),*> Default for $run<$($variant),*> {
            #[inline]
            fn default() -> Self {
                Self::Idle
            }
        }

        impl<$inner: Shape> Shape for $name<$inner> {
            fn always_degraded(&self) -> bool {
                match self {
                    $(Self::$variant(node) => node.always_degraded(),)*
                }
            }

            fn calls_service(&self) -> bool {
                match self {
                    $(Self::$variant(node) => node.calls_service(),)*
                }
            }

            fn always_fails(&self) -> bool {
                match self {
                    $(Self::$variant(node) => node.always_fails(),)*
                }
            }

            fn layers(&self, visit: Visit<'_>) {
                match self {
                    $(Self::$variant(node) => node.layers(visit),)*
                }
            }
        }

        impl<W, $inner> Node<W> for $name<$inner>
        where
            W: World<Classifier: Repeat<<W as World>::Request>>,
            $inner: Node<W>,
        {
            type Run = $run<$(<$node as Node<W>>::Run),*>;

            #[inline]
            fn start(
                &self,
                run: &mut Self::Run,
                request: Option<W::Request>,
                scope: &mut Scope<'_, W>,
            ) {
                match self {
                    $(Self::$variant(node) => {
                        *run = $run::$variant { run: Default::default() };
                        if let $run::$variant { run } = run {
                            node.start(run, request, scope);
                        }
                    })*
                }
            }

            #[inline]
            fn poll(
                &self,
                run: Pin<&mut Self::Run>,
                scope: &mut Scope<'_, W>,
                task: &mut Context<'_>,
            ) -> Poll<Outcome<W>> {
                match (self, run.project()) {
                    $((Self::$variant(node), $projection::$variant { run }) => {
                        node.poll(run, scope, task)
                    })*
                    _ => Poll::Pending,
                }
            }

            #[inline]
            fn cancel(&self, run: Pin<&mut Self::Run>) {
                match (self, run.project()) {
                    $((Self::$variant(node), $projection::$variant { run }) => {
                        Node::<W>::cancel(node, run);
                    })*
                    _ => {}
                }
            }
        }
    };
}

choice! {
    /// One of the layers that wrap what is inside. `hedge` is not one of them: with its room for
    /// several attempts it would make the runs of all large.
    ///
    /// # Clone
    /// Clones share the layer's state.
    Link<I>, LinkRun, LinkProjection:
    Timeout(Timeout<I>),
    Retry(Retry<I>),
    CircuitBreaker(CircuitBreaker<I>),
    Bulkhead(Bulkhead<I>),
}

choice! {
    /// Up to three layers side by side around what is inside. Three are as many as most policies
    /// have, and each one more would be compiled for every service.
    Row<I>, RowRun, RowProjection:
    None(I),
    One(Link<I>),
    Two(Link<Link<I>>),
    Three(Link<Link<Link<I>>>),
}

choice! {
    /// The service, called without a detour, or a part.
    Next<P>, NextRun, NextProjection:
    Service(Call),
    Part(P),
}

impl<B> Then<B> for Link<Call> {
    type Out = Link<B>;

    fn then(self, next: B) -> Link<B> {
        match self {
            Self::Timeout(layer) => Link::Timeout(layer.then(next)),
            Self::Retry(layer) => Link::Retry(layer.then(next)),
            Self::CircuitBreaker(layer) => Link::CircuitBreaker(layer.then(next)),
            Self::Bulkhead(layer) => Link::Bulkhead(layer.then(next)),
        }
    }
}
