//! A hierarchical timing wheel (Varghese and Lauck 1987, scheme 7): pure state, given the time.
//!
//! Time is in nanoseconds, without rounding. Each level has 64 slots, each as long as the whole level
//! below it; an entry lies at the level of the highest bit in which its time differs from that of the
//! wheel. Entering and leaving take constant time, and most timers leave before they run out, so
//! hardly one ever moves to a lower level.

use slab::Slab;
use std::mem;
use std::num::NonZero;
use std::task::Waker;

/// 6 bits a level for the 64 of a time.
const LEVELS: usize = 11;
const BITS: u32 = 6;

/// The timers of one thread.
#[derive(Debug)]
pub(super) struct Wheel {
    /// All that was to be done until then is done.
    now: u64,
    levels: [Level; LEVELS],
    entries: Slab<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    /// A bit for each slot that has an entry.
    occupied: u64,
    /// The first entry of each slot.
    slots: [Option<Key>; 1 << BITS],
}

#[derive(Debug)]
struct Entry {
    at: u64,
    waker: Waker,
    /// `None` once it has run out: it is kept until its owner takes it back.
    place: Option<Place>,
    before: Option<Key>,
    after: Option<Key>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    level: u8,
    slot: u8,
}

/// An entry, for who entered it: one more than its index, so that none takes no more room than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(NonZero<u32>);

impl Level {
    fn head(&mut self, slot: u8) -> Option<&mut Option<Key>> {
        self.slots.get_mut(usize::from(slot))
    }
}

impl Key {
    fn of(index: usize) -> Self {
        // No machine has room for so many that a key does not fit.
        let key = u32::try_from(index).unwrap_or(u32::MAX);
        Self(NonZero::<u32>::MIN.saturating_add(key))
    }

    fn index(self) -> usize {
        usize::try_from(self.0.get() - 1).unwrap_or(usize::MAX)
    }
}

impl Wheel {
    pub(super) fn new() -> Self {
        let level = Level { occupied: 0, slots: [None; 1 << BITS] };
        Self { now: 0, levels: [level; LEVELS], entries: Slab::new() }
    }

    /// Enters a timer.
    pub(super) fn enter(&mut self, at: u64, waker: Waker) -> Key {
        let room = self.entries.vacant_entry();
        let key = Key::of(room.key());
        let place = Place::of(at, self.now);
        let after = place.put_first(&mut self.levels, key);
        room.insert(Entry { at, waker, place: Some(place), before: None, after });
        self.precede(after, key);
        key
    }

    /// Takes a timer out; what it would have woken, to be dropped out of any lock.
    pub(super) fn leave(&mut self, key: Key) -> Option<Waker> {
        self.unlink(key);
        let waker = self.entries.try_remove(key.index())?.waker;
        if self.entries.is_empty() && self.entries.capacity() > RETAINED {
            self.entries = Slab::new();
        }
        Some(waker)
    }

    /// Moves a timer, and wakes another task by it; the waker before, to be dropped out of any lock.
    pub(super) fn change(&mut self, key: Key, at: u64, waker: &Waker) -> Option<Waker> {
        let entry = self.entries.get_mut(key.index())?;
        let old =
            (!entry.waker.will_wake(waker)).then(|| mem::replace(&mut entry.waker, waker.clone()));
        if entry.at != at || entry.place.is_none() {
            entry.at = at;
            self.unlink(key);
            self.link(key);
        }
        old
    }

    /// True when a timer has run out.
    pub(super) fn has_run_out(&self, key: Key) -> bool {
        self.entries.get(key.index()).is_some_and(|entry| entry.place.is_none())
    }

    /// When the first timer runs out.
    pub(super) fn first(&self) -> Option<u64> {
        let level = self.levels.iter().find(|level| level.occupied != 0)?;
        let slot = usize::try_from(level.occupied.trailing_zeros()).ok()?;
        let head = level.slots.get(slot).copied().flatten();
        let next = |key: &Key| self.entries.get(key.index())?.after;
        let entries = std::iter::successors(head, next);
        entries.filter_map(|key| self.entries.get(key.index())).map(|entry| entry.at).min()
    }

