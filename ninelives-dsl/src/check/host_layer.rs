//! NL013: a tower layer of the host program that cannot be applied where it stands.
//!
//! A host layer wraps the service itself, when the policy is applied to it, so it can only be the
//! last part of a policy's outermost sequence: `timeout(1s) + retry(3) + @tracing`. Within an arm
//! of `|` or `&`, or left of another part, there is no service to give to it.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::plan::{Node, NodeKind, Plan};

const MESSAGE: &str = "a host layer can so far only be the last part of a policy";

/// Reports each host layer, and each reference to a policy that ends in one, that is not last.
pub(super) fn check(plan: &Plan, findings: &mut Findings) {
    // By policy, which come after those they refer to: whether it ends in a host layer.
    let mut ends: Vec<bool> = Vec::with_capacity(plan.policies.len());
    for policy in &plan.policies {
        let mut walk = Walk { plan, ends: &ends, findings, found: false };
        walk.node(&policy.body, true);
        let found = walk.found;
        ends.push(found);
    }
}

struct Walk<'w> {
    plan: &'w Plan,
    ends: &'w [bool],
    findings: &'w mut Findings,
    found: bool,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, last: bool) {
        match &node.kind {
            NodeKind::Sequence(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    self.node(part, last && at + 1 == parts.len());
                }
            }
            NodeKind::Fallback(arms) | NodeKind::ForkJoin(arms) => {
                for arm in arms {
                    self.node(arm, false);
                }
            }
            NodeKind::HostLayer(_) if last => self.found = true,
            NodeKind::HostLayer(_) => self.findings.push(
                Diagnostic::error(codes::HOST_LAYER, node.span, MESSAGE)
                    .with_help("put it last in the policy's outermost sequence"),
            ),
            NodeKind::Reference { policy } if self.ends.get(*policy) == Some(&true) => {
                if last {
                    self.found = true;
                } else if let Some(policy) = self.plan.policies.get(*policy) {
                    let name = &policy.name;
                    let message = format!("{MESSAGE}, and `{name}` ends in one");
                    self.findings.push(
                        Diagnostic::error(codes::HOST_LAYER, node.span, message)
                            .with_label(policy.span, "declared here")
                            .with_help(format!("put `{name}` last, or leave its host layer out")),
                    );
                }
            }
            NodeKind::Reference { .. } | NodeKind::Pass | NodeKind::Fail | NodeKind::Layer(_) => {}
        }
    }
}
