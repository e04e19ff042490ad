//! NL010: a policy whose parts lie too deep in one another.
//!
//! Each part of `a + b + c` calls the next from within, and so does each arm of `|` with those
//! before it: a request goes down through all of them on one stack. A policy that works has ten.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::limits;
use crate::plan::{Node, NodeKind, Plan};

/// Reports each policy that goes past the limit by itself, not those that refer to one.
pub(super) fn check(plan: &Plan, findings: &mut Findings) {
    let mut known: Vec<usize> = Vec::with_capacity(plan.policies.len());
    for policy in &plan.policies {
        let mut depth = depth(&policy.body, &known);
        if depth > limits::DEPTH {
            let name = &policy.name;
            let message = format!(
                "`{name}` has {depth} parts inside one another; a policy has at most {}",
                limits::DEPTH
            );
            findings.push(Diagnostic::error(codes::LIMIT, policy.span, message));
            depth = 0;
        }
        known.push(depth);
    }
}

fn depth(node: &Node, known: &[usize]) -> usize {
    match &node.kind {
        NodeKind::Sequence(parts) => parts.iter().map(|part| depth(part, known)).sum(),
        NodeKind::Fallback(arms) => {
            let arms = arms.iter().map(|arm| depth(arm, known));
            let deepest = (1..).zip(arms).map(|(before, arm)| before + arm).max();
            deepest.unwrap_or(0)
        }
        NodeKind::ForkJoin(arms) => {
            let deepest = arms.iter().map(|arm| depth(arm, known)).max();
            1 + deepest.unwrap_or(0)
        }
        NodeKind::Reference { policy } => known.get(*policy).copied().unwrap_or(0),
        // A `pass` does nothing, and still stands between its neighbours.
        NodeKind::Pass | NodeKind::Layer(_) | NodeKind::Fail | NodeKind::HostLayer(_) => 1,
    }
}
