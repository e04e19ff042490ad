//! The window against a naive model that remembers every call.

use super::*;
use ninelives_dsl::value::{Rate, Ratio};
use proptest::prelude::*;

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
        nanos(at) / (nanos(self.spec.window) / 10)
    }

    fn interval(&self) -> u64 {
        nanos(self.spec.min.period()) / self.spec.min.count()
    }

    fn most_saved(&self) -> u64 {
        nanos(self.spec.window).max(self.interval())
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
            return Some(Entry::Share { slot });
        }
        let interval = self.interval();
        self.saved = self.saved.checked_sub(interval)?;
        Some(Entry::Floor { interval })
    }

    fn refund(&mut self, entry: &Entry) {
        match entry {
            Entry::Share { slot } => {
                let index = self.withdrawn.iter().position(|other| other == slot);
                index.map(|index| self.withdrawn.remove(index));
            }
            Entry::Floor { interval } => {
                self.saved = (self.saved + interval).min(self.most_saved());
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Event {
    Advance(u64, u64),
    Withdraw,
    Refund(prop::sample::Index),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (prop_oneof![0..50u64, 0..3_000u64, 0..40_000u64], 0..40u64)
            .prop_map(|(millis, calls)| Event::Advance(millis, calls)),
        Just(Event::Withdraw),
        Just(Event::Withdraw),
        any::<prop::sample::Index>().prop_map(Event::Refund),
    ]
}

fn spec() -> impl Strategy<Value = Spec> {
    (0..10_000_000u32, 1..30u64, 1..5_000u64, 1..20u64).prop_map(
        |(ratio, count, period, window)| Spec {
            ratio: Ratio::from_millionths(ratio),
            min: Rate::new(count, Duration::from_millis(period)),
            window: Duration::from_secs(window),
        },
    )
}

/// Of any size, and such as meet in one window.
fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![any::<Duration>(), (0..100_000u64).prop_map(Duration::from_millis),]
}

proptest! {
    #[test]
    fn books_equal_those_of_a_model_that_remembers_every_call(
        spec in spec(),
        events in prop::collection::vec(event(), 1..60),
    ) {
        let (mut window, mut model) = (Window::new(spec), Model::new(spec));
        let mut held = Vec::new();
        let mut now = Duration::ZERO;
        for event in events {
            match event {
                Event::Advance(millis, calls) => {
                    now += Duration::from_millis(millis);
                    window.advance(now, calls);
                    model.advance(now, calls);
                }
                Event::Withdraw => {
                    let entry = window.withdraw(now);
                    prop_assert_eq!(&entry, &model.withdraw());
                    held.extend(entry);
                }
                Event::Refund(index) if !held.is_empty() => {
                    let entry = held.swap_remove(index.index(held.len()));
                    model.refund(&entry);
                    window.refund(entry);
                }
                Event::Refund(_) => {}
            }
        }
    }

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
        }
    }
}
