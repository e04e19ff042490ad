//! What is in force, and what is made of it: exchanged while others read.
//!
//! ```text
//! Current<T>   the one in force     read by its number alone, one acquire load
//!    └─> Made<D>   made of it       once for all who share it, by the first who asks
//! ```

use crate::swap::Swap;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

/// What has a place in the line of those in force.
pub(super) trait Numbered {
    /// Grows from each to the next.
    fn number(&self) -> u64;
}

/// The one in force.
pub(super) struct Current<T> {
    value: Swap<T>,
    /// That of `value`, or of one before it: a plain load, where a load of the pointer would write a
    /// shared word.
    number: AtomicU64,
}

impl<T: Numbered> Current<T> {
    pub(super) fn new(first: T) -> Self {
        Self { number: AtomicU64::new(first.number()), value: Swap::new(Arc::new(first)) }
    }

    #[inline]
    pub(super) fn number(&self) -> u64 {
        // Pairs with the release in `put`: who sees a number finds the value it belongs to, or a
        // later one.
        self.number.load(Ordering::Acquire)
    }

    pub(super) fn load(&self) -> Arc<T> {
        self.value.load()
    }

    /// Puts the next one in force. Those who do so take turns.
    pub(super) fn put(&self, next: T) {
        let number = next.number();
        self.value.store(Arc::new(next));
        // Pairs with the acquire in `number`.
        self.number.store(number, Ordering::Release);
    }
}

/// What was made of the one in force, or of one before it.
pub(super) struct Made<D> {
    latest: Swap<D>,
    /// Held while the next is made, so that each is made once.
    making: Mutex<()>,
}

impl<D: Numbered> Made<D> {
    pub(super) fn new(first: Arc<D>) -> Self {
        Self { latest: Swap::new(first), making: Mutex::new(()) }
    }

    /// What belongs to the one in force: it is made by the first who asks, and the one before it is
    /// let go of.
    pub(super) fn follow<T: Numbered>(
        &self,
        current: &Current<T>,
        make: impl FnOnce(&T) -> D,
    ) -> Arc<D> {
        let latest = self.latest.load();
        if latest.number() >= current.number() {
            return latest;
        }
        let making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = self.latest.load();
        if latest.number() >= current.number() {
            return latest;
        }
        let made = Arc::new(make(&current.load()));
        self.latest.store(made.clone());
        // Before `latest` is: what ends with it is the host's, and may do anything.
        drop(making);
        made
    }
}

#[cfg(all(test, ninelives_loom))]
mod models;
