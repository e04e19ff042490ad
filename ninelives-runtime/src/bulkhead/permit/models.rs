//! Every interleaving of threads at the permits: the word and the line never part.

use super::*;
use loom::cell::UnsafeCell;
use loom::future::block_on;
use loom::model::Builder;
use loom::sync::Arc;
use loom::thread;
use ninelives_dsl::catalogue::BULKHEAD;
use std::future::poll_fn;
use std::task::Poll;

/// The permits, and what is done under the only one.
struct Guarded {
    permits: Permits,
    inside: UnsafeCell<()>,
}

impl Guarded {
    fn new() -> Arc<Self> {
        let limit = Adaptive::new(&BULKHEAD, "max_concurrency", 1).unwrap();
        Arc::new(Self { permits: Permits::new(limit), inside: UnsafeCell::new(()) })
    }

    /// Takes a permit, in line if need be.
    fn take(&self) -> Permit<'_> {
        if let Some(permit) = self.permits.try_take() {
            return permit;
        }
        match self.permits.join(9) {
            Joined::Taken(permit) => permit,
            Joined::Waiting(ticket) => block_on(poll_fn(|task| {
                self.permits.ask(ticket, task).map_or(Poll::Pending, Poll::Ready)
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

    /// A call that stands in line and leaves it, handed a permit or not.
    fn give_up(&self) {
        if let Joined::Waiting(ticket) = self.permits.join(9) {
            drop(self.permits.leave(ticket));
        }
    }

    fn assert_idle(&self) {
        assert_eq!((self.permits.taken(), self.permits.waiting()), (0, 0));
        assert!(self.permits.try_take().is_some());
    }
}

fn check(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(model);
}

#[test]
fn two_calls_take_turns() {
    check(None, || {
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
    check(Some(3), || {
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
    check(Some(3), || {
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
    check(None, || {
        let guarded = Guarded::new();
        let held = guarded.take();
        let waits = guarded.clone();
        let waits = thread::spawn(move || drop(waits.take()));
        guarded.permits.resize(2).unwrap();
        waits.join().unwrap();
        drop(held);
        guarded.assert_idle();
    });
}
