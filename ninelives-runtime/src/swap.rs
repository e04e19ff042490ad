//! A value that is exchanged whole while others read it: the only place that names `arc-swap`.
//!
//! # Why arc-swap
//! A reader never waits for a writer, and a writer not for readers. That matters right after a
//! reload, when every service asks for the new generation at once.
//!
//! # How it is used
//! Its algorithm is intricate: reports against its memory orderings came in 2018 to 2025 (164, 200
//! and 204, all fixed; 210, open against 1.9.1: <https://github.com/vorner/arc-swap/issues/210>).
//! So as little as possible rests on it:
//!
//! - No request asks it for anything. A request compares a number ([`PolicyBook`]'s revision), and
//!   only when that has changed is the pointer loaded. The wait before a retry is read from it, which
//!   is off the way of a call that succeeds.
//! - Only the three plainest operations are used, with full [`Arc`]s: no guards that borrow from it,
//!   no comparison and exchange, no caches of its own.
//! - What is read is immutable, so a reader that is a moment late is as if it had come earlier.
//!
//! Under the model checker a lock takes its place, for `arc-swap` does not know `loom`: the models
//! are of what we build on it, and take it to do what it says.
//!
//! [`PolicyBook`]: crate::dynamic::PolicyBook

use crate::sync::{Mutex, MutexGuard};
use std::fmt;
use std::sync::{Arc, PoisonError};

#[cfg(not(all(test, ninelives_loom)))]
type Place<T> = arc_swap::ArcSwap<T>;
#[cfg(all(test, ninelives_loom))]
use model::Place;

/// A value behind a pointer that can be exchanged.
pub(crate) struct Swap<T> {
    place: Place<T>,
    /// Writers take turns, so that [`replace`](Self::replace) needs no more of the place than to load
    /// and to store.
    writing: Mutex<()>,
}

impl<T> Swap<T> {
    /// Holds `value` at first.
    pub(crate) fn new(value: Arc<T>) -> Self {
        Self { place: Place::new(value), writing: Mutex::new(()) }
    }

    /// The value in place.
    pub(crate) fn load(&self) -> Arc<T> {
        self.place.load_full()
    }

    /// Puts another value in place: who loads after this finds it, or a later one.
    pub(crate) fn store(&self, value: Arc<T>) {
        let _turn = self.turn();
        self.place.store(value);
    }

    /// Puts another value in the place of `old`, unless that is no longer there.
    pub(crate) fn replace(&self, old: &Arc<T>, value: Arc<T>) -> bool {
        let _turn = self.turn();
        let is_there = Arc::ptr_eq(&self.place.load_full(), old);
        if is_there {
            self.place.store(value);
        }
        is_there
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: fmt::Debug> fmt::Debug for Swap<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.load().fmt(out)
    }
}

#[cfg(all(test, ninelives_loom))]
mod model {
    use loom::sync::Mutex;
    use std::sync::Arc;

    /// Does what `ArcSwap` says it does.
    pub(super) struct Place<T>(Mutex<Arc<T>>);

    impl<T> Place<T> {
        pub(super) fn new(value: Arc<T>) -> Self {
            Self(Mutex::new(value))
        }

        pub(super) fn load_full(&self) -> Arc<T> {
            self.0.lock().unwrap().clone()
        }

        pub(super) fn store(&self, value: Arc<T>) {
            *self.0.lock().unwrap() = value;
        }
    }
}
