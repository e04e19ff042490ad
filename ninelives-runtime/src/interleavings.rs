//! How the models run: all interleavings of their threads, counted.

use crate::stripes::threads;
use loom::model::Builder;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Every interleaving, and every value that a read may see.
pub(crate) fn every(model: impl Fn() + Sync + Send + 'static) {
    check(None, model);
}

/// Those in which threads that could go on are interrupted so often at most: without such a bound there
/// is no end of what more than two of them do.
pub(crate) fn interrupted(times: usize, model: impl Fn() + Sync + Send + 'static) {
    check(Some(times), model);
}

fn check(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = preemptions;
    // Not the checker's own atomic, which would be one more thing to interleave.
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        threads::begin();
        model();
    });
    let count = count.load(Ordering::Relaxed);
    // As where a model is written so that the checker cannot see what depends on what.
    assert!(count > 1, "one interleaving is none");
    println!("{count} interleavings");
}
