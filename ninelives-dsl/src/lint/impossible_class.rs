//! `on` names a class that nothing inside can give.
//!
//! ## Why
//!
//! `rejected` is a refusal of a breaker or a bulkhead, and there is none inside: either the class or the
//! layer is in the wrong place. Of the other classes one cannot be certain, because a service may give
//! them. `any` asks for nothing in particular and is never wrong.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + retry(3, on = rejected | transient);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(3, on = rejected | transient) + bulkhead(8);
//! ```

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
        let message = "no breaker and no bulkhead is inside, so `rejected` never comes";
        let found = warning(codes::IMPOSSIBLE_CLASS, place.span_of("on"), message)
            .with_help("leave `rejected` out of `on`");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::IMPOSSIBLE_CLASS as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn class_that_never_comes() {
        let on = "rejected | transient";
        warns(CODE, &format!("timeout(1s) + retry(3, on = {on})"), on);
        warns(CODE, &format!("timeout(1s) + hedge(on = {on})"), on);
        silent(&format!("timeout(1s) + retry(3, on = {on}) + bulkhead(4)"));
        silent("timeout(1s) + retry(3, on = timeout | transient)");
        silent("timeout(1s) + retry(3, on = any)");
    }
}
