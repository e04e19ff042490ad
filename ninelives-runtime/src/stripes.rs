//! One value a thread, more or less: what every request writes must not be one shared word, which
//! falls to a third of its throughput on two threads.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

/// Copies of `T`, each on cache lines of its own. A thread always writes the same one; a reader
/// adds them up.
#[derive(Debug)]
pub(crate) struct Stripes<T> {
    first: Padded<T>,
    rest: Box<[Padded<T>]>,
}

// Two lines: processors fetch them in pairs.
#[repr(align(128))]
#[derive(Debug, Default)]
struct Padded<T>(T);

/// More stripes than threads that run at once, so that few share one.
fn count() -> usize {
    static COUNT: OnceLock<usize> = OnceLock::new();
    const MOST: usize = 64;
    *COUNT
        .get_or_init(|| available_parallelism().map_or(1, |threads| (2 * threads.get()).min(MOST)))
}

thread_local! {
    static MINE: usize = {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        // Relaxed: any number will do, and it guards nothing.
        THREADS.fetch_add(1, Ordering::Relaxed) % count()
    };
}

impl<T: Default> Default for Stripes<T> {
    fn default() -> Self {
        Self { first: Padded::default(), rest: (1..count()).map(|_| Padded::default()).collect() }
    }
}

impl<T> Stripes<T> {
    /// The stripe of this thread.
    #[inline]
    pub(crate) fn mine(&self) -> &T {
        let mine = MINE.with(|mine| *mine);
        &self.rest.get(mine).unwrap_or(&self.first).0
    }

    /// All stripes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.first).chain(&self.rest).map(|stripe| &stripe.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn no_addition_of_any_thread_is_lost() {
        let counter = Stripes::<AtomicU64>::default();
        std::thread::scope(|scope| {
            for _ in 0..2 * count() + 1 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        counter.mine().fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let total: u64 = counter.iter().map(|stripe| stripe.load(Ordering::Relaxed)).sum();
        assert_eq!(total, 1_000 * (2 * count() as u64 + 1));
    }
}
