//! NL118: what a breaker waits for can never come.
//!
//! `circuit_breaker(slow_call = 2s) + timeout(1s)`: no call is ever slow. And a window of time
//! shorter than two of the longest calls forgets one before it has seen the next.

use super::{Place, Warnings, warning};
use crate::bounds::Latency;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::plan::Value;
use crate::value::Written;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::CircuitBreaker, Latency::AtMost(longest)) =
        (place.layer.kind, place.inside.outcomes.latency())
    else {
        return;
    };
    if let Value::Duration(slow) = place.layer.value("slow_call")
        && *slow >= longest
    {
        let message = format!(
            "no call is ever slow: {} is not less than the {} that any call can take",
            Written(*slow),
            Written(longest)
        );
        let found = warning(codes::BREAKER_CANNOT_TRIP, place.span_of("slow_call"), message)
            .with_help("make `slow_call` shorter than the deadline inside");
        warnings.push(found);
    }
    if let Value::Duration(window) = place.layer.value("window")
        && *window < longest.saturating_mul(2)
    {
        let message = format!(
            "a window of {} forgets calls that take up to {} before it can compare them",
            Written(*window),
            Written(longest)
        );
        let found = warning(codes::BREAKER_CANNOT_TRIP, place.span_of("window"), message)
            .with_help("use a window of at least twice the longest call");
        warnings.push(found);
    }
}
