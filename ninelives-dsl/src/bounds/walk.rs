//! The walk: every part in its place. A place is what stands to the right of a part, and the earliest
//! deadline around it; a part of a group is walked once for each of its places.

use super::amount::{Latency, PerTarget, Target, UNBOUNDED};
use super::outcome::{Outcome, Outcomes, Worst};
use super::{Bounds, Deadline, Degraded, Holds, combine, layers};
use crate::catalogue::LayerKind;
use crate::plan::{Host, Layer, Node, NodeKind, Plan, Policy, Value};
use crate::source::Span;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// How many places are looked at in one load, beside [`PLACES_PER_POLICY`]: `(A | B) + (A | B) + …`
/// under many deadlines has more than a text is long. What lies beyond is not bounded.
const PLACES: usize = 20_000;
/// How many each policy of the load adds: more than most have parts.
const PLACES_PER_POLICY: usize = 16;

/// The bounds of every part of the policies that were asked for.
#[derive(Debug)]
pub struct Analysis<'p> {
    plan: &'p Plan,
    /// Every place that was looked at, inner ones first.
    visits: Vec<Visit<'p>>,
    targets: Vec<&'p str>,
    target_ids: HashMap<&'p str, usize>,
    known: HashMap<Place, Rc<Bounds>>,
    rests: Vec<Rest<'p>>,
    rest_ids: HashMap<(*const Node, usize, RestId), RestId>,
}

/// One part in one place.
#[derive(Clone, Debug)]
pub struct Visit<'p> {
    /// The part.
    pub node: &'p Node,
    /// The earliest deadline around it.
    pub deadline: Option<Deadline>,
    /// What is inside a layer; nothing for a terminal and for what is no layer.
    pub inside: Option<Rc<Bounds>>,
    /// The arms of `|` and `&`.
    pub arms: Vec<Rc<Bounds>>,
    /// The part itself.
    pub bounds: Rc<Bounds>,
}

/// What stands to the right of a part, by number; equal rests have equal numbers.
type RestId = usize;

/// The wrapped service.
const SERVICE: RestId = 0;

#[derive(Clone, Copy, Debug)]
struct Rest<'p> {
    parts: &'p [Node],
    after: RestId,
}

/// The address of a node stands for the node: the plan does not move while it is borrowed.
type Place = (*const Node, RestId, Option<Duration>);

