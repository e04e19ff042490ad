//! Before `+`, an arm of `&` calls a service of its own, and another does not.
//!
//! ## Why
//!
//! What stands to the right of a group is shared by its arms, but an arm that ends in `to` calls nothing
//! to its right. The timeout that seems to bound both arms bounds one of them. `fallback` and `fail` call
//! nothing, so for them it makes no difference.
//!
//! ## Example
//!
//! ```nl
//! policy fetch = timeout(2s) + (to(@cache) & hedge) + timeout(1s);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy fetch = (timeout(1s) + to(@cache)) & (timeout(2s) + hedge + timeout(1s));
//! ```

use super::terminals::Terminals;
use super::{Warnings, warning};
use crate::bounds::Visit;
use crate::codes;
use crate::plan::{Node, NodeKind, Plan};

pub(super) fn check(
    plan: &Plan,
    terminals: &Terminals,
    visit: &Visit<'_>,
    warnings: &mut Warnings,
) {
    let NodeKind::Sequence(parts) = &visit.node.kind else {
        return;
    };
    for pair in parts.windows(2) {
        if let [part, right] = pair
            && let NodeKind::ForkJoin(arms) = &named(plan, part).kind
            && let Some(arm) = odd_one_out(arms, terminals)
        {
            let message = "this arm calls nothing to the right of the group, and another does";
            let found = warning(codes::MIXED_TERMINALS, arm.span, message)
                .with_label(right.span, "not around this arm's call")
                .with_help("give each arm its own, or put what both need left of the group");
            warnings.push(found);
        }
    }
}

/// What a reference stands for in the end.
fn named<'p>(plan: &'p Plan, mut part: &'p Node) -> &'p Node {
    while let NodeKind::Reference { policy } = &part.kind
        && let Some(policy) = plan.policies.get(*policy)
    {
        part = &policy.body;
    }
    part
}

fn odd_one_out<'p>(arms: &'p [Node], terminals: &Terminals) -> Option<&'p Node> {
    let is_open = |arm: &Node| !terminals.ends(arm).terminal;
    let calls_its_own = |arm: &&Node| !is_open(arm) && terminals.ends(arm).calls;
    arms.iter().find(calls_its_own).filter(|_| arms.iter().any(is_open))
}

#[cfg(test)]
mod tests {
    use crate::codes::MIXED_TERMINALS as CODE;
    use crate::lint::testing::{found, silent, warns};

    #[test]
    fn arm_that_ends_beside_one_that_does_not() {
        let inside = "timeout(300ms)";
        warns(CODE, &format!("timeout(2s) + (to(@cache) & hedge) + {inside}"), "to(@cache)");
        let arm = "timeout(1s) + to(@cache)";
        warns(CODE, &format!("timeout(2s) + (hedge & ({arm})) + {inside}"), arm);
        silent("timeout(2s) + (to(@cache) & hedge)");
        silent(&format!("timeout(2s) + (pass & hedge) + {inside}"));
        silent(&format!("timeout(2s) + (to(@cache) | hedge) + {inside}"));
        // An answer in reserve calls nothing.
        silent(&format!("(hedge & fallback) + {inside}"));
    }

    #[test]
    fn group_with_a_name() {
        let text = "policy both = to(@cache) & hedge; policy p = timeout(2s) + both + timeout(1s);";
        assert_eq!(found(text), ["NL114 warning to(@cache)"]);
    }
}
