//! The books of a budget: what was called and withdrawn of late. Pure state, given the time.

use ninelives_dsl::value::Budget as Spec;
use std::mem;
use std::time::Duration;

/// The window moves in tenths.
pub(super) const SLOTS: usize = 10;

/// First calls and withdrawals of the last ten slots, and the floor.
#[derive(Debug)]
pub(super) struct Window {
    spec: Spec,
    // The newest slot first.
    slots: [Slot; SLOTS],
    newest: u64,
    // How often the slots got another width.
    scale: u64,
    // When the floor is full again: it is empty when that is a whole window away (GCRA).
    floor_full: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    first_calls: u64,
    withdrawn: u64,
}

/// Where a withdrawal stands in the books.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Drawn on the share of the first calls, in that slot of that scale.
    Share { slot: u64, scale: u64 },
    /// Drawn on the floor, which fills up for it in so many nanoseconds.
    Floor { interval: u64 },
}

impl Window {
    pub(super) fn new(spec: Spec) -> Self {
        Self { spec, slots: [Slot::default(); SLOTS], newest: 0, scale: 0, floor_full: 0 }
    }

    pub(super) fn spec(&self) -> Spec {
        self.spec
    }

    /// Puts another spec in force. What was called and withdrawn within its window still counts, and
    /// the floor owes what that window can save up at most.
    pub(super) fn set_spec(&mut self, spec: Spec, now: Duration) {
        let width = self.width();
        self.spec = spec;
        if self.width() != width {
            self.rescale(width, now);
        }
        let full = nanos(now).saturating_add(self.most_saved());
        self.floor_full = self.floor_full.min(full);
    }

    /// Enters slots of the former `width` where they began, which leaves out those that began before
    /// the window: they cannot be divided.
    fn rescale(&mut self, width: u64, now: Duration) {
        let (slots, newest) = (mem::take(&mut self.slots), self.newest);
        self.newest = self.slot_at(now);
        self.scale += 1;
        for (age, held) in (0..).zip(slots) {
            let begun = newest.saturating_sub(age).saturating_mul(width);
            if let Some(slot) = self.slot_mut(begun / self.width()) {
                slot.first_calls += held.first_calls;
                slot.withdrawn += held.withdrawn;
            }
        }
    }

    /// Moves the window to `now` and enters the first calls made since it was last moved. When in
    /// that time they were made is not known, because that would cost each of them a clock reading:
    /// they are taken to have come evenly, and those that came before the window are forgotten.
    pub(super) fn advance(&mut self, now: Duration, first_calls: u64) {
        // A clock that jumped back stands still here.
        let newest = self.slot_at(now).max(self.newest);
        let passed = newest - self.newest;
        self.newest = newest;
        let begun = usize::try_from(passed).unwrap_or(SLOTS).min(SLOTS);
        self.slots.rotate_right(begun);
        // With no slot begun all of them belong to the newest.
        let (passed, spread) = (u128::from(passed.max(1)), begun.max(1));
        let (fresh, _) = self.slots.split_at_mut(begun);
        fresh.fill(Slot::default());
        let inside = (u128::from(first_calls) * spread as u128).div_ceil(passed);
        let inside = u64::try_from(inside).unwrap_or(u64::MAX);
        let (each, over) = (inside / spread as u64, inside % spread as u64);
        for slot in self.slots.iter_mut().take(spread) {
            slot.first_calls += each;
        }
        if let Some(newest) = self.slots.first_mut() {
            newest.first_calls += over;
        }
    }

    /// Withdraws one: on the share, which expires, before the floor, which does not.
    pub(super) fn withdraw(&mut self, now: Duration) -> Option<Entry> {
        let held = self.held();
        let share = u128::from(held.first_calls) * u128::from(self.spec.ratio.millionths());
        if (u128::from(held.withdrawn) + 1) * 1_000_000 <= share {
            self.slots.first_mut()?.withdrawn += 1;
            return Some(Entry::Share { slot: self.newest, scale: self.scale });
        }
        let now = nanos(now);
        let interval = self.interval()?;
        let full = self.floor_full.max(now).saturating_add(interval);
        if full - now > self.most_saved() {
            return None;
        }
        self.floor_full = full;
        Some(Entry::Floor { interval })
    }

    /// How many withdrawals there would be now, with no further first call.
    pub(super) fn left(&self, now: Duration) -> u64 {
        let held = self.held();
        let share = u128::from(held.first_calls) * u128::from(self.spec.ratio.millionths());
        let share = u64::try_from(share / 1_000_000).unwrap_or(u64::MAX);
        let floor = self.interval().map_or(0, |interval| {
            let taken = self.floor_full.saturating_sub(nanos(now));
            self.most_saved().saturating_sub(taken) / interval
        });
        share.saturating_sub(held.withdrawn).saturating_add(floor)
    }

    /// Takes a withdrawal back. One that left the window has nothing to give back any more; neither
    /// has one of another scale, since its slot is not known.
    pub(super) fn refund(&mut self, entry: Entry) {
        match entry {
            Entry::Share { slot, scale } if scale == self.scale => {
                if let Some(slot) = self.slot_mut(slot) {
                    slot.withdrawn = slot.withdrawn.saturating_sub(1);
                }
            }
            Entry::Share { .. } => {}
            Entry::Floor { interval } => {
                self.floor_full = self.floor_full.saturating_sub(interval);
            }
        }
    }

    fn held(&self) -> Slot {
        self.slots.iter().fold(Slot::default(), |sum, slot| Slot {
            first_calls: sum.first_calls + slot.first_calls,
            withdrawn: sum.withdrawn + slot.withdrawn,
        })
    }

    fn slot_at(&self, now: Duration) -> u64 {
        nanos(now) / self.width()
    }

    /// A slot by its number, while the window holds it.
    fn slot_mut(&mut self, slot: u64) -> Option<&mut Slot> {
        let age = usize::try_from(self.newest.saturating_sub(slot)).ok()?;
        self.slots.get_mut(age)
    }

    /// The nanoseconds of a slot.
    fn width(&self) -> u64 {
        (nanos(self.spec.window) / SLOTS as u64).max(1)
    }

    /// The nanoseconds in which an empty floor is full: enough for one repetition at least.
    fn most_saved(&self) -> u64 {
        nanos(self.spec.window).max(self.interval().unwrap_or(0))
    }

    /// The nanoseconds in which the floor gains one repetition; none without a floor.
    fn interval(&self) -> Option<u64> {
        let per = nanos(self.spec.min.period()).checked_div(self.spec.min.count())?;
        Some(per.max(1))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
