//! The window against a naive model that remembers every call.

use super::*;
use crate::seeds::Seeds;
use fastrand::Rng;
use ninelives_dsl::value::{Rate, Ratio};
use proptest::prelude::*;
use std::ops::RangeInclusive;

/// Remembers the slot of every first call and withdrawal in the window, and the floor as what is saved up.
struct Model {
    spec: Spec,
    first_calls: Vec<u64>,
    withdrawn: Vec<u64>,
    at: Duration,
    saved: u64,
}

impl Model {
    fn new(spec: Spec) -> Self {
        let mut model = Self {
            spec,
            first_calls: Vec::new(),
            withdrawn: Vec::new(),
            at: Duration::ZERO,
            saved: 0,
        };
        model.saved = model.most_saved();
        model
    }

    fn slot(&self, at: Duration) -> u64 {
        nanos(at) / self.width()
    }

    fn width(&self) -> u64 {
        nanos(self.spec.window) / 10
    }

    fn interval(&self) -> u64 {
        nanos(self.spec.min.period()) / self.spec.min.count()
    }

    fn most_saved(&self) -> u64 {
        nanos(self.spec.window).max(self.interval())
    }

    /// Another spec, in which the floor owes as long as before, where it can.
    fn set(&mut self, spec: Spec) {
        let owed = self.most_saved() - self.saved;
        self.spec = spec;
        self.saved = self.most_saved().saturating_sub(owed);
    }

    fn advance(&mut self, now: Duration, first_calls: u64) {
        let (before, newest) = (self.slot(self.at), self.slot(now));
        self.saved = (self.saved + nanos(now - self.at)).min(self.most_saved());
        self.at = now;
        let forget = |slots: &mut Vec<u64>| slots.retain(|slot| newest - slot < 10);
        forget(&mut self.first_calls);
        forget(&mut self.withdrawn);
        let passed = newest - before;
        if passed == 0 {
            self.first_calls.extend((0..first_calls).map(|_| newest));
            return;
        }
        let seen = passed.min(10);
        let inside = (first_calls * seen).div_ceil(passed);
        for age in 0..seen {
            self.first_calls.extend((0..inside / seen).map(|_| newest - age));
        }
        self.first_calls.extend((0..inside % seen).map(|_| newest));
    }

    fn withdraw(&mut self) -> Option<Entry> {
        let share =
            self.first_calls.len() as u64 * u64::from(self.spec.ratio.millionths()) / 1_000_000;
        if (self.withdrawn.len() as u64) < share {
            let slot = self.slot(self.at);
            self.withdrawn.push(slot);
            return Some(Entry::Share { slot, scale: 0 });
        }
        let interval = self.interval();
        self.saved = self.saved.checked_sub(interval)?;
        Some(Entry::Floor { interval })
    }

    fn refund(&mut self, entry: &Entry) {
        match entry {
            Entry::Share { slot, .. } => {
                let index = self.withdrawn.iter().position(|other| other == slot);
                index.map(|index| self.withdrawn.remove(index));
            }
            Entry::Floor { interval } => {
                self.saved = (self.saved + interval).min(self.most_saved());
            }
        }
    }
}

/// When something was entered, while it may be in the window; and the earliest that the books may
/// take it for, while it must be: the start of its slot, which goes into another slot each time that
/// the width changes.
#[derive(Debug, Default)]
struct Entries {
    possible: Vec<u64>,
    sure: Vec<u64>,
}

impl Entries {
    fn enter(&mut self, at: Duration, width: u64) {
        self.possible.push(nanos(at));
        self.sure.push((nanos(at) + 1).saturating_sub(width));
    }

    fn rescale(&mut self, width: u64) {
        for earliest in &mut self.sure {
            *earliest = (*earliest + 1).saturating_sub(width);
        }
    }

    fn bounds(&mut self, now: Duration, width: u64) -> RangeInclusive<u64> {
        let inside = |at: &u64| at / width + 10 > nanos(now) / width;
        self.possible.retain(inside);
        self.sure.retain(inside);
        self.sure.len() as u64..=self.possible.len() as u64
    }
}

#[derive(Clone, Copy, Debug)]
enum Event {
    /// So many milliseconds pass, in which so many first calls are made.
    Advance(u64, u64),
    Withdraw,
    Refund,
    Set(Spec),
}

fn event(random: &mut Rng) -> Event {
    match random.u8(..5) {
        0 => {
            let longest = [50, 3_000, 40_000][random.usize(..3)];
            Event::Advance(random.u64(..longest), random.u64(..40))
        }
        1 | 2 => Event::Withdraw,
        3 => Event::Refund,
        _ => Event::Set(spec(random)),
    }
}

