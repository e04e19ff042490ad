//! NL015: too many paths through one policy of `policy!`.
//!
//! A compiled policy is one type, and `(A | B) + C` holds the type of `C` twice: each choice left
//! of something doubles it. Past 64 paths a build takes minutes. Name the shared part as a policy
//! of its own in a `.nl` file, which has no such limit, or take choices out.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::limits;
use crate::plan::{Node, NodeKind, Plan};

/// How many ways lead through a node.
#[derive(Clone, Copy)]
struct Ways {
    /// To what stands right of it.
    through: usize,
    /// To a terminal within it.
    ended: usize,
}

/// Reports each policy that goes past the limit by itself, not those that refer to one.
pub(super) fn check(plan: &Plan, findings: &mut Findings) {
    let mut known: Vec<Ways> = Vec::with_capacity(plan.policies.len());
    for policy in &plan.policies {
        let mut ways = ways(&policy.body, &known);
        let paths = ways.through.saturating_add(ways.ended);
        if paths > limits::MACRO_PATHS {
            let message = format!(
                "{paths} paths lead through `{}`; `policy!` allows {}",
                policy.name,
                limits::MACRO_PATHS
            );
            findings.push(
                Diagnostic::error(codes::PATHS, policy.span, message)
                    .with_help("take choices out, or load the policy from text"),
            );
            ways = ONE;
        }
        known.push(ways);
    }
}

const ONE: Ways = Ways { through: 1, ended: 0 };
const END: Ways = Ways { through: 0, ended: 1 };

fn ways(node: &Node, known: &[Ways]) -> Ways {
    match &node.kind {
        NodeKind::Sequence(parts) => parts.iter().fold(ONE, |left, part| {
            let right = ways(part, known);
            Ways {
                through: left.through.saturating_mul(right.through),
                ended: left.ended.saturating_add(left.through.saturating_mul(right.ended)),
            }
        }),
        NodeKind::Fallback(arms) | NodeKind::ForkJoin(arms) => arms
            .iter()
            .map(|arm| ways(arm, known))
            .fold(Ways { through: 0, ended: 0 }, |all, arm| Ways {
                through: all.through.saturating_add(arm.through),
                ended: all.ended.saturating_add(arm.ended),
            }),
        NodeKind::Reference { policy } => known.get(*policy).copied().unwrap_or(ONE),
        NodeKind::Layer(layer) if layer.kind.entry().terminal => END,
        NodeKind::Fail => END,
        NodeKind::Layer(_) | NodeKind::Pass | NodeKind::HostLayer(_) => ONE,
    }
}
