//! NL010: a policy that calls too many different services.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::limits;
use crate::plan::{Host, Node, NodeKind, Plan, Value};
use std::collections::HashSet;

/// Reports each policy that calls more than the limit, by itself or through others.
pub(super) fn check(plan: &Plan, findings: &mut Findings) {
    for policy in &plan.policies {
        let mut services = HashSet::new();
        collect(&policy.body, plan, &mut services);
        if services.len() > limits::SERVICES {
            let name = &policy.name;
            let message =
                format!("`{name}` calls more than {} different services", limits::SERVICES);
            findings.push(
                Diagnostic::error(codes::LIMIT, policy.span, message)
                    .with_help("let one service of the host program choose among them"),
            );
        }
    }
}

/// Stops soon after the limit. How far references lead is in proportion to the text.
fn collect<'p>(node: &'p Node, plan: &'p Plan, services: &mut HashSet<&'p str>) {
    if services.len() > limits::SERVICES {
        return;
    }
    match &node.kind {
        NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
            parts.iter().for_each(|part| collect(part, plan, services));
        }
        NodeKind::Reference { policy } => {
            if let Some(policy) = plan.policies.get(*policy) {
                collect(&policy.body, plan, services);
            }
        }
        NodeKind::Layer(layer) => {
            if let Value::Host(Host::Name { name, .. }) = layer.value("service") {
                services.insert(name);
            }
        }
        NodeKind::Pass | NodeKind::Fail | NodeKind::HostLayer(_) => {}
    }
}
