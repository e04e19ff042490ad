//! The ring between the layers and the one task that drains it: bounded, never waited for.
//!
//! A slot holds one event in a few words, so a ring needs no allocation after it is made, and no
//! lock: who may touch the words of a slot is said by its `turn`. Positions count up for ever; the
//! slot of a position is that position in the ring, and its turn is
//!
//! ```text
//! 2 × position                 free: whoever moves the tail past the position may write
//! 2 × position + 1             full: the task may read
//! 2 × (position + capacity)    read, which is free for the next lap
//! ```
//!
//! The lowest bit of the tail says that nobody is looking at the ring. Adding an event clears it in
//! the one locked operation that an event costs, and whoever cleared it wakes the task. The task
//! sets it when it found nothing more, and learns in the same operation whether that is still so.

use crate::sync::atomic::{AtomicU64, Ordering};

/// How many words an event has.
pub(super) const WORDS: usize = 4;

/// A bounded queue of many writers and one reader, who says with each call what it has read.
#[derive(Debug)]
pub(super) struct Ring {
    tail: Tail,
    slots: Box<[Slot]>,
}

// Lines of their own: the tail is what all writers write.
#[repr(align(128))]
#[derive(Debug)]
struct Tail(AtomicU64);

// One line: an event moves one line from the writer to the reader.
#[repr(align(64))]
#[derive(Debug)]
struct Slot {
    turn: AtomicU64,
    words: [AtomicU64; WORDS],
}

/// What came of adding an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) struct Added {
    /// False when the ring was full: the event is lost.
    pub(super) kept: bool,
    /// Nobody is looking at the ring: wake the task.
    pub(super) wake: bool,
}

const UNWATCHED: u64 = 1;

impl Ring {
    /// A ring for `capacity` events, rounded up to a power of two. Nobody looks at it yet.
    pub(super) fn new(capacity: u32) -> Self {
        let capacity = u64::from(capacity).max(1).next_power_of_two();
        let slot = |position| Slot {
            turn: AtomicU64::new(2 * position),
            words: std::array::from_fn(|_| AtomicU64::new(0)),
        };
        Self { tail: Tail(AtomicU64::new(UNWATCHED)), slots: (0..capacity).map(slot).collect() }
    }

    pub(super) fn capacity(&self) -> u64 {
        self.slots.len() as u64
    }

    /// How many events were kept so far.
    pub(super) fn added(&self) -> u64 {
        self.tail.0.load(Ordering::Relaxed) >> 1
    }

    /// Adds an event, unless the ring is full.
    #[inline]
    pub(super) fn add(&self, words: [u64; WORDS]) -> Added {
        let mut tail = self.tail.0.load(Ordering::Relaxed);
        loop {
            let position = tail >> 1;
            let Some(slot) = self.slot(position) else {
                return self.refuse();
            };
            // Acquire: pairs with the Release in `take`, so the words are read before they are
            // written again.
            let turn = slot.turn.load(Ordering::Acquire);
            if turn == 2 * position {
                // Relaxed: what the tail guards is a number; the words are guarded by the turn.
                let moved = self.tail.0.compare_exchange_weak(
                    tail,
                    2 * (position + 1),
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                );
                match moved {
                    Ok(_) => {
                        slot.fill(words, 2 * position + 1);
                        return Added { kept: true, wake: tail & UNWATCHED != 0 };
                    }
                    Err(now) => tail = now,
                }
            } else if turn < 2 * position {
                return self.refuse();
            } else {
                // Somebody else has taken this position.
                tail = self.tail.0.load(Ordering::Relaxed);
            }
        }
    }

    /// The ring is full. When nobody looks at it, somebody should.
    #[cold]
    #[inline(never)]
    fn refuse(&self) -> Added {
        let unwatched = self.tail.0.load(Ordering::Relaxed) & UNWATCHED != 0
            && self.tail.0.fetch_and(!UNWATCHED, Ordering::Relaxed) & UNWATCHED != 0;
        Added { kept: false, wake: unwatched }
    }

    /// The event at `position`, which is the next one of the only reader, once it is there.
    pub(super) fn take(&self, position: u64) -> Option<[u64; WORDS]> {
        let slot = self.slot(position)?;
        // Acquire: pairs with the Release in `fill`.
        if slot.turn.load(Ordering::Acquire) != 2 * position + 1 {
            return None;
        }
        let words = slot.words.each_ref().map(|word| word.load(Ordering::Relaxed));
        // Release: pairs with the Acquire in `add`.
        slot.turn.store(2 * (position + self.capacity()), Ordering::Release);
        Some(words)
    }

    /// The reader, who has taken all before `position`, wants to look away. False when there is
    /// something more; it may not be readable yet.
    pub(super) fn look_away(&self, position: u64) -> bool {
        self.added() == position
            && self.tail.0.fetch_or(UNWATCHED, Ordering::Relaxed) >> 1 == position
    }

    /// The reader looks away whatever there is.
    pub(super) fn abandon(&self) {
        self.tail.0.fetch_or(UNWATCHED, Ordering::Relaxed);
    }

    #[inline]
    fn slot(&self, position: u64) -> Option<&Slot> {
        let mask = self.slots.len().wrapping_sub(1);
        #[expect(clippy::cast_possible_truncation, reason = "the mask takes the low bits")]
        self.slots.get(position as usize & mask)
    }
}

impl Slot {
    #[inline]
    fn fill(&self, words: [u64; WORDS], turn: u64) {
        for (slot, word) in self.words.iter().zip(words) {
            slot.store(word, Ordering::Relaxed);
        }
        // Release: pairs with the Acquire in `take`.
        self.turn.store(turn, Ordering::Release);
    }
}

#[cfg(test)]
#[cfg(ninelives_loom)]
mod models;
#[cfg(test)]
#[cfg(not(ninelives_loom))]
mod tests;
