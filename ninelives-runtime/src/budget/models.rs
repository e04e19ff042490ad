//! Every interleaving of first calls, withdrawals, refunds and writes: no token is lost, and none is
//! made.

use super::*;
use crate::interleavings::{every, interrupted};
use loom::sync::Arc;
use loom::thread;
use ninelives_dsl::catalogue::RETRY;
use ninelives_dsl::value::{Rate, Ratio};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// Grants one repetition a first call, and `floor` of them besides.
fn spec(floor: u64) -> Spec {
    Spec { ratio: Ratio::ONE, min: Rate::new(floor, HOUR), window: HOUR }
}

fn budget(floor: u64) -> (Arc<Budget>, Instant) {
    let budget = Budget::spending(&RETRY, Some(spec(floor))).unwrap();
    (Arc::new(budget), Instant::now())
}

fn withdrawals(budget: &Budget, now: Instant) -> usize {
    std::iter::from_fn(|| budget.withdraw(now)).take(9).count()
}

/// A first call and a retry of it.
fn call_and_repeat(budget: &Budget, now: Instant) -> usize {
    budget.deposit();
    usize::from(budget.withdraw(now).is_some())
}

#[test]
fn each_first_call_is_worth_one_repetition() {
    every(|| {
        let (budget, now) = budget(0);
        let other = {
            let budget = budget.clone();
            thread::spawn(move || call_and_repeat(&budget, now))
        };
        let mine = call_and_repeat(&budget, now);
        assert_eq!(mine, 1, "a call that repeats sees its own addition");
        assert_eq!(other.join().unwrap(), 1);
        assert_eq!(withdrawals(&budget, now), 0);
    });
}

#[test]
fn each_first_call_of_three_threads_is_worth_one_repetition() {
    interrupted(3, || {
        let (budget, now) = budget(0);
        let others = [(); 2].map(|()| {
            let budget = budget.clone();
            thread::spawn(move || call_and_repeat(&budget, now))
        });
        let mine = call_and_repeat(&budget, now);
        let granted = others.map(|other| other.join().unwrap());
        assert_eq!((mine, granted), (1, [1, 1]));
        assert_eq!(withdrawals(&budget, now), 0);
    });
}

#[test]
fn refunded_token_is_there_once_for_whoever_asks() {
    every(|| {
        let (budget, now) = budget(1);
        let other = {
            let budget = budget.clone();
            thread::spawn(move || budget.withdraw(now).is_some())
        };
        let mine = budget.withdraw(now);
        budget.refund(mine);
        let granted = usize::from(other.join().unwrap());
        assert_eq!(granted + withdrawals(&budget, now), 1);
    });
}

#[test]
fn write_beside_a_withdrawal_makes_no_token_and_loses_none() {
    every(|| {
        let (budget, now) = budget(2);
        let other = {
            let budget = budget.clone();
            thread::spawn(move || budget.withdraw(now).is_some())
        };
        let twice = Spec { ratio: Ratio::ZERO, ..spec(2) };
        budget.set(Some(twice)).unwrap();
        assert!(other.join().unwrap());
        assert_eq!(budget.get(), Some(twice));
        assert_eq!(withdrawals(&budget, now), 1);
    });
}

#[test]
fn token_of_a_budget_that_is_switched_off_and_on_stands_in_the_books_or_does_not() {
    every(|| {
        let (budget, now) = budget(1);
        let other = {
            let budget = budget.clone();
            thread::spawn(move || {
                let token = budget.withdraw(now);
                budget.refund(token);
            })
        };
        budget.set(None).unwrap();
        budget.set(Some(spec(1))).unwrap();
        other.join().unwrap();
        assert_eq!(withdrawals(&budget, now), 1, "its refund is the withdrawal's own or nothing");
    });
}
