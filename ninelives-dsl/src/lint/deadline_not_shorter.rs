//! A timeout is not shorter than one around it.
//!
//! ## Why
//!
//! The one around it passes first and ends everything, so this one can never pass. What was meant to
//! bound one attempt bounds nothing: the first call that hangs takes all the time there is.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + retry(3) + timeout(2s);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(2s) + retry(3) + timeout(500ms);
//! ```

use super::{Place, Warnings, warning};
use crate::catalogue::LayerKind;
use crate::codes;
use crate::plan::Value;
use crate::value::Written;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::Timeout, Some(around), Value::Duration(own)) =
        (place.layer.kind, place.visit.deadline, place.layer.value("duration"))
    else {
        return;
    };
    if *own >= around.after {
        let message = format!(
            "this deadline of {} can never pass: the one around it is {}",
            Written(*own),
            Written(around.after)
        );
        let found = warning(codes::DEADLINE_NOT_SHORTER, place.span(), message)
            .with_label(around.span, "the deadline around it")
            .with_help("make it shorter than the one around it, or leave it out");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::DEADLINE_NOT_SHORTER as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn deadline_that_can_never_pass() {
        warns(CODE, "timeout(1s) + retry(3) + timeout(2s)", "timeout(2s)");
        warns(CODE, "timeout(1s) + retry(3) + timeout(1s)", "timeout(1s)");
        // The earliest counts, not the nearest.
        warns(CODE, "timeout(1s) + timeout(5s) + retry(3) + timeout(500ms)", "timeout(5s)");
        silent("timeout(1s) + retry(3) + timeout(999ms)");
        silent("timeout(2s) | timeout(3s)");
        silent("timeout(1s) & timeout(2s)");
    }
}
