//! One value a thread, more or less: what every request writes must not be one shared word, which
//! falls to a third of its throughput on two threads.

#[cfg(all(test, ninelives_loom))]
mod models;
#[cfg_attr(all(test, any(ninelives_loom, ninelives_shuttle)), path = "modelled.rs")]
pub(crate) mod threads;

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

// Not yet known: larger than any stripe's index.
const UNKNOWN: usize = usize::MAX;

/// The index of this thread, which is not known yet.
fn take_index() -> usize {
    let mine = threads::next() % threads::count();
    threads::set(mine);
    mine
}

impl<T: Default> Default for Stripes<T> {
    fn default() -> Self {
        Self {
            first: Padded::default(),
            rest: (1..threads::count()).map(|_| Padded::default()).collect(),
        }
    }
}

impl<T> Stripes<T> {
    /// The stripe of this thread.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn mine(&self) -> &T {
        let mine = threads::mine();
        match self.rest.get(mine) {
            Some(stripe) => &stripe.0,
            None => self.first_or_unknown(mine),
        }
    }

    /// The last index has the first stripe, as there is one less in the rest than indices.
    #[cold]
    #[inline(never)]
    fn first_or_unknown(&self, mine: usize) -> &T {
        let mine = if mine == UNKNOWN { take_index() } else { mine };
        &self.rest.get(mine).unwrap_or(&self.first).0
    }

    /// All stripes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.first).chain(&self.rest).map(|stripe| &stripe.0)
    }
}

#[cfg(test)]
#[cfg(not(any(ninelives_loom, ninelives_shuttle)))]
mod tests {
    use super::threads::count;
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

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
