//! A degraded arm stands inside a deadline that what is left of it may use up.
//!
//! ## Why
//!
//! When the call hangs, the deadline ends the whole, the degraded answer with it: it never comes in the
//! one case that it is for. Put the deadline inside, around the call alone.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + (retry(3) | fallback);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(3) | fallback;
//! ```

use super::{Warnings, warning};
use crate::bounds::{Bounds, Outcome, Visit, or_else};
use crate::codes;
use crate::plan::NodeKind;
use crate::value::Written;

pub(super) fn check(visit: &Visit<'_>, warnings: &mut Warnings) {
    let (NodeKind::Fallback(written), Some(deadline)) = (&visit.node.kind, visit.deadline) else {
        return;
    };
    let mut arms = written.iter().zip(&visit.arms);
    let Some((_, first)) = arms.next() else { return };
    let mut before = Bounds::clone(first);
    for (arm, bounds) in arms {
        let failed = before.outcomes.worst(|outcome| outcome != Outcome::Ok);
        if bounds.is_reserve() && failed.is_some_and(|it| it.latency.reaches(deadline.after)) {
            let message = format!(
                "this arm may have no time left: what stands left of it can take the whole {}",
                Written(deadline.after)
            );
            let found = warning(codes::RESERVE_INSIDE_DEADLINE, arm.span, message)
                .with_label(deadline.span, "the deadline ends both")
                .with_help("put the deadline inside: `timeout(…) + … | fallback`");
            warnings.push(found);
        }
        before = or_else(&before, bounds);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::RESERVE_INSIDE_DEADLINE as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn reserve_without_time() {
        warns(CODE, "timeout(1s) + (retry(3) | fallback)", "fallback");
        silent("timeout(1s) + retry(3) | fallback");
        silent("timeout(1s) + (timeout(900ms) | fallback)");
        silent("timeout(1s) + (retry(3) | to(@other))");
    }
}
