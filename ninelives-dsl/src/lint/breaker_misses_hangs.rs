//! A breaker stands inside a deadline and has none inside itself, so it never hears of a call that hangs.
//!
//! ## Why
//!
//! The deadline around it ends the whole, and a call that is dropped counts for nothing: it may be the
//! caller who went away. A service that hangs, which is what most outages look like, never opens the
//! circuit. With a `timeout` inside, such a call is a failure of class `timeout`, which counts. Where the
//! client of the service has a timeout of its own, allow it.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + circuit_breaker;
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = circuit_breaker + timeout(1s);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::on;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::value::{Class, Written};

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::CircuitBreaker, Some(around), None) =
        (place.layer.kind, place.visit.deadline, place.inside.holds.timeout)
    else {
        return;
    };
    let hangs = place.inside.outcomes.latency().reaches(around.after);
    if hangs && on(place.layer).contains(Class::Timeout) {
        let message = format!(
            "a call that hangs never counts here: the deadline around drops it after {}",
            Written(around.after)
        );
        let found = warning(codes::BREAKER_MISSES_HANGS, place.span(), message)
            .with_label(around.span, "drops the call")
            .with_help(
                "put a `timeout` inside, shorter than the one around: `+ attempt: timeout(…)`",
            );
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::BREAKER_MISSES_HANGS as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn breaker_that_never_hears_of_a_hang() {
        warns(CODE, "timeout(1s) + circuit_breaker", "circuit_breaker");
        warns(CODE, "timeout(1s) + circuit_breaker + retry(3)", "circuit_breaker");
        warns(CODE, "timeout(1s) + retry(3) + circuit_breaker", "circuit_breaker");
        silent("circuit_breaker + timeout(1s)");
        silent("timeout(1s) + circuit_breaker + timeout(500ms)");
        silent("timeout(1s) + circuit_breaker(on = transient)");
        // Of some calls it hears.
        silent("timeout(1s) + circuit_breaker + (timeout(500ms) | to(@b))");
    }
}
