//! Stop 7 of 9, for text: parts in, nodes out. Total: what could fail was found when the parts were
//! bound.

use super::bind::Part;
use super::calls::Registered;
use super::erased::{Erased, ErasedRun, Portable};
use crate::call::{Call, CallRun};
use crate::combine::{And, Or};
use crate::fail::Fail;
use crate::node::{Node, Outcome, Shape, Then};
use crate::scope::Scope;
use crate::to::To;
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower_service::Service;

/// The world around a service whose requests and outcomes are those of `K`.
pub(super) trait Around<K: World>:
    Portable<Request = K::Request, Response = K::Response, Raw = K::Raw, Error = K::Error>
{
}

impl<K, W> Around<K> for W
where
    K: World,
    W: Portable<Request = K::Request, Response = K::Response, Raw = K::Raw, Error = K::Error>,
{
}

/// The stack of a policy around a service. `service` is what a host layer is applied to.
pub(super) fn build<K: Registered, W: Around<K>>(
    policy: &Part<K>,
    service: &K::Service,
) -> Erased<W> {
    within(policy, service, Next::Service).erase()
}

/// What stands right of a part: the service, or what was built already.
pub(super) enum Next<W: World> {
    Service,
    Part(Erased<W>),
}

/// Builds `part` around `next`.
fn within<K: Registered, W: Around<K>>(
    part: &Part<K>,
    service: &K::Service,
    next: Next<W>,
) -> Next<W> {
    let mut parts = Vec::new();
    flatten(part, &mut parts);
    row(&parts, service, next)
}

/// What a part has in sequence, references opened.
fn flatten<'p, K: World>(part: &'p Part<K>, parts: &mut Vec<&'p Part<K>>) {
    match part {
        Part::Pass => {}
        Part::Sequence(sequence) => {
            for part in sequence {
                flatten(part, parts);
            }
        }
        Part::Reference(policy) => flatten(policy, parts),
        part => parts.push(part),
    }
}

/// Builds parts in sequence around `next`. Layers side by side become one node, three of them at
/// most: as many as most policies have, and not too many types.
fn row<K: Registered, W: Around<K>>(
    mut parts: &[&Part<K>],
    service: &K::Service,
    mut next: Next<W>,
) -> Next<W> {
    loop {
        (parts, next) = match parts {
            [] => return next,
            [before @ .., Part::Link(a), Part::Link(b), Part::Link(c)] => {
                let inner = b.clone().then(c.clone().then(next));
                (before, Next::part(a.clone().then(inner)))
            }
            [before @ .., Part::Link(a), Part::Link(b)] => {
                let inner = b.clone().then(next);
                (before, Next::part(a.clone().then(inner)))
            }
            [before @ .., Part::Link(a)] => (before, Next::part(a.clone().then(next))),
            [before @ .., part] => (before, single(part, service, next)),
        };
    }
}

/// Adds the arms of `part` to those of an `&`: it is one flat list, whatever grouping or reference
/// an `&` within it comes from, as it is when compiled.
fn arms<K: Registered, W: Around<K>>(
    part: &Part<K>,
    service: &K::Service,
    next: Next<W>,
    list: &mut Vec<Erased<W>>,
) {
    let mut parts = Vec::new();
    flatten(part, &mut parts);
    match parts.as_slice() {
        [Part::And(inner), after @ ..] => {
            let next = row(after, service, next);
            for arm in inner {
                arms(arm, service, next.clone(), list);
            }
        }
        parts => list.push(row(parts, service, next).erase()),
    }
}

/// Builds what is neither a layer nor a sequence.
fn single<K: Registered, W: Around<K>>(
    part: &Part<K>,
    service: &K::Service,
    next: Next<W>,
) -> Next<W> {
    match part {
        Part::Hedge(hedge) => Next::part(hedge.clone().then(next)),
        Part::Fail => Next::part(Fail),
        Part::Fallback(fallback) => Next::part(fallback.clone()),
        Part::To(to) => Next::part(to.clone()),
        Part::HostLayer(layer) => Next::part(To::new(layer.apply(service.clone()))),
        Part::Or(arms) => arms
            .iter()
            .rev()
            .map(|arm| within(arm, service, next.clone()))
            .reduce(|right, left| Next::part(Or::new(left, right)))
            .unwrap_or_else(|| Next::part(Fail)),
        Part::And(_) => {
            let mut list = Vec::new();
            arms(part, service, next, &mut list);
            Next::part(And::new(list))
        }
        Part::Pass | Part::Sequence(_) | Part::Reference(_) | Part::Link(_) => {
            within(part, service, next)
        }
    }
}

impl<W: World> Next<W> {
    fn part<N>(node: N) -> Self
    where
        N: Node<W, Run: Send + 'static> + Send + Sync + 'static,
    {
        Self::Part(Erased::new(node))
    }
}

impl<W: Portable> Next<W> {
    fn erase(self) -> Erased<W> {
        match self {
            Self::Service => Erased::new(Call),
            Self::Part(part) => part,
        }
    }
}

impl<W: World> Clone for Next<W> {
    fn clone(&self) -> Self {
        match self {
            Self::Service => Self::Service,
            Self::Part(part) => Self::Part(part.clone()),
        }
    }
}

pin_project! {
    /// A run of a [`Next`]: `C` of the call, `P` of the part.
    #[project = NextProjection]
    pub(super) enum NextRun<C, P> {
        Service {
            #[pin]
            run: C,
        },
        Part {
            #[pin]
            run: P,
        },
    }
}

impl<W: World> Shape for Next<W> {
    fn always_degraded(&self) -> bool {
        match self {
            Self::Service => Call.always_degraded(),
            Self::Part(part) => part.always_degraded(),
        }
    }

    fn calls_service(&self) -> bool {
        match self {
            Self::Service => Call.calls_service(),
            Self::Part(part) => part.calls_service(),
        }
    }

    fn always_fails(&self) -> bool {
        match self {
            Self::Service => Call.always_fails(),
            Self::Part(part) => part.always_fails(),
        }
    }
}

impl<W: World> Node<W> for Next<W> {
    type Run =
        NextRun<CallRun<W::Request, <W::Service as Service<W::Request>>::Future>, ErasedRun<W>>;

    fn start(&self, request: Option<W::Request>, scope: &mut Scope<'_, W>) -> Self::Run {
        match self {
            Self::Service => NextRun::Service {
                run: Call.start(request, scope),
            },
            Self::Part(part) => NextRun::Part {
                run: part.start(request, scope),
            },
        }
    }

    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        match (self, run.project()) {
            (Self::Part(part), NextProjection::Part { run }) => part.poll(run, scope, task),
            (_, NextProjection::Service { run }) => Call.poll(run, scope, task),
            _ => Poll::Pending,
        }
    }

    fn cancel(&self, run: Pin<&mut Self::Run>) {
        match (self, run.project()) {
            (Self::Part(part), NextProjection::Part { run }) => part.cancel(run),
            (_, NextProjection::Service { run }) => Node::<W>::cancel(&Call, run),
            _ => {}
        }
    }
}
