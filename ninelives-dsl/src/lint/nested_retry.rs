//! NL122: a retry inside another.
//!
//! Each level repeats what the one inside gave up on. Retry in one place.

use super::{Place, Warnings, warning};
use crate::catalogue::LayerKind;
use crate::codes;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if place.layer.kind == LayerKind::Retry && place.inside.retries {
        let message = "a retry inside this one repeats already: its attempts multiply";
        let found = warning(codes::NESTED_RETRY, place.span(), message)
            .with_help("retry in one place, closest to what fails");
        warnings.push(found);
    }
}