fn spec(random: &mut Rng) -> Spec {
    Spec {
        ratio: Ratio::from_millionths(random.u32(..10_000_000)),
        min: Rate::new(random.u64(1..30), Duration::from_millis(random.u64(1..5_000))),
        window: Duration::from_secs(random.u64(1..20)),
    }
}

/// The books and the model, through one history. Only time and numbers: a window's length stays.
fn books_equal_the_model(random: &mut Rng, steps: u32) {
    let spec = spec(random);
    let (mut window, mut model) = (Window::new(spec), Model::new(spec));
    let mut held = Vec::new();
    let mut now = Duration::ZERO;
    for _ in 0..random.u32(1..=steps) {
        match event(random) {
            Event::Advance(millis, calls) => {
                now += Duration::from_millis(millis);
                window.advance(now, calls);
                model.advance(now, calls);
            }
            Event::Withdraw => {
                let entry = window.withdraw(now);
                assert_eq!(entry, model.withdraw());
                held.extend(entry);
            }
            Event::Refund if !held.is_empty() => {
                let entry = held.swap_remove(random.usize(..held.len()));
                model.refund(&entry);
                window.refund(entry);
            }
            Event::Refund => {}
            Event::Set(new) => {
                let new = Spec { window: spec.window, ..new };
                window.set_spec(new, now);
                model.set(new);
            }
        }
    }
}

/// The window's length changes, too; the model has no first calls: it tells of the floor.
fn books_hold_what_is_inside_and_nothing_else(random: &mut Rng, steps: u32) {
    let spec = spec(random);
    let (mut window, mut model) = (Window::new(spec), Model::new(spec));
    let (mut first_calls, mut withdrawn) = (Entries::default(), Entries::default());
    let mut now = Duration::ZERO;
    for _ in 0..random.u32(1..=steps) {
        match event(random) {
            Event::Advance(millis, calls) => {
                now += Duration::from_millis(millis);
                model.advance(now, 0);
                window.advance(now, 0);
                // With no time passed since, these are all made now.
                window.advance(now, calls);
                (0..calls).for_each(|_| first_calls.enter(now, model.width()));
            }
            Event::Withdraw => match window.withdraw(now) {
                Some(Entry::Share { .. }) => withdrawn.enter(now, model.width()),
                entry => assert_eq!(entry, model.withdraw()),
            },
            Event::Refund => {}
            Event::Set(new) => {
                window.set_spec(new, now);
                model.set(new);
                first_calls.rescale(model.width());
                withdrawn.rescale(model.width());
            }
        }
        let held = window.held();
        let in_bounds = first_calls.bounds(now, model.width()).contains(&held.first_calls);
        assert!(in_bounds, "{held:?}, not {first_calls:?}");
        let in_bounds = withdrawn.bounds(now, model.width()).contains(&held.withdrawn);
        assert!(in_bounds, "{held:?}, not {withdrawn:?}");
    }
}

fn histories(count: u64, steps: u32, play: fn(&mut Rng, u32)) {
    for seed in Seeds::new(0..count) {
        play(&mut Rng::with_seed(seed), steps);
    }
    println!("{count} histories of up to {steps} steps agree");
}

#[test]
fn short_books_equal_those_of_a_model_that_remembers_every_call() {
    histories(1_000_000, 12, books_equal_the_model);
}

#[test]
fn long_books_equal_those_of_a_model_that_remembers_every_call() {
    histories(20_000, 60, books_equal_the_model);
}

#[test]
fn books_of_changing_windows_hold_what_is_inside_and_nothing_else() {
    histories(200_000, 12, books_hold_what_is_inside_and_nothing_else);
    histories(5_000, 60, books_hold_what_is_inside_and_nothing_else);
}

/// Of any size, and such as meet in one window.
fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![any::<Duration>(), (0..100_000u64).prop_map(Duration::from_millis),]
}

proptest! {
    #[test]
    fn no_number_overflows_and_the_clock_may_go_back(
        ratio in any::<u32>(),
        count in any::<u64>(),
        period in duration(),
        length in duration(),
        at in prop::collection::vec((duration(), prop_oneof![Just(0), 0..u64::MAX / 20]), 1..20),
    ) {
        let mut window = Window::new(Spec {
            ratio: Ratio::from_millionths(ratio),
            min: Rate::new(count, period),
            window: length,
        });
        for (now, calls) in at {
            window.advance(now, calls);
            if let Some(entry) = window.withdraw(now) {
                window.refund(entry);
            }
            window.set_spec(Spec { window: now, ..window.spec() }, now);
        }
    }
}
