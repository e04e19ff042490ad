//! NL103: a retry that acts on `rejected` around a breaker.
//!
//! `retry(3, on = rejected | transient) + circuit_breaker`: an open circuit refuses at once, and the
//! retry asks it again and again. Leave `rejected` out; where a bulkhead is meant, put the breaker
//! outside of the retry.

use super::{Place, Warnings, warning};
use crate::bounds::{Outcome, on};
use crate::catalogue::LayerKind;
use crate::codes;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let acts = place.layer.kind == LayerKind::Retry && Outcome::CircuitOpen.is_in(on(place.layer));
    if acts && place.inside.outcomes.get(Outcome::CircuitOpen).is_some() {
        let message = "this retry acts on `rejected` and there is a breaker inside: it hammers an \
                       open circuit";
        let found = warning(codes::RETRIES_REJECTED, place.span_of("on"), message)
            .with_help("leave `rejected` out of `on`, or put the breaker around the retry");
        warnings.push(found);
    }
}
