//! How the parts of a plan end: some call nothing to their right.

use crate::catalogue::LayerKind;
use crate::plan::{Node, NodeKind, Plan};

/// What is known of every policy.
pub(super) struct Terminals(Vec<Ends>);

/// How a part ends.
#[derive(Clone, Copy, Default)]
pub(super) struct Ends {
    /// Nothing to its right is called.
    pub(super) terminal: bool,
    /// A service of its own is.
    pub(super) calls: bool,
}

impl Terminals {
    pub(super) fn of(plan: &Plan) -> Self {
        plan.policies.iter().fold(Self(Vec::new()), |mut known, policy| {
            let ends = known.ends(&policy.body);
            known.0.push(ends);
            known
        })
    }

    pub(super) fn ends(&self, node: &Node) -> Ends {
        let of_arms = |one: Ends, other: Ends| Ends {
            terminal: one.terminal && other.terminal,
            calls: one.calls || other.calls,
        };
        let of_parts = |left: Ends, right: Ends| Ends {
            terminal: right.terminal,
            calls: left.calls || right.calls,
        };
        match &node.kind {
            NodeKind::Layer(layer) => {
                Ends { terminal: layer.kind.entry().terminal, calls: layer.kind == LayerKind::To }
            }
            NodeKind::Fail => Ends { terminal: true, calls: false },
            NodeKind::Pass | NodeKind::HostLayer(_) => Ends::default(),
            NodeKind::Reference { policy } => self.0.get(*policy).copied().unwrap_or_default(),
            NodeKind::Sequence(parts) => {
                parts.iter().map(|part| self.ends(part)).reduce(of_parts).unwrap_or_default()
            }
            NodeKind::Fallback(arms) | NodeKind::ForkJoin(arms) => {
                arms.iter().map(|arm| self.ends(arm)).reduce(of_arms).unwrap_or_default()
            }
        }
    }
}
