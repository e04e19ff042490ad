//! A request passes the same stateful part twice, the second time inside the first. For a bulkhead this
//! is an error.
//!
//! ## Why
//!
//! A reference to a policy is the *same* policy, with the same state, not a copy. Each request takes two
//! permits of the bulkhead: when as many requests as it has permits hold one, none of them gets its
//! second. A breaker counts each call twice, a budget each attempt. A template makes an instance of its
//! own at each call.
//!
//! ## Example
//!
//! ```nl
//! policy guard = bulkhead(8);
//! policy search = guard + timeout(1s) + guard;
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy guard(limit: count) = bulkhead(limit);
//! policy search = guard(8) + timeout(1s) + inner: guard(4);
//! ```

use super::terminals::Terminals;
use super::{Warnings, warning};
use crate::catalogue::LayerKind;
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::{Layer, Node, NodeKind, Plan, Value};
use crate::source::Span;
use std::collections::HashMap;

pub(super) fn check(plan: &Plan, terminals: &Terminals, warnings: &mut Warnings) {
    let mut walk = Walk { terminals, policies: Vec::with_capacity(plan.policies.len()), warnings };
    for policy in &plan.policies {
        walk.node(&policy.body);
        let mut entered = Entered::default();
        walk.enter(&policy.body, true, &mut entered);
        walk.policies.push(entered);
    }
}

/// The stateful layers that a policy enters, what it refers to included.
#[derive(Default)]
struct Entered<'p> {
    all: Vec<&'p Layer>,
    /// Those that a request is still inside of when it goes on to the right.
    held: Vec<&'p Layer>,
}

/// A mention of a policy.
struct Reference {
    policy: usize,
    span: Span,
    /// A request can go on to its right.
    open: bool,
}

struct Walk<'p, 'w> {
    terminals: &'w Terminals,
    /// By policy, which come after those they refer to.
    policies: Vec<Entered<'p>>,
    warnings: &'w mut Warnings,
}

impl<'p> Walk<'p, '_> {
    /// Looks at every sequence: of two places on one path, the one inside the other, each is in a
    /// part of its own. Only a reference brings a layer back.
    fn node(&mut self, node: &'p Node) {
        let (NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts)) =
            &node.kind
        else {
            return;
        };
        let mut held: HashMap<*const Layer, Span> = HashMap::new();
        for part in parts {
            self.node(part);
            if matches!(node.kind, NodeKind::Sequence(_)) {
                let mut references = Vec::new();
                self.references(part, true, &mut references);
                for reference in &references {
                    self.look(reference, &held);
                }
                for reference in references.iter().filter(|reference| reference.open) {
                    let layers = self.policies.get(reference.policy).map(|it| it.held.as_slice());
                    let layers = layers.unwrap_or_default().iter();
                    held.extend(layers.map(|layer| (std::ptr::from_ref(*layer), reference.span)));
                }
            }
        }
    }

    fn look(&mut self, second: &Reference, held: &HashMap<*const Layer, Span>) {
        let entered = self.policies.get(second.policy).map(|it| it.all.as_slice());
        let again = entered.unwrap_or_default().iter().filter_map(|layer| {
            let first = held.get(&std::ptr::from_ref(*layer))?;
            Some((*layer, *first))
        });
        let worst = again.max_by_key(|(layer, _)| layer.kind == LayerKind::Bulkhead);
        if let Some((layer, first)) = worst {
            self.warnings.push(twice(layer, first, second.span));
        }
    }

    fn references(&self, node: &Node, open: bool, found: &mut Vec<Reference>) {
        let open = open && !self.terminals.ends(node).terminal;
        match &node.kind {
            NodeKind::Reference { policy } => {
                found.push(Reference { policy: *policy, span: node.span, open });
            }
            NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
                parts.iter().for_each(|part| self.references(part, open, found));
            }
            _ => {}
        }
    }

    fn enter(&self, node: &'p Node, open: bool, entered: &mut Entered<'p>) {
        let open = open && !self.terminals.ends(node).terminal;
        match &node.kind {
            NodeKind::Layer(layer) if layer.kind.entry().stateful => {
                entered.all.push(layer);
                entered.held.extend(open.then_some(layer));
            }
            NodeKind::Reference { policy } => {
                if let Some(inside) = self.policies.get(*policy) {
                    entered.all.extend(&inside.all);
                    entered.held.extend(inside.held.iter().filter(|_| open));
                }
            }
            NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
                parts.iter().for_each(|part| self.enter(part, open, entered));
            }
            _ => {}
        }
    }
}

fn twice(layer: &Layer, first: Span, second: Span) -> Diagnostic {
    let path = &layer.path;
    let (severity, message) = match layer.value("max_concurrency") {
        Value::Count(limit) if layer.kind == LayerKind::Bulkhead => (
            Severity::Error,
            format!(
                "each request needs 2 permits of `{path}`, which has {limit}: requests that hold one each block one another"
            ),
        ),
        _ => (
            Severity::Warning,
            format!("each request passes `{path}` twice, and counts twice in its state"),
        ),
    };
    let found = warning(codes::ENTERED_TWICE, second, message)
        .with_label(first, "entered here first")
        .with_help("a reference is the same policy: leave one out, or make it a template");
    Diagnostic { severity, ..found }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::found;

    #[track_caller]
    fn check(guard: &str, body: &str, expected: &[&str]) {
        let text = format!("policy guard = {guard}; policy p = {body};");
        assert_eq!(found(&text), expected, "{text}");
    }

    #[test]
    fn one_inside_the_other() {
        check("bulkhead(8)", "guard + timeout(1s) + guard", &["NL115 error guard"]);
        check("circuit_breaker", "guard + guard + timeout(1s)", &["NL115 warning guard"]);
        check("bulkhead(8)", "guard + timeout(1s) + (pass | guard)", &["NL115 error guard"]);
        check("bulkhead(8)", "(guard | pass) + timeout(1s) + guard", &["NL115 error guard"]);
        check(
            "bulkhead(8) + circuit_breaker",
            "guard + guard + timeout(1s)",
            &["NL115 error guard"],
        );
    }

    #[test]
    fn one_after_or_beside_the_other() {
        check("bulkhead(8)", "guard + timeout(1s)", &[]);
        check("bulkhead(8)", "timeout(1s) + (guard | guard)", &[]);
        check("bulkhead(8)", "timeout(1s) + (guard & guard)", &[]);
        check("timeout(1s)", "guard + retry(2) + timeout(500ms)", &[]);
        // The first is left before the right of the group is entered.
        check("bulkhead(8)", "timeout(1s) + ((guard + to(@b)) | retry(2)) + guard", &[]);
    }

    #[test]
    fn through_another_policy() {
        let text =
            "policy a = bulkhead(1); policy b = retry(2) + a; policy c = a + timeout(1s) + b;";
        assert_eq!(found(text), ["NL115 error b"]);
    }

    #[test]
    fn template_is_another_instance() {
        let text = "policy a() = bulkhead(1); policy b = a() + timeout(1s) + inner: a();";
        assert_eq!(found(text), Vec::<String>::new());
    }
}
