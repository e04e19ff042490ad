//! NL110: a breaker, retry or hedge whose inside gives none of the classes it acts on.
//!
//! `retry(3) + (timeout(1s) | fallback)`: what is inside cannot fail, so nothing is ever tried again.
//! Put the fallback outside: `retry(3) + timeout(1s) | fallback`.

use super::{Place, Warnings, warning};
use crate::bounds::on;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::plan::Value;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let acts_by_class = match place.layer.kind {
        LayerKind::Retry => true,
        LayerKind::CircuitBreaker => *place.layer.value("slow_call") == Value::Off,
        // A hedge acts on slowness as well.
        _ => false,
    };
    let classes = on(place.layer);
    let acts = place.inside.outcomes.failures().any(|(outcome, _)| outcome.is_in(classes));
    if acts_by_class && !acts {
        let inside = if place.inside.can_fail() {
            "gives none of the classes it acts on"
        } else {
            "cannot fail"
        };
        let message = format!("this never acts: what is inside {inside}");
        let found = warning(codes::NEVER_ACTS, place.span(), message)
            .with_help("put what handles the failures around it, not inside");
        warnings.push(found);
    }
}
