//! Every interleaving of writers and readers of a word, a group and a wide value.

use super::*;
use crate::circuit_breaker::{Sample, Window};
use crate::interleavings::every;
use loom::sync::Arc;
use loom::sync::atomic::AtomicU64 as Modelled;
use loom::thread;
use ninelives_dsl::catalogue::{CIRCUIT_BREAKER, RETRY};
use ninelives_dsl::value::Backoff;
use std::convert::Infallible;
use std::time::Duration;

const fn sample(calls: u32) -> Sample {
    Sample { window: Window::Calls(calls), min_calls: calls }
}

#[test]
fn group_is_seen_whole_beside_its_writer() {
    every(|| {
        let word = std::sync::Arc::new(Modelled::new(sample(1).pack()));
        let (written, group) = (word.clone(), Grouped::<Sample, _>::new(word));
        // Not the other way round: of an atomic, loom knows who was at it last, and the load of a writer
        // would hide that of a reader before it.
        let reader = thread::spawn(move || Cell::<Sample>::get(group.group()));
        let Ok(_) = Cell::update(&*written, |_: Sample| Ok::<_, Infallible>(sample(2)));
        let seen = reader.join().unwrap();
        assert!(seen == sample(1) || seen == sample(2), "{seen:?}");
        assert_eq!(Cell::<Sample>::get(&*written), sample(2));
    });
}

#[test]
fn members_of_a_group_written_at_once_are_both_written() {
    every(|| {
        let word = std::sync::Arc::new(Modelled::new(sample(1).pack()));
        let within = |name| {
            let cell = Grouped::<Sample, _>::new(word.clone());
            Adaptive::<u32, _>::within(&CIRCUIT_BREAKER, name, cell).unwrap()
        };
        let min_calls = Arc::new(within("min_calls"));
        let window = {
            let cell = Grouped::<Sample, _>::new(word.clone());
            Adaptive::<Window, _>::within(&CIRCUIT_BREAKER, "window", cell).unwrap()
        };
        let writer = {
            let min_calls = min_calls.clone();
            thread::spawn(move || min_calls.update(|calls| calls + 1).unwrap())
        };
        window.set(Window::Calls(7)).unwrap();
        writer.join().unwrap();
        assert_eq!(min_calls.get(), 2);
        assert_eq!(window.get(), Window::Calls(7));
    });
}

#[test]
fn updates_of_a_word_are_all_made() {
    every(|| {
        let attempts = Adaptive::<u32, _>::within(&RETRY, "max_attempts", Modelled::new(1));
        let attempts = Arc::new(attempts.unwrap());
        let other = attempts.clone();
        let other = thread::spawn(move || other.update(|attempts| attempts + 1).unwrap());
        attempts.update(|attempts| attempts + 1).unwrap();
        other.join().unwrap();
        assert_eq!((attempts.get(), attempts.revision()), (3, 2));
    });
}

#[test]
fn updates_of_a_wide_value_are_all_made() {
    every(|| {
        let cell = Wide::new(Backoff::fixed(Duration::ZERO));
        let backoff = Arc::new(Adaptive::within(&RETRY, "backoff", cell).unwrap());
        let longer = |now: Backoff| Backoff::fixed(now.base() + Duration::from_millis(1));
        let other = backoff.clone();
        let other = thread::spawn(move || other.update(longer).unwrap());
        backoff.update(longer).unwrap();
        other.join().unwrap();
        assert_eq!(backoff.get(), Backoff::fixed(Duration::from_millis(2)));
    });
}
