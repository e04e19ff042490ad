//! Both windows against a plain list of calls.

use super::*;
use fastrand::Rng;

/// A call of the list: when it ended, and how.
#[derive(Clone, Copy)]
struct Call {
    at: u64,
    failed: bool,
    slow: bool,
}

fn tally(calls: impl Iterator<Item = Call>) -> Tally {
    calls.fold(Tally::default(), |tally, call| Tally {
        calls: tally.calls + 1,
        failures: tally.failures + u64::from(call.failed),
        slow: tally.slow + u64::from(call.slow),
    })
}

fn random_call(random: &mut Rng, at: u64, bad: f64) -> Call {
    Call { at, failed: random.f64() < bad, slow: random.f64() < bad / 2.0 }
}

#[test]
fn window_of_calls_holds_the_last_of_the_list() {
    let mut steps = 0;
    for seed in 0..200 {
        let mut random = Rng::with_seed(seed);
        let size = random.u32(1..=150);
        let bad = random.f64();
        let (mut window, mut list) = (LastCalls::default(), Vec::new());
        for at in 1..=1_000 {
            let call = random_call(&mut random, at, bad);
            list.push(call);
            let held = list.len().saturating_sub(usize::try_from(size).unwrap());
            let expected = tally(list[held..].iter().copied());
            let Call { failed, slow, .. } = call;
            let found = if failed || slow {
                window.strike(Strike { position: at, failed, slow }, size)
            } else {
                window.tally(at, size)
            };
            assert_eq!(found, expected, "seed {seed}, call {at}, window {size}");
            steps += 1;
        }
    }
    println!("{steps} steps of a window of calls");
}

#[test]
fn window_that_is_made_smaller_keeps_the_newest_and_a_larger_one_fills_up() {
    let mut window = LastCalls::default();
    let mut strike = |position, size| {
        let strike = Strike { position, failed: true, slow: false };
        window.strike(strike, size).calls
    };
    assert_eq!(strike(50, 100), 50);
    assert_eq!(strike(120, 100), 100);
    assert_eq!(strike(121, 10), 10);
    assert_eq!(strike(126, 100), 15);
    assert_eq!(strike(400, 100), 100);
}

#[test]
fn window_of_time_holds_the_last_ten_steps_of_the_list() {
    let mut steps = 0;
    for seed in 0..200 {
        let mut random = Rng::with_seed(seed);
        let width = random.u64(1..=1_000);
        let length = width * STEPS;
        let bad = random.f64();
        // From many calls a step to several windows between two calls.
        let pause = 1 + width * random.u64(0..=30) / 10;
        let (mut window, mut list, mut now) = (LastTime::default(), Vec::<Call>::new(), 0);
        let mut ends = 0;
        for position in 1..=1_000 {
            now +=
                if random.u8(..) == 0 { random.u64(0..=3 * length) } else { random.u64(0..=pause) };
            let call = random_call(&mut random, now, bad);
            list.push(call);
            if now >= ends {
                ends = window.advance(now, position - 1, length);
            }
            let Call { failed, slow, .. } = call;
            let found = window.strike(Strike { position, failed, slow });
            let oldest = (now / width).saturating_sub(STEPS - 1);
            let held = list.iter().rev().take_while(|call| call.at / width >= oldest);
            let expected = tally(held.copied());
            assert_eq!(found, expected, "seed {seed}, call {position} at {now}");
            steps += 1;
        }
    }
    println!("{steps} steps of a window of time");
}

/// A step is no wider than a tenth of the length in force when a call comes into it, so a call is in
/// one that began less than that before it: while that is inside the window it must be held, while
/// itself is inside it may be.
#[test]
fn window_of_time_whose_length_changes_holds_the_newest_of_the_list_and_no_older_ones() {
    for seed in 0..2_000 {
        let mut random = Rng::with_seed(seed);
        let bad = random.f64();
        let (mut window, mut list) = (LastTime::default(), Vec::new());
        let (mut length, mut now) = (1_000, 0);
        let (mut ends, mut of) = (0, 0);
        let (mut outside, mut doubtful) = (0, 0);
        for position in 1..=300 {
            if random.u8(0..10) == 0 {
                let longest = 10_u64.pow(random.u32(1..=4));
                length = random.u64(1..=longest);
            }
            let pause = 1 + length / 10_u64.pow(random.u32(0..3));
            now += random.u64(0..=pause);
            let call = random_call(&mut random, now, bad);
            let Call { failed, slow, .. } = call;
            // A good answer in a running step of this length moves nothing.
            if failed || slow || now >= ends || length != of {
                (ends, of) = (window.advance(now, position - 1, length), length);
                let since = |begins: fn(&(u64, Call)) -> u64| {
                    let is_out = |one: &(u64, Call)| begins(one) + length <= now;
                    list.iter().rposition(is_out).map_or(0, |last| last + 1)
                };
                outside = since(|(_, call)| call.at).max(outside);
                doubtful = since(|(earliest, _)| *earliest).max(doubtful);
            }
            let width = (length / STEPS).max(1);
            list.push(((now + 1).saturating_sub(width), call));
            if failed || slow {
                let found = window.strike(Strike { position, failed, slow });
                let from = list.len() - usize::try_from(found.calls).unwrap();
                assert!(
                    (outside..=doubtful).contains(&from),
                    "seed {seed}, call {position}: from {from}, not {outside} to {doubtful}"
                );
                let held = list[from..].iter().map(|(_, call)| *call);
                assert_eq!(found, tally(held), "seed {seed}, call {position}");
            }
        }
    }
}

#[test]
fn clock_that_reads_earlier_counts_in_the_running_step() {
    let mut window = LastTime::default();
    assert_eq!(window.advance(1_000, 0, 100), 1_010);
    assert_eq!(window.advance(995, 1, 100), 1_010);
    let strike = Strike { position: 2, failed: true, slow: false };
    assert_eq!(window.strike(strike).calls, 2);
}

#[test]
fn window_of_time_stays_small_however_often_its_length_changes() {
    let mut window = LastTime::default();
    let mut random = Rng::with_seed(3);
    let mut now = 0;
    for position in 0..100_000 {
        now += random.u64(0..100);
        window.advance(now, position, random.u64(10..10_000));
        assert!(window.steps.len() <= 1_000, "{}", window.steps.len());
    }
    window.advance(now + 20_000, 100_000, 10_000);
    assert_eq!(window.steps.len(), 1, "all is forgotten in the end");
}

#[test]
fn change_of_kind_begins_empty() {
    let mut history = History::default();
    let strike = |position| Strike { position, failed: true, slow: false };
    assert_eq!(history.calls(0).strike(strike(5), 100).calls, 5);
    history.time().advance(1_000, 7, 100);
    assert_eq!(history.time().strike(strike(8)).calls, 1);
    assert_eq!(history.calls(8).strike(strike(9), 100).calls, 1);
}
