//! Counts the good answers of a closed period: all that a good answer ever writes.

use crate::stripes::Stripes;
use crate::sync::atomic::{AtomicU64, Ordering};

/// A count in stripes. Each stripe is one word, a generation's tag above a count, so that a late
/// answer of an earlier generation cannot be counted in a later one.
///
/// The tag wraps after 65,536 generations. [`restart`](Self::restart) writes every stripe, so that
/// could mislead only a thread that slept through all of them between two instructions. The count
/// wraps after centuries of a thousand million calls a day.
#[derive(Debug)]
pub(super) struct Successes(Stripes<AtomicU64>);

const COUNT_BITS: u32 = 48;
const COUNT: u64 = (1 << COUNT_BITS) - 1;

fn tag(generation: u64) -> u64 {
    generation << COUNT_BITS
}

impl Successes {
    pub(super) fn new() -> Self {
        Self(Stripes::default())
    }

    /// Counts one, and returns the count of this stripe; `None` when the generation is over.
    ///
    /// Relaxed: the word guards no other memory, and its tag decides by itself. The tag of the
    /// caller's generation is there: it was stored before the generation was published.
    #[inline]
    pub(super) fn add(&self, generation: u64) -> Option<u64> {
        let stripe = self.0.mine();
        let mut word = stripe.load(Ordering::Relaxed);
        while word & !COUNT == tag(generation) {
            let more = tag(generation) | ((word + 1) & COUNT);
            match stripe.compare_exchange_weak(word, more, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(more & COUNT),
                Err(other) => word = other,
            }
        }
        None
    }

    /// All that were counted in the current generation.
    pub(super) fn sum(&self) -> u64 {
        let count = |stripe: &AtomicU64| stripe.load(Ordering::Relaxed) & COUNT;
        self.0.iter().map(count).sum()
    }

    /// Begins a generation with nothing counted. Called under the circuit's lock, before the
    /// generation is published.
    pub(super) fn restart(&self, generation: u64) {
        for stripe in self.0.iter() {
            // A store would do. The model checker, though, orders a store beside an addition as if
            // the addition could come after it and not see it; it orders two additions rightly.
            stripe.swap(tag(generation), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_answer_is_not_counted_in_a_later_generation() {
        let successes = Successes::new();
        assert_eq!(successes.add(0), Some(1));
        assert_eq!(successes.add(0), Some(2));
        successes.restart(1);
        assert_eq!(successes.add(0), None);
        assert_eq!(successes.sum(), 0);
        assert_eq!(successes.add(1), Some(1));
        assert_eq!(successes.sum(), 1);
    }

    #[test]
    fn threads_lose_no_count() {
        let successes = Successes::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        assert!(successes.add(0).is_some());
                    }
                });
            }
        });
        assert_eq!(successes.sum(), 40_000);
    }
}
