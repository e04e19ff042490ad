//! A degraded answer that `&` holds in reserve waits for an arm that may never end.
//!
//! Where `unbounded-latency` names the same arm, that is all that is said.
//!
//! ## Why
//!
//! A reserve starts when every other arm has failed. An arm without a deadline that hangs has not failed,
//! so the answer in reserve never comes. Whoever allows a policy to take for ever, because its caller
//! gives up sooner, still loses that answer.
//!
//! ## Example
//!
//! ```nl
//! #[allow(unbounded-latency)]
//! policy search = fallback & hedge;
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = fallback & (timeout(1s) + hedge);
//! ```

use super::{Warnings, warning};
use crate::bounds::{Bounds, Latency, Outcome, Visit};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::plan::NodeKind;
use crate::source::Span;
use std::collections::HashSet;

pub(super) fn check(visit: &Visit<'_>, warnings: &mut Warnings) {
    let NodeKind::ForkJoin(written) = &visit.node.kind else {
        return;
    };
    let Some((reserve, _)) = written.iter().zip(&visit.arms).find(|(_, arm)| arm.is_reserve())
    else {
        return;
    };
    let failed = |arm: &Bounds| arm.outcomes.worst(|outcome| outcome != Outcome::Ok);
    let racing = visit.arms.iter().filter(|arm| !arm.is_reserve());
    let worst = racing.filter_map(|arm| failed(arm)).map(|worst| worst.latency);
    if let Latency::Unbounded(from) = worst.fold(Latency::ZERO, Latency::max) {
        let message = "this answer in reserve waits for an arm that may never end";
        let found = warning(codes::RESERVE_WAITS_UNBOUNDED, reserve.span, message)
            .with_label(from, "nothing ends a call that hangs here")
            .with_help("put a deadline around that arm: `(timeout(1s) + …)`");
        warnings.push(found);
    }
}

/// Leaves out what is said already: that nothing bounds the same arm.
pub(super) fn once(findings: &mut Vec<Diagnostic>) {
    let unbounded = findings.iter().filter(|it| it.code == codes::UNBOUNDED_LATENCY);
    let said: HashSet<Span> = unbounded.map(|it| it.span).collect();
    let repeats = |it: &Diagnostic| it.labels.iter().any(|label| said.contains(&label.span));
    findings.retain(|it| it.code != codes::RESERVE_WAITS_UNBOUNDED || !repeats(it));
}

#[cfg(test)]
mod tests {
    use crate::codes::RESERVE_WAITS_UNBOUNDED as CODE;
    use crate::codes::UNBOUNDED_LATENCY;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn reserve_that_may_never_be_asked() {
        let allowed = |body: &str| format!("#[allow(unbounded-latency)] ({body})");
        warns(CODE, &allowed("fallback & hedge"), "fallback");
        silent(&allowed("(timeout(1s) + to(@b)) & hedge"));
        silent("fallback & (timeout(1s) + hedge)");
        silent("timeout(1s) + (fallback & hedge)");
        warns(UNBOUNDED_LATENCY, "fallback & hedge", "hedge");
    }
}
