//! A case of which the counts are known, so that counting that finds nothing is found out.

use crate::Case;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// One locked operation, one clock read, one allocation.
pub(crate) fn case() -> Case {
    let word = Arc::new(AtomicU64::new(0));
    Case::function("one of each", move || {
        black_box(word.fetch_add(1, Ordering::Relaxed));
        black_box(Box::new(black_box(Instant::now())));
        true
    })
}
