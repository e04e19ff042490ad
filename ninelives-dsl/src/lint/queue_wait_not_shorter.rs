//! NL107: a written wait in a queue that is not shorter than the deadline around it.
//!
//! `timeout(1s) + bulkhead(8, queue = 16, wait = 2s)`: a request that waited so long has no time
//! left. Make the wait shorter, or leave it out: it then ends at the deadline.

use super::{Place, Warnings, warning};
use crate::catalogue::LayerKind;
use crate::codes;
use crate::plan::Value;
use crate::value::Written;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::Bulkhead, Some(around), Value::Duration(wait)) =
        (place.layer.kind, place.visit.deadline, place.layer.value("wait"))
    else {
        return;
    };
    if place.is_written("wait") && *wait >= around.after {
        let message = format!(
            "a wait of {} in the queue outlasts the deadline of {} around it",
            Written(*wait),
            Written(around.after)
        );
        let found = warning(codes::QUEUE_WAIT_NOT_SHORTER, place.span_of("wait"), message)
            .with_label(around.span, "the deadline around it")
            .with_help("make the wait shorter, so that there is time left for the call");
        warnings.push(found);
    }
}
