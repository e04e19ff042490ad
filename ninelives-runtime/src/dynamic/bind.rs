//! Plan in, parts out: layers made, names looked up among what the host provides for one kind of
//! call. Everything that can be wrong with a text is found here, so that building cannot fail.

use super::calls::{AnyHandler, HostLayer, Provided, Registered, Thing};
use super::configure::Configure;
use super::frame::Link;
use super::layers::Making;
use crate::control::Visit;
use crate::fallback::Fallback;
use crate::hedge::HedgeLayer;
use crate::node::Shape;
use crate::to::To;
use crate::world::World;
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::codes;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::host::{Asked, HostKind};
use ninelives_dsl::limits;
use ninelives_dsl::plan::{Host, Layer, Node, NodeKind, Plan, Value};
use ninelives_dsl::source::Span;
use std::any::type_name;
use std::sync::Arc;

/// A part of a policy with its layers and the things of the host; clones of one part, and stacks
/// built of it, share their state.
pub(super) enum Part<K: World> {
    Pass,
    Fail,
    Link(Link),
    Hedge(HedgeLayer),
    Fallback(Fallback<AnyHandler<K>>),
    To(To<K::Service>),
    HostLayer(HostLayer<K::Service>),
    Sequence(Vec<Part<K>>),
    Or(Vec<Part<K>>),
    And(Vec<Part<K>>),
    Reference(Arc<Part<K>>),
}

impl<K: World> Part<K> {
    /// The layer, where the part is one that has a place in a frame.
    pub(super) const fn link(&self) -> Option<&Link> {
        if let Self::Link(link) = self { Some(link) } else { None }
    }

    /// Hands out the layers, those of the policies it refers to included.
    pub(super) fn layers(&self, visit: Visit<'_>) {
        match self {
            Self::Link(link) => link.layers(visit),
            Self::Hedge(hedge) => hedge.layers(visit),
            Self::Fallback(fallback) => fallback.layers(visit),
            Self::To(to) => to.layers(visit),
            Self::Sequence(parts) | Self::Or(parts) | Self::And(parts) => {
                for part in parts {
                    part.layers(visit);
                }
            }
            Self::Reference(policy) => policy.layers(visit),
            Self::Pass | Self::Fail | Self::HostLayer(_) => {}
        }
    }
}

/// A policy for one kind of call, or what is wrong with it there, what it refers to included.
pub(super) type Bound<K> = Result<Arc<Part<K>>, Vec<Diagnostic>>;

/// Binds every policy, in the order of the plan.
pub(super) fn bind<K: Registered>(
    plan: &Plan,
    provided: &Provided<K>,
    layers: &mut Making<'_>,
) -> Vec<Bound<K>> {
    let mut bound = Vec::with_capacity(plan.policies.len());
    for policy in &plan.policies {
        let mut binder = Binder { provided, layers, bound: &bound, findings: Vec::new() };
        let part = binder.part(&policy.body);
        let findings = binder.findings;
        bound.push(if findings.is_empty() { Ok(Arc::new(part)) } else { Err(findings) });
    }
    bound
}

struct Binder<'a, 's, K: World> {
    provided: &'a Provided<K>,
    layers: &'a mut Making<'s>,
    /// The policies before this one: all that it can refer to.
    bound: &'a [Bound<K>],
    findings: Vec<Diagnostic>,
}

impl<K: Registered> Binder<'_, '_, K> {
    /// The part that runs `node`; `fail` in the place of what has a finding.
    fn part(&mut self, node: &Node) -> Part<K> {
        match &node.kind {
            NodeKind::Pass => Part::Pass,
            NodeKind::Fail => Part::Fail,
            NodeKind::Layer(layer) => self.layer(layer, node.span),
            NodeKind::Sequence(parts) => Part::Sequence(self.parts(parts)),
            NodeKind::Fallback(arms) => Part::Or(self.parts(arms)),
            NodeKind::ForkJoin(arms) => Part::And(self.parts(arms)),
            NodeKind::Reference { policy } => self.reference(*policy),
            NodeKind::HostLayer(host) => {
                self.find(host, HostKind::Layer, Thing::layer).map_or(Part::Fail, Part::HostLayer)
            }
        }
    }

    fn parts(&mut self, nodes: &[Node]) -> Vec<Part<K>> {
        nodes.iter().map(|node| self.part(node)).collect()
    }

    fn reference(&mut self, policy: usize) -> Part<K> {
        match self.bound.get(policy) {
            Some(Ok(part)) => Part::Reference(part.clone()),
            Some(Err(findings)) => {
                let room = limits::ERRORS.saturating_sub(self.findings.len());
                self.findings.extend(findings.iter().take(room).cloned());
                Part::Fail
            }
            None => Part::Fail,
        }
    }

