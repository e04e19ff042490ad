//! Every interleaving of threads at the ring: no event is lost, doubled or torn, and the reader is
//! woken for each.

use super::*;
use crate::interleavings::{every, interrupted};
use loom::sync::{Arc, Notify};
use loom::thread;

/// The words of the event with this number: a torn one would show.
fn event(number: u64) -> [u64; WORDS] {
    [number; WORDS]
}

struct Watched {
    ring: Ring,
    news: Notify,
}

impl Watched {
    fn new(capacity: u32) -> Arc<Self> {
        let watched = Self { ring: Ring::new(capacity), news: Notify::new() };
        // As a task that has begun to look and found nothing.
        assert!(watched.ring.look_away(0));
        Arc::new(watched)
    }

    /// Adds an event; true when it was kept.
    fn add(&self, number: u64) -> bool {
        let added = self.ring.add(event(number));
        if added.wake {
            self.news.notify();
        }
        added.kept
    }

    /// Reads so many events as the task does; loom fails when a wake-up is lost.
    fn read(&self, position: &mut u64, count: usize) -> Vec<u64> {
        let mut seen = Vec::new();
        while seen.len() < count {
            if let Some(words) = self.ring.take(*position) {
                assert!(words.iter().all(|word| *word == words[0]), "torn: {words:?}");
                seen.push(words[0]);
                *position += 1;
            } else if self.ring.look_away(*position) {
                self.news.wait();
            } else {
                thread::yield_now();
            }
        }
        seen
    }
}

#[test]
fn each_event_of_two_writers_is_read_once_and_none_sleeps_through_it() {
    interrupted(3, || {
        let watched = Watched::new(2);
        let writers = [1, 2].map(|number| {
            let watched = watched.clone();
            thread::spawn(move || assert!(watched.add(number)))
        });
        let mut position = 0;
        let mut seen = watched.read(&mut position, 2);
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
        for writer in writers {
            writer.join().unwrap();
        }
        assert!(watched.ring.look_away(position));
    });
}

#[test]
fn events_of_one_writer_come_in_order_through_a_ring_of_one() {
    every(|| {
        let watched = Watched::new(1);
        let writer = {
            let watched = watched.clone();
            thread::spawn(move || {
                let kept = [1, 2].map(|number| watched.add(number));
                kept.iter().filter(|kept| **kept).count()
            })
        };
        let mut position = 0;
        assert_eq!(watched.read(&mut position, 1), [1]);
        let kept = writer.join().unwrap();
        // The second one found room, or was refused because the first was still there.
        assert_eq!(watched.ring.added(), kept as u64);
        if kept == 2 {
            assert_eq!(watched.read(&mut position, 1), [2]);
        }
        assert_eq!(watched.ring.take(position), None);
    });
}

#[test]
fn what_two_writers_cannot_add_to_a_full_ring_is_known_to_them() {
    every(|| {
        let watched = Watched::new(1);
        let other = {
            let watched = watched.clone();
            thread::spawn(move || watched.add(1))
        };
        let kept = [watched.add(2), other.join().unwrap()];
        assert_eq!(kept.iter().filter(|kept| **kept).count(), 1);
        assert_eq!(watched.ring.added(), 1);
        let mut position = 0;
        assert_eq!(watched.read(&mut position, 1), [if kept[0] { 2 } else { 1 }]);
        assert!(watched.add(3));
        assert_eq!(watched.read(&mut position, 1), [3]);
    });
}

#[test]
fn a_full_ring_that_was_abandoned_wakes_somebody() {
    every(|| {
        let watched = Watched::new(1);
        assert!(watched.add(1));
        let writer = {
            let watched = watched.clone();
            thread::spawn(move || watched.ring.add(event(2)))
        };
        watched.ring.abandon();
        let added = writer.join().unwrap();
        assert!(!added.kept);
        // Whoever comes after the reader has left is told, and only the first one.
        let next = watched.ring.add(event(3));
        assert!(!next.kept);
        assert!(added.wake != next.wake);
    });
}
