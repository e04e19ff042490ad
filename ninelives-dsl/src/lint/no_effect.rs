//! NL109: a layer that does nothing as it is configured.
//!
//! `retry(1)` and `hedge(max_attempts = 1)` make one attempt, as there would be without them; a
//! `wait` without a `queue` is never waited.

use super::{Place, Warnings, warning};
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
        _ => return,
    };
    warnings.push(warning(codes::NO_EFFECT, span, message).with_help(help));
}
