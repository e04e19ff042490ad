//! Stop 7 of 9, for text: parts in, nodes out. Total: what could fail was found when the parts were
//! bound.

use super::bind::Part;
use super::calls::Registered;
use super::either::Either;
use super::erased::{Erased, Portable};
use super::frame::{Frame, Link, frame};
use crate::call::Call;
use crate::combine::{And, Or};
use crate::fail::Fail;
use crate::node::{Node, Then};
use crate::telemetry::{Reporter, Root};
use crate::to::To;
use crate::world::World;
use std::sync::Arc;

/// The stack of a policy around a service of `W`.
pub(super) type Stack<W> = Root<Frame<Inner<W>>>;

/// What stands right of a row of layers: the service, unboxed, or another part.
type Inner<W> = Either<Call, Erased<W>>;

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

/// The stack of a policy around a service. `requests` reports what becomes of them, `service` is
/// what a host layer is applied to.
pub(super) fn build<K, W>(
    policy: &Part<K>,
    requests: &Arc<Reporter>,
    service: &K::Service,
) -> Stack<W>
where
    K: Registered,
    W: Around<K>,
{
    Root::reporting(requests.clone(), row(&flat(policy), service, Either::Left(Call)))
}

/// What a part has in sequence: references opened, `pass` left out.
fn flat<K: World>(part: &Part<K>) -> Vec<&Part<K>> {
    match part {
        Part::Pass => Vec::new(),
        Part::Sequence(parts) => parts.iter().flat_map(flat).collect(),
        Part::Reference(policy) => flat(policy),
        part => vec![part],
    }
}

/// Builds parts in sequence around `end`, the layers at their head unboxed.
fn row<K, W>(parts: &[&Part<K>], service: &K::Service, end: Inner<W>) -> Frame<Inner<W>>
where
    K: Registered,
    W: Around<K>,
{
    let links: Vec<&Link> = parts.iter().map_while(|part| part.link()).collect();
    frame(&links, |framed| inside(parts.get(framed..).unwrap_or_default(), service, end))
}

/// Builds parts in sequence around `end`, as one part of any type.
fn inside<K, W>(parts: &[&Part<K>], service: &K::Service, end: Inner<W>) -> Inner<W>
where
    K: Registered,
    W: Around<K>,
{
    match parts {
        [] => end,
        [Part::Link(_), ..] => part(row(parts, service, end)),
        [Part::Hedge(hedge), rest @ ..] => part(hedge.clone().then(row(rest, service, end))),
        [Part::Or(arms), rest @ ..] => {
            let end = inside(rest, service, end);
            let mut arms = arms.iter().rev().map(flat);
            // Every arm but the last is the left one of an `|`, whose right one begins only when it
            // is needed, with its box.
            let last = arms.next().map(|arm| inside(&arm, service, end.clone()));
            arms.fold(last.unwrap_or_else(|| part(Fail)), |right, arm| {
                part(Or::new(row(&arm, service, end.clone()), right))
            })
        }
        [Part::And(_), ..] => {
            let mut list = Vec::new();
            arms(parts, service, end, &mut list);
            part(And::new(list))
        }
        [Part::HostLayer(layer), ..] => part(To::unlisted(layer.apply(service.clone()))),
        [Part::To(to), ..] => part(to.clone()),
        [Part::Fallback(fallback), ..] => part(fallback.clone()),
        [Part::Fail, ..] => part(Fail),
        // `flat` leaves none of these.
        [Part::Pass | Part::Sequence(_) | Part::Reference(_), rest @ ..] => {
            inside(rest, service, end)
        }
    }
}

/// Adds parts in sequence to the arms of an `&`, which are one flat list whatever grouping or
/// reference an `&` at their head comes from, as they are when compiled.
fn arms<K, W>(parts: &[&Part<K>], service: &K::Service, end: Inner<W>, list: &mut Vec<Erased<W>>)
where
    K: Registered,
    W: Around<K>,
{
    match parts {
        [Part::And(inner), rest @ ..] => {
            let end = inside(rest, service, end);
            for arm in inner {
                arms(&flat(arm), service, end.clone(), list);
            }
        }
        parts => list.push(match inside(parts, service, end) {
            Either::Left(call) => Erased::new(call),
            Either::Right(part) => part,
        }),
    }
}

/// A part of any type, its runs boxed.
fn part<W, N>(node: N) -> Inner<W>
where
    W: World,
    N: Node<W, Run: Send + 'static> + Send + Sync + 'static,
{
    Either::Right(Erased::new(node))
}
