//! Nothing bounds how long a policy may take: through the part that is named, a call that hangs, hangs.
//! Said of policies that no other one uses; one that is used may have its deadline there.
//!
//! ## Why
//!
//! A caller waits for ever, and with it everything it holds: its connection, its memory, its place in a
//! bulkhead. One arm without a deadline is enough, and a `fallback` beside it does not help: it answers
//! when the call has failed, and this one never does.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + retry(3) | fallback & hedge;
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge);
//! ```

use super::{Warnings, warning};
use crate::bounds::{Bounds, Latency};
use crate::codes;
use crate::load::Load;
use crate::plan::{Node, NodeKind, Policy};
use crate::source::Span;

/// A policy that is longer is not written out in a help line.
const SHOWN: usize = 80;

pub(super) fn check(load: &Load, policy: &Policy, bounds: &Bounds, warnings: &mut Warnings) {
    let Latency::Unbounded(from) = bounds.outcomes.latency() else {
        return;
    };
    let message = "the worst-case latency is unbounded: nothing ends a call that hangs here";
    let found = warning(codes::UNBOUNDED_LATENCY, from, message)
        .with_label(policy.span, "of this policy")
        .with_help(help(load, &policy.body, from));
    warnings.push(found);
}

/// The policy with a deadline where there is none.
fn help(load: &Load, body: &Node, from: Span) -> String {
    let file = load.files.get(from.file.index());
    let text = |span: Span| file.map_or("", |file| file.slice(span));
    let part = format!("timeout(1s) + {}", text(from));
    let part = if is_arm_of_and(body, from) { format!("({part})") } else { part };
    let outside =
        [text(Span { end: from.start, ..body.span }), text(Span { start: from.end, ..body.span })];
    let whole = outside.join(&part);
    let shown = if body.span.covers(from) && whole.len() <= SHOWN { whole } else { part };
    if shown.len() > SHOWN || shown.contains('\n') {
        return "put a deadline around it: `timeout(1s) + …`".to_owned();
    }
    format!("put a deadline around it: `{shown}`")
}

fn is_arm_of_and(node: &Node, part: Span) -> bool {
    match &node.kind {
        NodeKind::ForkJoin(arms) => {
            arms.iter().any(|arm| arm.span == part || is_arm_of_and(arm, part))
        }
        NodeKind::Sequence(parts) | NodeKind::Fallback(parts) => {
            parts.iter().any(|it| is_arm_of_and(it, part))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::UNBOUNDED_LATENCY as CODE;
    use crate::lint::testing::{found, help, silent, warns};

    #[test]
    fn policy_that_may_take_for_ever() {
        warns(CODE, "retry(3)", "retry(3)");
        silent("retry(3) + timeout(1s)");
        warns(CODE, "timeout(1s) + retry(3) | fallback & hedge", "hedge");
        silent("timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge)");
        warns(CODE, "timeout(1s) | to(@other)", "to(@other)");
        silent("timeout(1s) + (hedge | to(@other))");
    }

    #[test]
    fn one_that_uses_it_may_have_the_deadline() {
        let used = "policy a = retry(3); policy b = timeout(1s) + a;";
        assert_eq!(found(used), Vec::<String>::new());
        let public = "pub policy a = retry(3); policy b = timeout(1s) + a;";
        assert_eq!(found(public)[..1], ["NL108 warning retry(3)"]);
    }

    #[test]
    fn help_shows_the_policy_with_the_deadline() {
        assert_eq!(
            help("timeout(1s) + retry(3) | fallback & hedge"),
            "put a deadline around it: \
             `timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge)`"
        );
        assert_eq!(help("retry(3)"), "put a deadline around it: `timeout(1s) + retry(3)`");
    }
}
