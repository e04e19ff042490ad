//! NL101: an attempt of a retry can never start before the deadline around it.
//!
//! `timeout(500ms) + retry(5, backoff = fixed(200ms), jitter = none)`: however fast the attempts
//! fail, the waits before the fourth add up to 600 ms. A backoff that would end at the deadline is
//! not begun. Use fewer attempts, shorter waits or a longer deadline.

use super::{Place, Warnings, warning};
use crate::bounds::Retry;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::value::Written;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::Retry, Some(deadline)) = (place.layer.kind, place.visit.deadline) else {
        return;
    };
    let retry = Retry::of(place.layer);
    let starts = retry.can_start(Some(deadline));
    if starts == retry.can_start(None) {
        return;
    }
    let message = format!(
        "attempt {} can never start: the waits before it are at least {}, and the deadline is {}",
        starts + 1,
        Written(retry.shortest_waits(starts)),
        Written(deadline.after)
    );
    let found = warning(codes::ATTEMPT_AFTER_DEADLINE, place.span(), message)
        .with_label(deadline.span, "the deadline")
        .with_help("use fewer attempts, shorter waits, or a longer deadline");
    warnings.push(found);
}
