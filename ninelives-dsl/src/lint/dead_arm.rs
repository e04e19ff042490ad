//! An arm of `|` can never run, because what stands left of it cannot fail.
//!
//! ## Why
//!
//! The next arm runs when the one before it has failed, and `fallback` cannot. Whoever wrote the arm
//! counts on it.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) | fallback | to(@other);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) | timeout(1s) + to(@other) | fallback;
//! ```

use super::{Warnings, warning};
use crate::bounds::Visit;
use crate::codes;
use crate::plan::NodeKind;

pub(super) fn check(visit: &Visit<'_>, warnings: &mut Warnings) {
    let NodeKind::Fallback(written) = &visit.node.kind else {
        return;
    };
    let sure = visit.arms.iter().position(|arm| !arm.can_fail());
    if let Some((before, arm)) = sure.and_then(|at| Some((written.get(at)?, written.get(at + 1)?)))
    {
        let message = "this arm can never run: what stands left of it cannot fail";
        let found = warning(codes::DEAD_ARM, arm.span, message)
            .with_label(before.span, "cannot fail")
            .with_help("put the arm that cannot fail last, or leave this one out");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::DEAD_ARM as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn arm_after_one_that_cannot_fail() {
        warns(CODE, "timeout(1s) | fallback | to(@other)", "to(@other)");
        warns(CODE, "(timeout(1s) | fallback) | fallback(@other)", "fallback(@other)");
        warns(CODE, "timeout(1s) & fallback | to(@other)", "to(@other)");
        silent("timeout(1s) | timeout(1s) + to(@other) | fallback");
        silent("timeout(1s) | fail | timeout(1s) + to(@other)");
        silent("timeout(1s) | fallback");
    }
}
