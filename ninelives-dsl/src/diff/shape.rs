//! How the parts of a policy are arranged, as text: two policies are arranged in the same way exactly
//! when their texts are equal. Layers stand under their paths within the policy, which is what
//! everything outside knows them by.

use crate::explain::{host, value};
use crate::load::Load;
use crate::plan::{Host, Layer, Node, NodeKind, Plan, Policy, Value};
use std::fmt::Write;
use std::mem::discriminant;

/// The arrangement in the language's own operators: `timeout + (retry | fallback)`.
pub(super) fn arrangement(load: &Load, policy: &Policy) -> String {
    write(&load.plan, policy, &|it| host(load, it))
}

/// The arrangement, and every parameter with its value: all that a policy means by itself.
pub(super) fn body(load: &Load, policy: &Policy) -> String {
    let mut text = arrangement(load, policy);
    for argument in policy.layers().into_iter().flat_map(|layer| &layer.arguments) {
        text.push('\n');
        text.push_str(&value(load, argument));
    }
    text
}

/// True when the expanded tree is unchanged but for numbers.
pub(super) fn is_same_but_for_numbers(
    (old, was): (&Plan, &Policy),
    (new, is): (&Plan, &Policy),
) -> bool {
    // Only `policy!` has Rust in braces, and what it compiled is not reloaded.
    let name = |host: &Host| match host {
        Host::Name { name, .. } => format!("@{name}"),
        Host::Expression(span) => format!("{{{}..{}}}", span.start, span.end),
    };
    write(old, was, &name) == write(new, is, &name)
        && was.layers().iter().zip(is.layers()).all(|(was, is)| {
            let mut values = was.arguments.iter().zip(&is.arguments);
            values.all(|(was, is)| is_same_but_for_number(&was.value, &is.value))
        })
}

fn is_same_but_for_number(was: &Value, is: &Value) -> bool {
    match (was, is) {
        (Value::Duration(_), Value::Duration(_))
        | (Value::Count(_), Value::Count(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Ratio(_), Value::Ratio(_))
        | (Value::Rate(_), Value::Rate(_))
        | (Value::Size(_), Value::Size(_))
        | (Value::Range(..), Value::Range(..))
        | (Value::Quantile(_), Value::Quantile(_))
        | (Value::Budget(_), Value::Budget(_)) => true,
        (Value::Backoff(was), Value::Backoff(is)) => discriminant(was) == discriminant(is),
        (Value::Host(Host::Name { name: was, .. }), Value::Host(Host::Name { name: is, .. })) => {
            was == is
        }
        (was, is) => was == is,
    }
}

/// The names of the policies that a part refers to.
pub(super) fn references<'p>(plan: &'p Plan, node: &Node) -> Vec<&'p str> {
    match &node.kind {
        NodeKind::Reference { policy } => vec![name(plan, *policy)],
        NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
            parts.iter().flat_map(|part| references(plan, part)).collect()
        }
        NodeKind::Pass | NodeKind::Fail | NodeKind::Layer(_) | NodeKind::HostLayer(_) => Vec::new(),
    }
}

fn write(plan: &Plan, policy: &Policy, host: &dyn Fn(&Host) -> String) -> String {
    let mut text = String::new();
    Writer { plan, policy: &policy.name, host }.node(&policy.body, false, &mut text);
    text
}

struct Writer<'w> {
    plan: &'w Plan,
    policy: &'w str,
    host: &'w dyn Fn(&Host) -> String,
}

impl Writer<'_> {
    /// `tight` asks for parentheses around what has operators.
    fn node(&self, node: &Node, tight: bool, out: &mut String) {
        let (operator, parts, within) = match &node.kind {
            NodeKind::Sequence(parts) => (" + ", parts, true),
            NodeKind::Fallback(parts) => (" | ", parts, false),
            NodeKind::ForkJoin(parts) => (" & ", parts, true),
            NodeKind::Layer(layer) => return self.layer(layer, out),
            NodeKind::Pass => return out.push_str("pass"),
            NodeKind::Fail => return out.push_str("fail"),
            NodeKind::Reference { policy } => return out.push_str(name(self.plan, *policy)),
            NodeKind::HostLayer(host) => return out.push_str(&(self.host)(host)),
        };
        out.push_str(if tight { "(" } else { "" });
        for (at, part) in parts.iter().enumerate() {
            out.push_str(if at > 0 { operator } else { "" });
            self.node(part, within, out);
        }
        out.push_str(if tight { ")" } else { "" });
    }

    /// By its path within the policy, and by what it is where its name does not say that.
    fn layer(&self, layer: &Layer, out: &mut String) {
        let path = within(self.policy, &layer.path);
        out.push_str(path);
        let own = path.rsplit('.').find(|name| !is_ordinal(name));
        let kind = layer.kind.entry().name;
        if own != Some(kind) {
            // Writing to a string cannot fail.
            let _ = write!(out, ": {kind}");
        }
    }
}

/// A path without the name of its policy, which may hold dots itself where it is a place.
pub(super) fn within<'l>(policy: &str, path: &'l str) -> &'l str {
    path.strip_prefix(policy).and_then(|path| path.strip_prefix('.')).unwrap_or(path)
}

/// True for the `2` of `retry.2`.
pub(super) fn is_ordinal(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit())
}

fn name(plan: &Plan, policy: usize) -> &str {
    plan.policies.get(policy).map_or("", |policy| &policy.name)
}
