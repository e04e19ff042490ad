//! NL106: an inner deadline that is not shorter than one around it.
//!
//! `timeout(1s) + retry(3) + timeout(2s)`: the first second ends everything, so the inner timeout
//! can never fire. Make it shorter, or leave it out.

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
