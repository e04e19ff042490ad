//! NL104: a backoff without jitter.
//!
//! `retry(3, jitter = none)`: clients that failed together come back together. Use `full`, the
//! default.

use super::{Place, Warnings, warning};
use crate::bounds::Retry;
use crate::catalogue::LayerKind;
use crate::codes;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if place.layer.kind == LayerKind::Retry && Retry::of(place.layer).waits_without_jitter() {
        let message = "without jitter the clients that failed together come back together";
        let found = warning(codes::NO_JITTER, place.span_of("jitter"), message)
            .with_help("use `jitter = full`, the default");
        warnings.push(found);
    }
}
