//! The layers of a text that stand in a row, in one node: a frame with a place for each layer in the
//! order in which they usually stand. A layer that a text does not have is not there, which costs a
//! request a branch; so a policy of any usual shape needs no box.

use crate::bulkhead::{self, BulkheadLayer};
use crate::call::Call;
use crate::circuit_breaker::{self, CircuitBreakerLayer};
use crate::control::Visit;
use crate::node::{Node, Outcome, Shape};
use crate::retry::{self, RetryLayer};
use crate::scope::Scope;
use crate::timeout::{self, TimeoutLayer};
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Layers in a row, and then `I`.
pub(super) type Frame<I> = Bulkhead<Timeout<Retry<Timeout<CircuitBreaker<Timeout<Tail<I>>>>>>>;

type Tail<I> = Bulkhead<Timeout<I>>;
type Timeout<I> = timeout::Perhaps<I>;
type Retry<I> = retry::Perhaps<I>;
type CircuitBreaker<I> = circuit_breaker::Perhaps<I>;
type Bulkhead<I> = bulkhead::Perhaps<I>;

/// A layer that has a place in a frame.
#[derive(Clone)]
pub(super) enum Link {
    Timeout(TimeoutLayer),
    Retry(RetryLayer),
    CircuitBreaker(CircuitBreakerLayer),
    Bulkhead(BulkheadLayer),
}

impl Link {
    pub(super) fn layers(&self, visit: Visit<'_>) {
        match self {
            Self::Timeout(layer) => layer.layers(visit),
            Self::Retry(layer) => layer.layers(visit),
            Self::CircuitBreaker(layer) => layer.layers(visit),
            Self::Bulkhead(layer) => layer.layers(visit),
        }
    }

    fn timeout(&self) -> Option<&TimeoutLayer> {
        if let Self::Timeout(layer) = self { Some(layer) } else { None }
    }

    fn retry(&self) -> Option<&RetryLayer> {
        if let Self::Retry(layer) = self { Some(layer) } else { None }
    }

    fn circuit_breaker(&self) -> Option<&CircuitBreakerLayer> {
        if let Self::CircuitBreaker(layer) = self { Some(layer) } else { None }
    }

    fn bulkhead(&self) -> Option<&BulkheadLayer> {
        if let Self::Bulkhead(layer) = self { Some(layer) } else { None }
    }
}

/// Puts the layers at the head of a row into a frame, as many as have a place. `inside` makes what
/// follows them, given how many they are.
pub(super) fn frame<I>(row: &[&Link], inside: impl FnOnce(usize) -> I) -> Frame<I> {
    let mut rest = row;
    // From outside to inside, as the frame has them.
    let bulkhead = take(&mut rest, Link::bulkhead);
    let timeout = take(&mut rest, Link::timeout);
    let retry = take(&mut rest, Link::retry);
    let attempt = take(&mut rest, Link::timeout);
    let circuit_breaker = take(&mut rest, Link::circuit_breaker);
    let call = take(&mut rest, Link::timeout);
    let last_bulkhead = take(&mut rest, Link::bulkhead);
    let last_timeout = take(&mut rest, Link::timeout);

    let inner = Timeout::perhaps(last_timeout, inside(row.len() - rest.len()));
    let inner = Timeout::perhaps(call, Bulkhead::perhaps(last_bulkhead, inner));
    let inner = Timeout::perhaps(attempt, CircuitBreaker::perhaps(circuit_breaker, inner));
    let inner = Timeout::perhaps(timeout, Retry::perhaps(retry, inner));
    Bulkhead::perhaps(bulkhead, inner)
}

/// The next layer of a row, if it is of that kind.
fn take<L: Clone>(row: &mut &[&Link], kind: fn(&Link) -> Option<&L>) -> Option<L> {
    let (first, rest) = row.split_first()?;
    let layer = kind(first)?.clone();
    *row = rest;
    Some(layer)
}

/// What follows the layers in a row.
#[derive(Clone)]
pub(super) enum Next<P> {
    /// The service; no box.
    Service,
    /// Another part.
    Part(P),
}

pin_project! {
    #[derive(Default)]
    #[project = NextProjection]
    pub(super) enum NextRun<S, P> {
        #[default]
        Idle,
        Service {
            #[pin]
            run: S,
        },
        Part {
            #[pin]
            run: P,
        },
    }
}

impl<P: Shape> Shape for Next<P> {
    fn always_degraded(&self) -> bool {
        matches!(self, Self::Part(part) if part.always_degraded())
    }

    fn calls_service(&self) -> bool {
        match self {
            Self::Service => true,
            Self::Part(part) => part.calls_service(),
        }
    }

    fn always_fails(&self) -> bool {
        matches!(self, Self::Part(part) if part.always_fails())
    }

    fn layers(&self, visit: Visit<'_>) {
        if let Self::Part(part) = self {
            part.layers(visit);
        }
    }
}

impl<W: World, P: Node<W>> Node<W> for Next<P> {
    type Run = NextRun<<Call as Node<W>>::Run, P::Run>;

    #[inline(always)]
    fn start(&self, run: &mut Self::Run, request: Option<W::Request>, scope: &mut Scope<'_, W>) {
        match self {
            Self::Service => {
                *run = NextRun::Service { run: Default::default() };
                if let NextRun::Service { run } = run {
                    Call.start(run, request, scope);
                }
            }
            Self::Part(part) => {
                *run = NextRun::Part { run: Default::default() };
                if let NextRun::Part { run } = run {
                    part.start(run, request, scope);
                }
            }
        }
    }

    #[inline(always)]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        match (self, run.project()) {
            (Self::Service, NextProjection::Service { run }) => Call.poll(run, scope, task),
            (Self::Part(part), NextProjection::Part { run }) => part.poll(run, scope, task),
            _ => Poll::Pending,
        }
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        match (self, run.project()) {
            (Self::Service, NextProjection::Service { run }) => Node::<W>::cancel(&Call, run),
            (Self::Part(part), NextProjection::Part { run }) => part.cancel(run),
            _ => {}
        }
    }
}
