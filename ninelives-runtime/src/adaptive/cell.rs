//! Where a parameter's value is kept.

use super::{Valued, Word};
use crate::swap::Swap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A place for a value. It is read at once, and written in one step.
pub trait Cell<T>: Send + Sync {
    /// The value in place.
    fn get(&self) -> T;

    /// Puts in place what `change` makes of the value there, and returns it. `change` runs again when
    /// another write comes between; nothing changes when it fails.
    ///
    /// # Errors
    /// That of `change`.
    fn update<E>(&self, change: impl FnMut(T) -> Result<T, E>) -> Result<T, E>;

    /// Wakes those for whom a write made room. Called after it, when the writer holds no lock any
    /// more: a waker may do anything.
    fn wake(&self) {}
}

/// The model checker has atomics of its own.
macro_rules! words {
    ($($word:ty),*) => {
        $(
            /// Relaxed, in all that is done with a word: a parameter guards no other memory, and who
            /// sees the value before a write a moment longer is as if the request had come a moment
            /// earlier.
            impl<T: Word> Cell<T> for $word {
                #[inline]
                fn get(&self) -> T {
                    T::unpack(self.load(Ordering::Relaxed))
                }

                fn update<E>(&self, mut change: impl FnMut(T) -> Result<T, E>) -> Result<T, E> {
                    let mut seen = self.load(Ordering::Relaxed);
                    loop {
                        let new = change(T::unpack(seen))?;
                        let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
                        match self.compare_exchange_weak(seen, new.pack(), success, failure) {
                            Ok(_) => return Ok(new),
                            Err(other) => seen = other,
                        }
                    }
                }
            }
        )*
    };
}

words!(std::sync::atomic::AtomicU64);
#[cfg(all(test, ninelives_loom))]
words!(loom::sync::atomic::AtomicU64);

/// For a value that does not fit in a word, and is read off the way of a request that succeeds.
#[derive(Debug)]
pub struct Wide<T>(Swap<T>);

impl<T> Wide<T> {
    /// Holds `value` at first.
    pub(crate) fn new(value: T) -> Self {
        Self(Swap::new(Arc::new(value)))
    }
}

impl<T: Valued> Cell<T> for Wide<T> {
    fn get(&self) -> T {
        *self.0.load()
    }

    fn update<E>(&self, mut change: impl FnMut(T) -> Result<T, E>) -> Result<T, E> {
        loop {
            let seen = self.0.load();
            let new = change(*seen)?;
            if self.0.replace(&seen, Arc::new(new)) {
                return Ok(new);
            }
        }
    }
}