impl<'p> Analysis<'p> {
    /// Nothing looked at yet.
    pub fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            visits: Vec::new(),
            targets: Vec::new(),
            target_ids: HashMap::new(),
            known: HashMap::new(),
            // The first is the service itself, and never looked into.
            rests: vec![Rest { parts: &[], after: SERVICE }],
            rest_ids: HashMap::new(),
        }
    }

    /// The bounds of a policy of the plan, as the host runs it.
    pub fn policy(&mut self, index: usize) -> Option<Rc<Bounds>> {
        let plan = self.plan;
        Some(self.of(plan.policies.get(index)?))
    }

    /// The same, where the policy is at hand.
    pub fn of(&mut self, policy: &'p Policy) -> Rc<Bounds> {
        self.part(&policy.body, SERVICE, None)
    }

    /// Every place that was looked at, inner ones first.
    pub fn visits(&self) -> &[Visit<'p>] {
        &self.visits
    }

    /// The name of a target, without the `@`.
    pub fn target(&self, target: Target) -> &'p str {
        usize::try_from(target.0)
            .ok()
            .and_then(|index| self.targets.get(index))
            .copied()
            .unwrap_or("")
    }

    fn part(&mut self, node: &'p Node, rest: RestId, deadline: Option<Deadline>) -> Rc<Bounds> {
        let place: Place = (node, rest, deadline.map(|deadline| deadline.after));
        if let Some(known) = self.known.get(&place) {
            return known.clone();
        }
        if self.known.len() >= PLACES + PLACES_PER_POLICY * self.plan.policies.len() {
            return Rc::new(unknown(node.span));
        }
        let mut inside = None;
        let mut arms = Vec::new();
        let bounds = match &node.kind {
            NodeKind::Pass => self.rest(rest, deadline, node.span),
            NodeKind::Fail => Rc::new(layers::fail()),
            NodeKind::Sequence(parts) => self.sequence(parts, rest, deadline, node.span),
            NodeKind::Reference { policy } => match self.plan.policies.get(*policy) {
                Some(policy) => self.part(&policy.body, rest, deadline),
                None => Rc::new(unknown(node.span)),
            },
            NodeKind::HostLayer(_) => Rc::new(unknown(node.span)),
            NodeKind::Fallback(written) => {
                arms.extend(written.iter().map(|arm| self.part(arm, rest, deadline)));
                Rc::new(combine::or(&arms))
            }
            NodeKind::ForkJoin(written) => {
                arms.extend(written.iter().map(|arm| self.part(arm, rest, deadline)));
                Rc::new(combine::and(&arms))
            }
            NodeKind::Layer(layer) => self.layer(layer, node.span, rest, deadline, &mut inside),
        };
        let bounds = clipped(bounds, deadline);
        self.known.insert(place, bounds.clone());
        self.visits.push(Visit { node, deadline, inside, arms, bounds: bounds.clone() });
        bounds
    }

    /// What stands to the right of a part; `from` is that part.
    fn rest(&mut self, rest: RestId, deadline: Option<Deadline>, from: Span) -> Rc<Bounds> {
        match self.rests.get(rest).copied() {
            Some(Rest { parts, after }) if rest != SERVICE => {
                self.sequence(parts, after, deadline, from)
            }
            _ => clipped(Rc::new(call(None, from)), deadline),
        }
    }

    fn sequence(
        &mut self,
        parts: &'p [Node],
        after: RestId,
        deadline: Option<Deadline>,
        from: Span,
    ) -> Rc<Bounds> {
        let Some((first, parts)) = parts.split_first() else {
            return self.rest(after, deadline, from);
        };
        let rest = if parts.is_empty() { after } else { self.intern(parts, after) };
        self.part(first, rest, deadline)
    }

    fn intern(&mut self, parts: &'p [Node], after: RestId) -> RestId {
        let next = self.rests.len();
        let id = *self.rest_ids.entry((parts.as_ptr(), parts.len(), after)).or_insert(next);
        if id == next {
            self.rests.push(Rest { parts, after });
        }
        id
    }

    fn layer(
        &mut self,
        layer: &'p Layer,
        span: Span,
        rest: RestId,
        deadline: Option<Deadline>,
        seen: &mut Option<Rc<Bounds>>,
    ) -> Rc<Bounds> {
        match layer.kind {
            LayerKind::Fallback => return Rc::new(layers::fallback()),
            LayerKind::To => {
                let target = self.target_of(layer);
                return Rc::new(call(Some(target), span));
            }
            _ => {}
        }
        let own = match (layer.kind, layer.value("duration")) {
            (LayerKind::Timeout, Value::Duration(after)) => Some(Deadline { after: *after, span }),
            _ => None,
        };
        let earliest = match (own, deadline) {
            (Some(own), Some(around)) if around.after <= own.after => Some(around),
            (own, around) => own.or(around),
        };
        let inside = self.rest(rest, earliest, span);
        *seen = Some(inside.clone());
        Rc::new(match (layer.kind, own) {
            (LayerKind::Timeout, Some(own)) => layers::timeout(own, deadline, &inside),
            (LayerKind::Timeout, None) => layers::timeout_of_host(&inside),
            (LayerKind::Retry, _) => layers::retry(layer, span, deadline, &inside),
            (LayerKind::CircuitBreaker, _) => layers::circuit_breaker(&inside),
            (LayerKind::Bulkhead, _) => layers::bulkhead(layer, span, deadline, &inside),
            (LayerKind::Hedge, _) => layers::hedge(layer, &inside),
            (LayerKind::Fallback | LayerKind::To, _) => return inside,
        })
    }

    fn target_of(&mut self, layer: &'p Layer) -> Target {
        let name = match layer.value("service") {
            Value::Host(Host::Name { name, .. }) => name.as_str(),
            _ => "",
        };
        let next = self.targets.len();
        let index = *self.target_ids.entry(name).or_insert(next);
        if index == next {
            self.targets.push(name);
        }
        Target(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// Nothing under a deadline is later than the deadline.
fn clipped(bounds: Rc<Bounds>, deadline: Option<Deadline>) -> Rc<Bounds> {
    let Some(deadline) = deadline else {
        return bounds;
    };
    let end = Latency::AtMost(deadline.after);
    if bounds.outcomes.iter().all(|(_, worst)| worst.latency.min(end) == worst.latency) {
        return bounds;
    }
    let outcomes = bounds
        .outcomes
        .map(|_, worst| Worst { latency: worst.latency.min(end), calls: worst.calls.clone() });
    Rc::new(Bounds { outcomes, ..(*bounds).clone() })
}

/// One call of a service, of which nothing is known.
fn call(target: Option<Target>, span: Span) -> Bounds {
    let mut outcomes = Outcomes::default();
    let worst = Worst { latency: Latency::Unbounded(span), calls: PerTarget::of(target, 1) };
    for outcome in Outcome::ALL {
        let of_a_service = match outcome.class() {
            Some(_) => !matches!(outcome, Outcome::Full | Outcome::CircuitOpen),
            None => false,
        };
        if of_a_service {
            outcomes.add(outcome, worst.clone());
        }
    }
    Bounds {
        outcomes,
        amplification: PerTarget::of(target, 1.0),
        in_flight: 1,
        in_flight_of_all: UNBOUNDED,
        ..layers::nothing()
    }
}

/// A part of the host program, or one beyond [`PLACES`]: nothing is known of it.
fn unknown(span: Span) -> Bounds {
    let mut outcomes = Outcomes::default();
    let calls = PerTarget::of(None, UNBOUNDED);
    for outcome in Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Neutral) {
        let worst = Worst { latency: Latency::Unbounded(span), calls: calls.clone() };
        outcomes.add(outcome, worst);
    }
    Bounds {
        outcomes,
        degraded: Degraded::Maybe,
        amplification: PerTarget::of(None, f64::INFINITY),
        in_flight: UNBOUNDED,
        in_flight_of_all: UNBOUNDED,
        handler: true,
        holds: Holds::default(),
    }
}
