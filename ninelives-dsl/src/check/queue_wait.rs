//! NL006: a bulkhead whose queue has no bound in time.
//!
//! A queued call waits until the earliest deadline around it. Where there is none it would wait for
//! ever, so `wait` must be written: `bulkhead(64, queue = 16, wait = 1s)`, or a `timeout` put
//! around it.

use crate::catalogue::LayerKind;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::plan::{Layer, Node, NodeKind, Plan, Value};

/// Walks from the policies that the host runs; one that is used only inside a deadline is sound.
pub(super) fn check(plan: &Plan, roots: &[usize], findings: &mut Findings) {
    let mut walk = Walk { plan, inside: vec![None; plan.policies.len()], root: 0, findings };
    for root in roots {
        walk.root = *root;
        walk.policy(*root);
    }
}

struct Walk<'w> {
    plan: &'w Plan,
    /// By policy, once it was met without a deadline: whether what stands right of it has one.
    inside: Vec<Option<bool>>,
    /// The policy that the walk began at.
    root: usize,
    findings: &'w mut Findings,
}

impl Walk<'_> {
    fn policy(&mut self, index: usize) -> bool {
        if let Some(Some(known)) = self.inside.get(index) {
            return *known;
        }
        let plan = self.plan;
        let known = plan.policies.get(index).is_none_or(|policy| self.node(&policy.body));
        if let Some(slot) = self.inside.get_mut(index) {
            *slot = Some(known);
        }
        known
    }

    /// Looks at a node that has no deadline around it; true when all that stands right of it has
    /// one, or can never run.
    fn node(&mut self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Sequence(parts) => parts.iter().any(|part| self.node(part)),
            NodeKind::Fallback(arms) | NodeKind::ForkJoin(arms) => {
                let mut all = true;
                for arm in arms {
                    all &= self.node(arm);
                }
                all
            }
            NodeKind::Reference { policy } => self.policy(*policy),
            NodeKind::Layer(layer) => {
                if waits_for_ever(layer) {
                    self.report(node);
                }
                layer.kind == LayerKind::Timeout || layer.kind.entry().terminal
            }
            NodeKind::Fail => true,
            NodeKind::Pass | NodeKind::HostLayer(_) => false,
        }
    }
}

impl Walk<'_> {
    fn report(&mut self, node: &Node) {
        let message = "`wait` must be written: no deadline ends the wait in this queue";
        let mut finding = Diagnostic::error(codes::MISSING, node.span, message)
            .with_help("write `wait = 1s`, say, or put a `timeout` around the bulkhead");
        if let Some(root) = self.plan.policies.get(self.root)
            && !root.body.span.covers(node.span)
        {
            finding = finding.with_label(root.span, "runs it without a deadline");
        }
        self.findings.push(finding);
    }
}

fn waits_for_ever(layer: &Layer) -> bool {
    layer.kind == LayerKind::Bulkhead
        && !matches!(layer.value("queue"), Value::Count(0))
        && matches!(layer.value("wait"), Value::Unset)
}