    fn layer(&mut self, layer: &Layer, span: Span) -> Part<K> {
        match layer.kind {
            LayerKind::Timeout => self.keep(layer, span, |it| Part::Link(Link::Timeout(it))),
            LayerKind::Retry => self.keep(layer, span, |it| Part::Link(Link::Retry(it))),
            LayerKind::CircuitBreaker => {
                self.keep(layer, span, |it| Part::Link(Link::CircuitBreaker(it)))
            }
            LayerKind::Bulkhead => self.keep(layer, span, |it| Part::Link(Link::Bulkhead(it))),
            LayerKind::Hedge => self.keep(layer, span, Part::Hedge),
            LayerKind::Fallback => self.fallback(layer, span),
            LayerKind::To => {
                self.named(layer, HostKind::Service, Thing::service).map_or(Part::Fail, |service| {
                    Part::To(To::new(service).with_path(layer.path.clone()))
                })
            }
        }
    }

    /// A layer with state of its own: the one of its path.
    fn keep<L: Configure>(&mut self, layer: &Layer, span: Span, part: fn(L) -> Part<K>) -> Part<K> {
        match self.layers.get(layer) {
            Ok(layer) => part(layer),
            Err(invalid) => {
                let at = layer
                    .arguments
                    .iter()
                    .find(|argument| argument.parameter.name == invalid.parameter())
                    .and_then(|argument| argument.written)
                    .unwrap_or(span);
                let finding = Diagnostic::error(codes::OUT_OF_RANGE, at, invalid.to_string());
                self.findings.push(finding);
                Part::Fail
            }
        }
    }

    fn fallback(&mut self, layer: &Layer, span: Span) -> Part<K> {
        let handler = if matches!(layer.value("handler"), Value::Host(_)) {
            self.named(layer, HostKind::Handler, Thing::handler)
        } else {
            if self.provided.degraded.is_none() {
                let message = "`fallback` has no answer: the host program registers none";
                let help = "register one with `Calls::degraded`, or name a handler: \
                            `fallback(@handler)`";
                self.findings
                    .push(Diagnostic::error(codes::MISSING, span, message).with_help(help));
            }
            self.provided.degraded.clone()
        };
        handler.map_or(Part::Fail, |handler| {
            Part::Fallback(Fallback::new(handler).with_path(layer.path.clone()))
        })
    }

    /// The thing that an argument names; its parameter is called as its kind is.
    fn named<T>(
        &mut self,
        layer: &Layer,
        kind: HostKind,
        as_kind: fn(&Thing<K>) -> Option<T>,
    ) -> Option<T> {
        match layer.value(kind.word()) {
            Value::Host(host) => self.find(host, kind, as_kind),
            _ => None,
        }
    }

    /// The thing that the host registered under a name, as the kind that is needed.
    fn find<T>(
        &mut self,
        host: &Host,
        kind: HostKind,
        as_kind: fn(&Thing<K>) -> Option<T>,
    ) -> Option<T> {
        let (name, span) = match host {
            Host::Name { name, span } => (name.as_str(), *span),
            Host::Expression(span) => ("", *span),
        };
        let names = &self.provided.names;
        if let Some(found) = names.get(name).and_then(as_kind) {
            return Some(found);
        }
        let registered = names.iter().map(|(name, thing)| (name.as_str(), thing.kind()));
        let whose = format!("for requests of type `{}`", type_name::<K::Request>());
        let remedy = format!("register it with `Calls::{}(\"{name}\", …)`", kind.word());
        let missing = Asked { name, span, kind };
        self.findings.push(missing.unprovided(registered, &whose, &remedy));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamic::Calls;
    use ninelives_dsl::load::{Front, load_expression};
    use std::time::Duration;

    #[test]
    fn an_argument_that_a_layer_refuses_is_a_finding_where_it_is_written() {
        let mut plan = load_expression("it", "timeout(1s)", Front::Text).plan;
        let NodeKind::Layer(layer) = &mut plan.policies[0].body.kind else { panic!("one layer") };
        layer.arguments[0].value = Value::Duration(Duration::ZERO);
        let provided = Calls::<(), (), ()>::new().provided;
        let bound = bind(&plan, &provided, &mut Making::new(None));
        let findings = bound.into_iter().next().unwrap().err().unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].span.start, findings[0].span.end), (8, 10));
        assert_eq!(findings[0].message, "`timeout(duration)`: `0s` must be between 1ms and 30d");
    }
}
