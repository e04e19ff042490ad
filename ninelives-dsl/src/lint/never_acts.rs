//! A breaker or a retry never acts: what is inside gives none of the classes that it acts on.
//!
//! ## Why
//!
//! Most often a `fallback` inside answers every failure, so that nothing is ever tried again, and no
//! circuit opens however ill the service is. Put what handles the failures outside.
//!
//! ## Example
//!
//! ```nl
//! policy search = retry(3) + (timeout(1s) | fallback);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = retry(3) + timeout(1s) | fallback;
//! ```

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
        let name = place.layer.kind.entry().name;
        let message = format!("this `{name}` never acts: what is inside {inside}");
        let found = warning(codes::NEVER_ACTS, place.span(), message)
            .with_help("put what handles the failures around it, not inside");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::NEVER_ACTS as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn layer_that_never_acts() {
        warns(CODE, "retry(3) + (timeout(1s) | fallback)", "retry(3)");
        silent("retry(3) + (timeout(1s) | timeout(1s) + to(@b))");
        silent("retry(3) + timeout(1s) | fallback");
        warns(CODE, "timeout(1s) + retry(3, on = rejected)", "retry(3, on = rejected)");
        silent("timeout(1s) + retry(3, on = rejected) + bulkhead(2)");
        warns(CODE, "circuit_breaker + (timeout(1s) | fallback)", "circuit_breaker");
        silent("circuit_breaker(slow_call = 500ms) + (timeout(1s) | fallback)");
        silent("circuit_breaker + timeout(1s) | fallback");
    }
}
