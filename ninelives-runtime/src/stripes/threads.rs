//! The threads of the system, numbered as they come.

use super::UNKNOWN;
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

thread_local! {
    static MINE: Cell<usize> = const { Cell::new(UNKNOWN) };
}

/// More stripes than threads that run at once, so that few share one.
pub(super) fn count() -> usize {
    static COUNT: OnceLock<usize> = OnceLock::new();
    const MOST: usize = 64;
    *COUNT
        .get_or_init(|| available_parallelism().map_or(1, |threads| (2 * threads.get()).min(MOST)))
}

pub(super) fn next() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: any number will do, and it guards nothing.
    THREADS.fetch_add(1, Ordering::Relaxed)
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn mine() -> usize {
    MINE.get()
}

pub(super) fn set(mine: usize) {
    MINE.set(mine);
}
