//! The layers of a text that stand in a row, in one node: a frame with a place for each layer in the
//! order in which they usually stand, so that a policy of any usual shape needs no box. A layer that
//! a text does not have is not there, which still costs a request some branches and moves; so the
//! shortest of the usual shapes have a frame of their own.

use super::either::Either;
use crate::bulkhead::{self, BulkheadLayer};
use crate::circuit_breaker::{self, CircuitBreakerLayer};
use crate::control::Visit;
use crate::node::Shape;
use crate::retry::{self, RetryLayer};
use crate::timeout::{self, TimeoutLayer};

/// Layers in a row, and then `I`.
pub(super) type Frame<I> = Either<Short<I>, Long<I>>;

type Short<I> = Timeout<Retry<Bulkhead<I>>>;

type Long<I> = Bulkhead<Timeout<Retry<Timeout<CircuitBreaker<Timeout<Tail<I>>>>>>>;
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
    // From outside to inside, as the frames have them.
    let timeout = take(&mut rest, Link::timeout);
    let retry = take(&mut rest, Link::retry);
    let bulkhead = take(&mut rest, Link::bulkhead);
    if rest.is_empty() {
        let inner = Bulkhead::perhaps(bulkhead, inside(row.len()));
        return Either::Left(Timeout::perhaps(timeout, Retry::perhaps(retry, inner)));
    }

    rest = row;
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
    Either::Right(Bulkhead::perhaps(bulkhead, inner))
}

/// The next layer of a row, if it is of that kind.
fn take<L: Clone>(row: &mut &[&Link], kind: fn(&Link) -> Option<&L>) -> Option<L> {
    let (first, rest) = row.split_first()?;
    let layer = kind(first)?.clone();
    *row = rest;
    Some(layer)
}
