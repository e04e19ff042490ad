//! A part does nothing as it is configured: `retry(1)` and `hedge(max_attempts = 1)` make the one
//! attempt that there is without them, a `wait` without a `queue` is never waited, and a `timeout` around
//! what takes no time never passes.
//!
//! ## Why
//!
//! Whoever reads the policy counts on a protection that is not there. `max_attempts` counts the first
//! call: what other libraries call one retry is `retry(2)`.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + retry(1);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(2);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::Latency;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::plan::Value;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let is = |parameter, count| *place.layer.value(parameter) == Value::Count(count);
    let (span, message, help) = match place.layer.kind {
        LayerKind::Retry | LayerKind::Hedge if is("max_attempts", 1) => (
            place.span(),
            "one attempt is what there is without this layer",
            "`max_attempts` counts the first call: use 2 or more, or leave the layer out",
        ),
        LayerKind::Bulkhead if place.is_written("wait") && is("queue", 0) => (
            place.span_of("wait"),
            "nothing waits without a queue",
            "write `queue = 16`, say, or leave `wait` out",
        ),
        LayerKind::Timeout if place.inside.outcomes.latency() == Latency::ZERO => (
            place.span(),
            "nothing inside this deadline takes time",
            "put it around what calls a service, or leave it out",
        ),
        _ => return,
    };
    warnings.push(warning(codes::NO_EFFECT, span, message).with_help(help));
}

#[cfg(test)]
mod tests {
    use crate::codes::NO_EFFECT as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn layer_that_does_nothing() {
        warns(CODE, "timeout(1s) + retry(1)", "retry(1)");
        silent("timeout(1s) + retry(2)");
        warns(CODE, "timeout(1s) + hedge(max_attempts = 1)", "hedge(max_attempts = 1)");
        silent("timeout(1s) + hedge(max_attempts = 2)");
        warns(CODE, "timeout(1s) + bulkhead(4, wait = 5ms)", "5ms");
        silent("timeout(1s) + bulkhead(4, queue = 1, wait = 5ms)");
        warns(CODE, "timeout(1s) | timeout(1s) + fallback", "timeout(1s)");
        silent("timeout(1s) | timeout(1s) + to(@other)");
    }
}
