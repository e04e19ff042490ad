//! One of two nodes, as it was chosen when the stack was built: for a choice that is not worth a box.

use crate::control::Visit;
use crate::node::{Node, Outcome, Shape};
use crate::scope::Scope;
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// One node or another.
#[derive(Clone)]
pub(super) enum Either<A, B> {
    Left(A),
    Right(B),
}

pin_project! {
    #[project = EitherProjection]
    pub(super) enum EitherRun<A, B> {
        Left {
            #[pin]
            run: A,
        },
        Right {
            #[pin]
            run: B,
        },
    }
}

/// Idle on the left, so that a start there has nothing to put in place.
impl<A: Default, B> Default for EitherRun<A, B> {
    #[inline]
    fn default() -> Self {
        Self::Left { run: A::default() }
    }
}

impl<A: Shape, B: Shape> Shape for Either<A, B> {
    fn always_degraded(&self) -> bool {
        match self {
            Self::Left(node) => node.always_degraded(),
            Self::Right(node) => node.always_degraded(),
        }
    }

    fn calls_service(&self) -> bool {
        match self {
            Self::Left(node) => node.calls_service(),
            Self::Right(node) => node.calls_service(),
        }
    }

    fn always_fails(&self) -> bool {
        match self {
            Self::Left(node) => node.always_fails(),
            Self::Right(node) => node.always_fails(),
        }
    }

    fn layers(&self, visit: Visit<'_>) {
        match self {
            Self::Left(node) => node.layers(visit),
            Self::Right(node) => node.layers(visit),
        }
    }
}

impl<W: World, A: Node<W>, B: Node<W>> Node<W> for Either<A, B> {
    type Run = EitherRun<A::Run, B::Run>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        mut run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        match self {
            Self::Left(node) => {
                if let EitherProjection::Left { run } = run.project() {
                    node.start(run, request, scope);
                }
            }
            Self::Right(node) => {
                run.set(EitherRun::Right { run: Default::default() });
                if let EitherProjection::Right { run } = run.project() {
                    node.start(run, request, scope);
                }
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        match (self, run.project()) {
            (Self::Left(node), EitherProjection::Left { run }) => node.poll(run, scope, task),
            (Self::Right(node), EitherProjection::Right { run }) => node.poll(run, scope, task),
            _ => Poll::Pending,
        }
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        match (self, run.project()) {
            (Self::Left(node), EitherProjection::Left { run }) => node.cancel(run),
            (Self::Right(node), EitherProjection::Right { run }) => node.cancel(run),
            _ => {}
        }
    }
}
