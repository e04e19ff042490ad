//! An event to which nobody listens, and the same loop without it.

use ninelives::telemetry::{EventKind, Fact, Reporter};
use ninelives_measure::Case;
use std::hint::black_box;
use std::sync::Arc;
use tokio::time::Instant;

pub(super) fn cases() -> [Case; 2] {
    let reporter = Arc::new(Reporter::new("search.bulkhead".into()));
    let silent = reporter.clone();
    [
        Case::function("event unheard", move || {
            let reporter = black_box(&*reporter);
            if reporter.listens() {
                reporter.report(Instant::now(), Fact::new(EventKind::BulkheadAcquired));
            }
            true
        }),
        Case::function("no event", move || {
            black_box(&*silent);
            true
        }),
    ]
}
