//! Every interleaving of threads at the permits: the word and the line never part.

use super::*;
use crate::interleavings::{every, interrupted};
use loom::cell::UnsafeCell;
use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;
use std::future::poll_fn;
use std::task::Poll;

/// The permits, and what is done under the only one.
struct Guarded {
    permits: Permits,
    inside: UnsafeCell<()>,
}

impl Guarded {
    fn new() -> Arc<Self> {
        Self::limited(1)
    }

    fn limited(limit: u32) -> Arc<Self> {
        let permits = Permits::limited(limit).unwrap();
        Arc::new(Self { permits, inside: UnsafeCell::new(()) })
    }

    /// Takes a permit, in line if need be.
    fn take(&self) -> Permit<'_> {
        if let Some(permit) = self.permits.cell().try_take() {
            return permit;
        }
        match self.permits.cell().join(9) {
            Joined::Taken(permit) => permit,
            Joined::Waiting(ticket) => block_on(poll_fn(|task| {
                self.permits.cell().ask(ticket, task).map_or(Poll::Pending, Poll::Ready)
            })),
            Joined::Full => unreachable!("the line has room"),
        }
    }

    /// One call: loom fails when two are at it, or one does not happen before the other.
    fn call(&self) {
        let permit = self.take();
        self.inside.with_mut(|_| ());
        drop(permit);
    }

    /// One call among others: loom fails when one that wants to be alone is at it.
    fn join_in(&self) {
        let permit = self.take();
        self.inside.with(|_| ());
        drop(permit);
    }

    /// A call that stands in line and leaves it, handed a permit or not.
    fn give_up(&self) {
        if let Joined::Waiting(ticket) = self.permits.cell().join(9) {
            drop(self.permits.cell().leave(ticket));
        }
    }

    fn assert_idle(&self) {
        assert_eq!((self.permits.cell().taken(), self.permits.cell().waiting()), (0, 0));
        assert!(self.permits.cell().try_take().is_some());
    }
}

#[test]
fn two_calls_take_turns() {
    every(|| {
        let guarded = Guarded::new();
        let other = guarded.clone();
        let other = thread::spawn(move || other.call());
        guarded.call();
        other.join().unwrap();
        guarded.assert_idle();
    });
}

#[test]
fn three_calls_take_turns() {
    interrupted(3, || {
        let guarded = Guarded::new();
        let others = [guarded.clone(), guarded.clone()];
        let others = others.map(|other| thread::spawn(move || other.call()));
        guarded.call();
        for other in others {
            other.join().unwrap();
        }
        guarded.assert_idle();
    });
}

#[test]
fn waiter_that_leaves_takes_no_permit_with_it() {
    interrupted(3, || {
        let guarded = Guarded::new();
        let held = guarded.take();
        let leaves = guarded.clone();
        let leaves = thread::spawn(move || leaves.give_up());
        let waits = guarded.clone();
        let waits = thread::spawn(move || waits.call());
        drop(held);
        leaves.join().unwrap();
        waits.join().unwrap();
        guarded.assert_idle();
    });
}

#[test]
fn larger_limit_is_not_missed_by_who_comes_to_wait() {
    every(|| {
        let guarded = Guarded::new();
        let held = guarded.take();
        let waits = guarded.clone();
        let waits = thread::spawn(move || drop(waits.take()));
        guarded.permits.set(2).unwrap();
        waits.join().unwrap();
        drop(held);
        guarded.assert_idle();
    });
}

#[test]
fn call_under_a_limit_of_one_is_alone_whoever_came_under_a_larger_one() {
    interrupted(3, || {
        let guarded = Guarded::limited(2);
        let others = [guarded.clone(), guarded.clone()];
        let others = others.map(|other| thread::spawn(move || other.join_in()));
        guarded.permits.set(1).unwrap();
        guarded.call();
        for other in others {
            other.join().unwrap();
        }
        guarded.assert_idle();
    });
}

/// Shrinks the limit to one, and looks twice: reads of one word never go back, and who is inside above
/// the limit only leaves.
fn assert_none_is_granted_above_one(permits: &Permits) {
    permits.set(1).unwrap();
    let before = permits.cell().taken();
    let after = permits.cell().taken();
    assert!(after <= before.max(1), "{before} were inside, then {after}");
}

#[test]
fn who_takes_a_permit_takes_none_above_a_smaller_limit() {
    every(|| {
        let guarded = Guarded::limited(2);
        let held = guarded.take();
        let takes = guarded.clone();
        let takes = thread::spawn(move || drop(takes.permits.cell().try_take()));
        assert_none_is_granted_above_one(&guarded.permits);
        takes.join().unwrap();
        drop(held);
        guarded.assert_idle();
    });
}

#[test]
fn who_comes_to_wait_takes_none_above_a_smaller_limit() {
    every(|| {
        let guarded = Guarded::limited(2);
        let held = guarded.take();
        let waits = guarded.clone();
        let waits = thread::spawn(move || match waits.permits.cell().join(9) {
            Joined::Waiting(ticket) => drop(waits.permits.cell().leave(ticket)),
            Joined::Taken(permit) => drop(permit),
            Joined::Full => unreachable!("the line has room"),
        });
        assert_none_is_granted_above_one(&guarded.permits);
        waits.join().unwrap();
        drop(held);
        guarded.assert_idle();
    });
}

#[test]
fn who_waits_is_handed_none_above_a_smaller_limit_and_is_not_forgotten() {
    every(|| {
        let guarded = Guarded::limited(2);
        let (held, given_back) = (guarded.take(), guarded.take());
        let Joined::Waiting(ticket) = guarded.permits.cell().join(9) else {
            unreachable!("it is full")
        };
        let resizes = guarded.clone();
        let resizes = thread::spawn(move || assert_none_is_granted_above_one(&resizes.permits));
        drop(given_back);
        resizes.join().unwrap();
        drop(held);
        assert_eq!((guarded.permits.cell().waiting(), guarded.permits.cell().taken()), (0, 1));
        drop(guarded.permits.cell().leave(ticket));
        guarded.assert_idle();
    });
}

#[test]
fn limit_that_shrinks_and_grows_again_forgets_nobody() {
    every(|| {
        let guarded = Guarded::limited(2);
        let held = guarded.take();
        let waits = guarded.clone();
        let waits = thread::spawn(move || drop(waits.take()));
        guarded.permits.set(1).unwrap();
        guarded.permits.set(2).unwrap();
        waits.join().unwrap();
        drop(held);
        guarded.assert_idle();
    });
}

#[test]
fn two_that_resize_leave_one_of_their_limits_in_force() {
    every(|| {
        let guarded = Guarded::limited(9);
        let held = guarded.take();
        let other = guarded.clone();
        let other = thread::spawn(move || other.permits.set(1).unwrap());
        guarded.permits.set(2).unwrap();
        other.join().unwrap();
        assert_eq!(guarded.permits.cell().taken(), 1);
        assert_eq!(guarded.permits.cell().try_take().is_some(), guarded.permits.get() == 2);
        drop(held);
        guarded.assert_idle();
    });
}
