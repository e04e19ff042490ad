//! The written `wait` of a queue is not shorter than the deadline around it.
//!
//! ## Why
//!
//! The deadline ends the wait, so `wait` has no effect; and a request that waits nearly that long has no
//! time left for its call. Without `wait` a request waits until the deadline, which says the same.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + bulkhead(4, queue = 8, wait = 2s);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + bulkhead(4, queue = 8, wait = 200ms);
//! ```

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
    if *wait >= around.after {
        let message = format!(
            "a wait of {} in the queue is not shorter than the deadline of {} around it",
            Written(*wait),
            Written(around.after)
        );
        let found = warning(codes::QUEUE_WAIT_NOT_SHORTER, place.span_of("wait"), message)
            .with_label(around.span, "the deadline around it")
            .with_help("make the wait shorter, so that there is time left for the call");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::QUEUE_WAIT_NOT_SHORTER as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn wait_that_outlasts_the_deadline() {
        warns(CODE, "timeout(1s) + bulkhead(4, queue = 8, wait = 2s)", "2s");
        warns(CODE, "timeout(1s) + bulkhead(4, queue = 8, wait = 1s)", "1s");
        silent("timeout(1s) + bulkhead(4, queue = 8, wait = 999ms)");
        silent("timeout(1s) + bulkhead(4, queue = 8)");
        silent("bulkhead(4, queue = 8, wait = 2s) + timeout(1s)");
    }
}
