//! NL123: a class is named that nothing inside can give.
//!
//! `retry(3, on = rejected | transient)` with no breaker and no bulkhead inside: nothing refuses. Of
//! the other classes one cannot be certain, because a service may give them.

use super::{Place, Warnings, warning};
use crate::bounds::{Outcome, on};
use crate::codes;
use crate::value::{Class, ClassSet};

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let classes = on(place.layer);
    let named =
        place.is_written("on") && classes.contains(Class::Rejected) && classes != ClassSet::ANY;
    let refuses = |outcome| place.inside.outcomes.get(outcome).is_some();
    // Where no class comes at all, the layer never acts, which is a finding of its own.
    let acts = place.inside.outcomes.failures().any(|(outcome, _)| outcome.is_in(classes));
    if named && acts && !refuses(Outcome::Full) && !refuses(Outcome::CircuitOpen) {
        let message = "nothing inside can refuse, so `rejected` never comes";
        let found = warning(codes::IMPOSSIBLE_CLASS, place.span_of("on"), message)
            .with_help("leave `rejected` out of `on`");
        warnings.push(found);
    }
}
