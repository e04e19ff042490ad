//! NL108: nothing bounds how long a policy may take.
//!
//! `retry(3)`: a call that hangs, hangs. Put a `timeout` around it. Reported for policies that no
//! other one uses; one that is used may have its deadline there.

use super::{Warnings, warning};
use crate::bounds::{Bounds, Latency};
use crate::codes;
use crate::plan::{Node, NodeKind, Plan, Policy};
use std::collections::HashSet;

pub(super) fn check(policy: &Policy, bounds: &Bounds, warnings: &mut Warnings) {
    let Latency::Unbounded(from) = bounds.outcomes.latency() else {
        return;
    };
    let message = "the worst-case latency is unbounded: nothing ends a call that hangs here";
    let found = warning(codes::UNBOUNDED_LATENCY, from, message)
        .with_label(policy.span, "of this policy")
        .with_help("put a deadline around it: `timeout(1s) + …`");
    warnings.push(found);
}

/// The policies, by index, that others refer to.
pub(super) fn used(plan: &Plan) -> HashSet<usize> {
    let mut used = HashSet::new();
    plan.policies.iter().for_each(|policy| mentioned(&policy.body, &mut used));
    used
}

fn mentioned(node: &Node, used: &mut HashSet<usize>) {
    match &node.kind {
        NodeKind::Reference { policy } => {
            used.insert(*policy);
        }
        NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
            parts.iter().for_each(|part| mentioned(part, used));
        }
        NodeKind::Pass | NodeKind::Fail | NodeKind::Layer(_) | NodeKind::HostLayer(_) => {}
    }
}