    /// Goes on to `now`, and hands out what the timers that have run out wake.
    pub(super) fn advance(&mut self, now: u64, wakers: &mut Vec<Waker>) {
        let now = now.max(self.now);
        let mut touched = Vec::new();
        for (number, level) in (0..).zip(&mut self.levels) {
            let mut occupied = level.occupied;
            while occupied != 0 {
                let slot = u8::try_from(occupied.trailing_zeros()).unwrap_or(u8::MAX);
                occupied &= occupied - 1;
                if start(self.now, number, slot) > now {
                    break;
                }
                level.occupied &= !(1 << slot);
                let head = level.head(slot).and_then(Option::take);
                let next = |key: &Key| self.entries.get(key.index())?.after;
                touched.extend(std::iter::successors(head, next));
            }
        }
        self.now = now;
        for key in touched {
            let Some(entry) = self.entries.get_mut(key.index()) else {
                continue;
            };
            (entry.place, entry.before, entry.after) = (None, None, None);
            if entry.at <= now {
                wakers.push(mem::replace(&mut entry.waker, Waker::noop().clone()));
            } else {
                self.link(key);
            }
        }
    }

    fn link(&mut self, key: Key) {
        let Some(entry) = self.entries.get_mut(key.index()) else {
            return;
        };
        let place = Place::of(entry.at, self.now);
        let after = place.put_first(&mut self.levels, key);
        (entry.place, entry.after) = (Some(place), after);
        self.precede(after, key);
    }

    fn precede(&mut self, after: Option<Key>, key: Key) {
        if let Some(after) = after.and_then(|after| self.entries.get_mut(after.index())) {
            after.before = Some(key);
        }
    }

    fn unlink(&mut self, key: Key) {
        let Some(entry) = self.entries.get_mut(key.index()) else {
            return;
        };
        let (before, after) = (entry.before.take(), entry.after.take());
        let Some(place) = entry.place.take() else {
            return;
        };
        if let Some(after) = after.and_then(|after| self.entries.get_mut(after.index())) {
            after.before = before;
        }
        if let Some(before) = before.and_then(|before| self.entries.get_mut(before.index())) {
            before.after = after;
        } else if let Some(level) = self.levels.get_mut(usize::from(place.level)) {
            if after.is_none() {
                level.occupied &= !(1 << place.slot);
            }
            if let Some(head) = level.head(place.slot) {
                *head = after;
            }
        }
    }
}

/// So many entries keep their room when the last one has left.
const RETAINED: usize = 1 << 10;

impl Place {
    /// Of a time; what is over by now has that of now.
    fn of(at: u64, now: u64) -> Self {
        let at = at.max(now);
        let highest = ((at ^ now) | LAST_SLOT).ilog2();
        let level = highest / BITS;
        let slot = (at >> (level * BITS)) & LAST_SLOT;
        // Both are small; a level that were not would have no place.
        Self {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            slot: u8::try_from(slot).unwrap_or(u8::MAX),
        }
    }

    /// Puts an entry before the first one of the place, which it returns.
    fn put_first(self, levels: &mut [Level; LEVELS], key: Key) -> Option<Key> {
        let level = levels.get_mut(usize::from(self.level))?;
        level.occupied |= 1 << self.slot;
        level.head(self.slot)?.replace(key)
    }
}

const LAST_SLOT: u64 = (1 << BITS) - 1;

/// When a slot begins that is not over.
fn start(now: u64, level: u32, slot: u8) -> u64 {
    let low = level * BITS;
    let kept = now.checked_shr(low + BITS).and_then(|high| high.checked_shl(low + BITS));
    kept.unwrap_or(0) | u64::from(slot) << low
}

#[cfg(test)]
mod tests;
