//! NL105: an arm of `|` that can never run.
//!
//! `timeout(1s) | fallback | to(@other)`: a fallback cannot fail, so nothing after it runs. Put it
//! last.

use super::{Warnings, warning};
use crate::bounds::{Visit, either};
use crate::codes;
use crate::plan::NodeKind;

pub(super) fn check(visit: &Visit<'_>, warnings: &mut Warnings) {
    let NodeKind::Fallback(written) = &visit.node.kind else {
        return;
    };
    for (at, arm) in written.iter().enumerate().skip(1) {
        let before = visit.arms.get(..at).unwrap_or_default();
        if !either(before).can_fail() {
            let message = "this arm can never run: what stands left of it cannot fail";
            let found = warning(codes::DEAD_ARM, arm.span, message)
                .with_help("put the arm that cannot fail last, or leave this one out");
            warnings.push(found);
            return;
        }
    }
}
