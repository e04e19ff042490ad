//! A layer that wraps what is inside, of a kind that only the text knows.

use super::erased::Portable;
use crate::bulkhead::Bulkhead;
use crate::call::Call;
use crate::circuit_breaker::CircuitBreaker;
use crate::node::{Node, Outcome, Shape, Then};
use crate::retry::Retry;
use crate::scope::Scope;
use crate::timeout::Timeout;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The enum of the layers that wrap what is inside, and what is done alike for each of them.
macro_rules! links {
    ($($layer:ident)*) => {
        /// One of the layers that wrap `I`. Chosen by a branch and not by a pointer, so that a few
        /// of them in a row are one node with one box a request. Each has room for the largest run
        /// of all: `hedge`, with room for several attempts, is not one of them.
        ///
        /// # Clone
        /// Clones share the layer's state.
        #[derive(Clone, Debug)]
        pub(super) enum Link<I = Call> {
            $($layer($layer<I>),)*
        }

        pin_project! {
            /// A run of a [`Link`]; the parameters are the runs of the layers they are called after.
            #[project = LinkProjection]
            pub(super) enum LinkRun<$($layer),*> {
                $($layer {
                    #[pin]
                    run: $layer,
                },)*
            }
        }

        impl<I: Shape> Shape for Link<I> {
            fn always_degraded(&self) -> bool {
                match self {
                    $(Self::$layer(layer) => layer.always_degraded(),)*
                }
            }

            fn calls_service(&self) -> bool {
                match self {
                    $(Self::$layer(layer) => layer.calls_service(),)*
                }
            }

            fn always_fails(&self) -> bool {
                match self {
                    $(Self::$layer(layer) => layer.always_fails(),)*
                }
            }
        }

        impl<W: Portable, I: Node<W>> Node<W> for Link<I> {
            type Run = LinkRun<$(<$layer<I> as Node<W>>::Run),*>;

            fn start(&self, request: Option<W::Request>, scope: &mut Scope<'_, W>) -> Self::Run {
                match self {
                    $(Self::$layer(layer) => LinkRun::$layer {
                        run: layer.start(request, scope),
                    },)*
                }
            }

            fn poll(
                &self,
                run: Pin<&mut Self::Run>,
                scope: &mut Scope<'_, W>,
                task: &mut Context<'_>,
            ) -> Poll<Outcome<W>> {
                match (self, run.project()) {
                    $((Self::$layer(layer), LinkProjection::$layer { run }) => {
                        layer.poll(run, scope, task)
                    })*
                    _ => Poll::Pending,
                }
            }

            fn cancel(&self, run: Pin<&mut Self::Run>) {
                match (self, run.project()) {
                    $((Self::$layer(layer), LinkProjection::$layer { run }) => layer.cancel(run),)*
                    _ => {}
                }
            }
        }

        impl<B> Then<B> for Link {
            type Out = Link<B>;

            fn then(self, next: B) -> Link<B> {
                match self {
                    $(Self::$layer(layer) => Link::$layer(layer.then(next)),)*
                }
            }
        }
    };
}

links! { Timeout Retry CircuitBreaker Bulkhead }
