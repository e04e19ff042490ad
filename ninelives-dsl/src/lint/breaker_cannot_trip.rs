//! What a breaker waits for can never come: a call slower than any call can be; or, in a window of time,
//! enough calls to compare, when it forgets one before it has seen the end of the next.
//!
//! ## Why
//!
//! The circuit stays closed however ill the service is. A `slow_call` that is not shorter than the
//! deadline inside is never reached. A window of time that is shorter than two of the longest calls
//! hardly ever holds the calls of an outage, which are the longest.
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
            .with_help("make `slow_call` shorter than the deadline inside");
        warnings.push(found);
    }
    let twice = longest.saturating_mul(2);
    if let Value::Duration(window) = place.layer.value("window")
        && *window < twice
    {
        let message = format!(
            "a window of {} forgets calls of up to {} before it can compare them: it is less than 2 × {} = {}",
            Written(*window),
            Written(longest),
            Written(longest),
            Written(twice)
        );
        let found = warning(codes::BREAKER_CANNOT_TRIP, place.span_of("window"), message)
            .with_help(format!("use a window of at least {}", Written(twice)));
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

    #[test]
    fn window_that_forgets_too_soon() {
        warns(CODE, "circuit_breaker(window = 1s) + timeout(600ms)", "1s");
        silent("circuit_breaker(window = 1s) + timeout(500ms)");
        silent("circuit_breaker(window = 1200ms) + timeout(600ms)");
        silent("circuit_breaker(window = 10) + timeout(600ms)");
    }
}
