//! Reading what can be set, and replaced, while requests run.

use arc_swap::ArcSwap;
use ninelives::timeout::TimeoutLayer;
use ninelives::{Host, LoadError, PolicyBook};
use ninelives_measure::Case;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

pub(super) fn cases() -> Result<[Case; 3], LoadError> {
    const VALUE: Duration = Duration::from_secs(1);
    let layer = TimeoutLayer::new(VALUE);
    let swap = Arc::new(ArcSwap::from_pointee(VALUE));
    let book = PolicyBook::from_text("policy it = pass;", Host::new())?;
    Ok([
        Case::function("generation read", move || black_box(&book).generation() == 1),
        Case::function("parameter read", move || black_box(&layer).duration().get() == VALUE),
        Case::function("arc_swap load", move || **black_box(&swap).load() == VALUE),
    ])
}
