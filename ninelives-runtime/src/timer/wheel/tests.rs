use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Enter {
        after: u64,
    },
    Change {
        which: usize,
        after: u64,
    },
    Leave {
        which: usize,
    },
    Advance {
        by: u64,
    },
    /// To the time of the first timer: neither a nanosecond early nor late.
    ToFirst,
}

/// Lengths of all orders of magnitude, so that every level is met.
fn length() -> impl Strategy<Value = u64> {
    (0_u32..50, any::<u64>()).prop_map(|(bits, any)| any & ((1 << bits) - 1))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => length().prop_map(|after| Step::Enter { after }),
        1 => (any::<usize>(), length()).prop_map(|(which, after)| Step::Change { which, after }),
        2 => any::<usize>().prop_map(|which| Step::Leave { which }),
        1 => length().prop_map(|by| Step::Advance { by }),
        2 => Just(Step::ToFirst),
    ]
}

/// What the wheel is to do: a list of all timers.
#[derive(Default)]
struct Naive {
    now: u64,
    /// By their order of entry: the key, when, and whether it still runs.
    timers: BTreeMap<usize, (Key, u64, bool)>,
}

impl Naive {
    fn first(&self) -> Option<u64> {
        self.timers.values().filter(|(_, _, runs)| *runs).map(|(_, at, _)| *at).min()
    }

    fn advance(&mut self, now: u64) -> usize {
        self.now = self.now.max(now);
        let over = self.timers.values_mut().filter(|(_, at, runs)| *runs && *at <= self.now);
        over.map(|(_, _, runs)| *runs = false).count()
    }

    fn nth(&self, which: usize) -> Option<usize> {
        let count = self.timers.len();
        (count > 0).then(|| *self.timers.keys().nth(which % count).unwrap())
    }
}

/// How many histories; more where somebody waits for it.
fn cases() -> u32 {
    std::env::var("NINELIVES_HISTORIES").map_or(2_000, |cases| cases.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn every_timer_runs_out_at_its_time(steps in vec(step(), 0..60)) {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        let (mut wheel, mut naive) = (Wheel::new(), Naive::default());
        let (mut entered, mut expected) = (0, 0);
        for step in steps {
            match step {
                Step::Enter { after } => {
                    let at = naive.now + after;
                    naive.timers.insert(entered, (wheel.enter(at, waker.clone()), at, true));
                    entered += 1;
                }
                Step::Change { which, after } => {
                    if let Some(which) = naive.nth(which) {
                        let at = naive.now + after;
                        let timer = naive.timers.get_mut(&which).unwrap();
                        *timer = (timer.0, at, true);
                        drop(wheel.change(timer.0, at, &waker));
                    }
                }
                Step::Leave { which } => {
                    if let Some(which) = naive.nth(which) {
                        let (key, _, _) = naive.timers.remove(&which).unwrap();
                        prop_assert!(wheel.leave(key).is_some());
                    }
                }
                Step::Advance { .. } | Step::ToFirst => {
                    let to = match step {
                        Step::Advance { by } => naive.now + by,
                        _ => naive.first().unwrap_or(naive.now),
                    };
                    let mut wakers = Vec::new();
                    wheel.advance(to, &mut wakers);
                    expected += naive.advance(to);
                    wakers.into_iter().for_each(Waker::wake);
                    prop_assert_eq!(woken.0.load(Ordering::Relaxed), expected);
                }
            }
            prop_assert_eq!(wheel.first(), naive.first());
        }
        for (key, _, _) in naive.timers.into_values() {
            drop(wheel.leave(key));
        }
        prop_assert!(wheel.entries.is_empty());
        prop_assert!(wheel.levels.iter().all(|level| level.occupied == 0));
        drop((wheel, waker));
        prop_assert_eq!(Arc::strong_count(&woken), 1, "every waker was dropped");
    }
}

#[test]
fn a_burst_leaves_no_room_behind() {
    let mut wheel = Wheel::new();
    let keys: Vec<_> =
        (0..2 * RETAINED as u64).map(|at| wheel.enter(at, Waker::noop().clone())).collect();
    for key in keys {
        assert!(wheel.leave(key).is_some());
    }
    assert_eq!(wheel.entries.capacity(), 0);
}
