//! What a breaker waits for can never come: a call slower than any call can be.
//!
//! ## Why
//!
//! The circuit never opens for slowness, however slow the service is: a `slow_call` that is not shorter
//! than what ends its calls is never reached.
//!
//! ## Example
//!
//! ```nl
//! policy search = circuit_breaker(slow_call = 2s) + timeout(1s);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = circuit_breaker(slow_call = 500ms) + timeout(1s);
//! ```

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
            .with_help("make `slow_call` shorter than what ends its calls");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::BREAKER_CANNOT_TRIP as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn call_that_is_never_slow() {
        warns(CODE, "circuit_breaker(slow_call = 2s) + timeout(1s)", "2s");
        warns(CODE, "circuit_breaker(slow_call = 1s) + timeout(1s)", "1s");
        silent("circuit_breaker(slow_call = 999ms) + timeout(1s)");
        silent("circuit_breaker(slow_call = 2s) + timeout(3s)");
        // Without a deadline inside, a call takes as long as it likes.
        silent("timeout(9s) + circuit_breaker(slow_call = 2s) + (timeout(1s) | to(@b))");
    }
}
