//! A retry that acts on `rejected` has a circuit breaker inside.
//!
//! ## Why
//!
//! An open circuit refuses at once, and will for its whole cooldown: the retry asks it again and again,
//! and each request lasts as long as its waits before it fails as it would have at once. A retry does not
//! act on `rejected` by default. Where the refusals of a bulkhead are meant, put the breaker outside of
//! the retry.
//!
//! ## Example
//!
//! ```nl
//! policy search =
//!     timeout(1s) + retry(3, on = rejected | transient) + circuit_breaker + timeout(300ms);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search =
//!     circuit_breaker + timeout(1s) + retry(3, on = rejected | transient) + bulkhead(8);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::{Outcome, Retry};
use crate::catalogue::LayerKind;
use crate::codes;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if place.layer.kind != LayerKind::Retry {
        return;
    }
    let Retry { attempts, on, .. } = Retry::of(place.layer);
    let is_open = place.inside.outcomes.get(Outcome::CircuitOpen).is_some();
    if attempts > 1 && Outcome::CircuitOpen.is_in(on) && is_open {
        let message = format!(
            "this retry asks an open circuit up to {attempts} times: it acts on `rejected`"
        );
        let found = warning(codes::RETRIES_REJECTED, place.span_of("on"), message)
            .with_help("leave `rejected` out of `on`, or put the breaker around the retry");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::RETRIES_REJECTED as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn retry_that_hammers_an_open_circuit() {
        let on = "rejected | transient";
        warns(
            CODE,
            &format!("timeout(1s) + retry(3, on = {on}) + circuit_breaker + timeout(300ms)"),
            on,
        );
        warns(CODE, "timeout(1s) + retry(3, on = any) + circuit_breaker + timeout(300ms)", "any");
        silent(&format!("timeout(1s) + retry(3, on = {on}) + bulkhead(4)"));
        silent(
            "timeout(1s) + retry(3, on = timeout | transient) + circuit_breaker + timeout(300ms)",
        );
        silent("timeout(1s) + retry(3) + circuit_breaker + timeout(300ms)");
        silent(&format!("circuit_breaker + timeout(1s) + retry(3, on = {on}) + bulkhead(4)"));
        // The refusal is answered before the retry sees it.
        silent("timeout(1s) + retry(3, on = any) + (circuit_breaker + timeout(300ms) | to(@b))");
    }
}
