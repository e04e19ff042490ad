//! The budget as its layers use it.

use super::*;
use ninelives_dsl::catalogue::RETRY;
use ninelives_dsl::value::{Rate, Ratio};
use std::time::Duration;

const NO_FLOOR: Rate = Rate::new(0, Duration::from_secs(1));

fn budget(ratio: Ratio, min: Rate) -> Budget {
    let spec = Spec { ratio, min, window: Spec::WINDOW };
    Budget::spending(&RETRY, Some(spec)).unwrap()
}

fn withdrawals(budget: &Budget, now: Instant, asked: usize) -> usize {
    (0..asked).filter(|_| budget.withdraw(now).is_some()).count()
}

/// Finagle's own test of its budget: a frozen clock, ten thousand requests that all fail.
#[test]
fn ten_thousand_requests_are_repeated_by_the_ratio_within_one() {
    for hundredths in [0, 1, 33, 100, 250, 1_000, 2_000, 3_333, 5_000, 9_999, 10_000] {
        let budget = budget(Ratio::from_millionths(hundredths * 100), NO_FLOOR);
        let now = Instant::now();
        let mut repeated = 0u32;
        for _ in 0..10_000 {
            budget.deposit();
            repeated += u32::from(budget.withdraw(now).is_some());
        }
        assert!(
            repeated.abs_diff(hundredths) <= 1,
            "{repeated} repetitions of 10,000 at {hundredths} hundredths of a percent"
        );
    }
}

#[test]
fn floor_is_granted_without_any_call_and_fills_up_by_its_rate() {
    let budget = budget(Ratio::ZERO, Rate::per_second(10));
    let now = Instant::now();
    assert_eq!(withdrawals(&budget, now, 1_000), 100, "one window's worth");
    let later = now + Duration::from_secs(3);
    assert_eq!(withdrawals(&budget, later, 1_000), 30);
    let much_later = later + Duration::from_secs(3_600);
    assert_eq!(withdrawals(&budget, much_later, 1_000), 100);
}

#[test]
fn slow_floor_grants_one_at_a_time() {
    let budget = budget(Ratio::ZERO, Rate::new(1, Duration::from_secs(60)));
    let now = Instant::now();
    assert_eq!(withdrawals(&budget, now, 5), 1);
    assert_eq!(withdrawals(&budget, now + Duration::from_secs(59), 5), 0);
    assert_eq!(withdrawals(&budget, now + Duration::from_secs(60), 5), 1);
}

#[test]
fn hours_of_success_grant_the_share_of_one_window() {
    let budget = budget(Ratio::percent(20), NO_FLOOR);
    let began = Instant::now();
    for _ in 0..360_000 {
        budget.deposit();
    }
    // A hundred calls a second for an hour: a thousand in the window.
    let granted = withdrawals(&budget, began + Duration::from_secs(3_600), 100_000);
    assert!(granted.abs_diff(200) <= 1, "{granted} repetitions granted");
}

#[test]
fn calls_older_than_the_window_do_not_count() {
    let budget = budget(Ratio::percent(100), NO_FLOOR);
    let now = Instant::now();
    for _ in 0..50 {
        budget.deposit();
    }
    assert_eq!(withdrawals(&budget, now, 20), 20);
    let later = now + Spec::WINDOW;
    assert_eq!(withdrawals(&budget, later, 50), 0);
}

#[test]
fn refunded_token_can_be_withdrawn_again() {
    for min in [NO_FLOOR, Rate::new(3, Spec::WINDOW)] {
        let budget = budget(Ratio::percent(100), min);
        budget.deposit();
        let now = Instant::now();
        let mut tokens: Vec<_> = std::iter::from_fn(|| budget.withdraw(now)).collect();
        assert_eq!(tokens.len() as u64, 1 + min.count());
        let token = tokens.pop().unwrap();
        budget.refund(token);
        assert_eq!(withdrawals(&budget, now, 5), 1);
    }
}

#[test]
fn no_token_is_lost_or_made_by_contending_threads() {
    const EACH: usize = 5_000;
    let budget = budget(Ratio::percent(25), NO_FLOOR);
    let now = Instant::now();
    let granted: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let budget = &budget;
                scope.spawn(move || {
                    let mut granted = 0;
                    for call in 0..EACH {
                        budget.deposit();
                        match budget.withdraw(now) {
                            Some(token) if (call + thread) % 3 == 0 => budget.refund(token),
                            Some(_) => granted += 1,
                            None => {}
                        }
                    }
                    granted
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let left = withdrawals(&budget, now, 8 * EACH);
    assert_eq!(granted + left, 8 * EACH / 4);
}

#[test]
fn switched_off_budget_grants_all_and_counts_nothing() {
    let budget = budget(Ratio::percent(10), NO_FLOOR);
    let now = Instant::now();
    budget.set(None).unwrap();
    assert_eq!(budget.get(), None);
    for _ in 0..100 {
        budget.deposit();
    }
    assert_eq!(withdrawals(&budget, now, 1_000), 1_000);
    let spec = Spec { min: NO_FLOOR, ..Spec::RETRY };
    budget.set(Some(spec)).unwrap();
    assert_eq!(budget.get(), Some(spec));
    assert_eq!(withdrawals(&budget, now, 1_000), 0);
}

#[test]
fn changed_budget_keeps_its_balance() {
    let budget = budget(Ratio::percent(10), NO_FLOOR);
    let now = Instant::now();
    for _ in 0..100 {
        budget.deposit();
    }
    assert_eq!(withdrawals(&budget, now, 100), 10);
    let spec = Spec { ratio: Ratio::percent(50), min: NO_FLOOR, window: Duration::from_secs(60) };
    budget.set(Some(spec)).unwrap();
    assert_eq!(withdrawals(&budget, Instant::now(), 100), 40);
}

#[tokio::test(start_paused = true)]
async fn floor_of_a_window_that_shrank_is_owed_for_the_new_one_at_most() {
    let wide =
        Spec { ratio: Ratio::ZERO, min: Rate::per_second(10), window: Duration::from_secs(60) };
    let budget = Budget::spending(&RETRY, Some(wide)).unwrap();
    assert_eq!(withdrawals(&budget, Instant::now(), 1_000), 600);
    let second = Duration::from_secs(1);
    budget.set(Some(Spec { window: second, ..wide })).unwrap();
    assert_eq!(budget.left(), Some(0));
    tokio::time::advance(second / 2).await;
    assert_eq!(budget.left(), Some(5));
    tokio::time::advance(second / 2).await;
    assert_eq!(budget.left(), Some(10));
}

#[tokio::test(start_paused = true)]
async fn calls_outside_of_a_window_that_shrank_are_forgotten() {
    let wide = Spec { ratio: Ratio::percent(50), min: NO_FLOOR, window: Duration::from_secs(60) };
    let budget = Budget::spending(&RETRY, Some(wide)).unwrap();
    for _ in 0..100 {
        budget.deposit();
    }
    assert_eq!(budget.left(), Some(50));
    tokio::time::advance(Duration::from_secs(30)).await;
    budget.set(Some(Spec { window: Duration::from_secs(20), ..wide })).unwrap();
    assert_eq!(budget.left(), Some(0));
}

/// The slot of its withdrawal is not known any more, and another's is not given in its place.
#[tokio::test(start_paused = true)]
async fn token_of_another_window_stays_spent() {
    let wide = Spec { ratio: Ratio::percent(100), min: NO_FLOOR, window: Duration::from_secs(60) };
    let budget = Budget::spending(&RETRY, Some(wide)).unwrap();
    for _ in 0..2 {
        budget.deposit();
    }
    let token = budget.withdraw(Instant::now()).unwrap();
    budget.set(Some(Spec { window: Duration::from_secs(20), ..wide })).unwrap();
    assert_eq!(budget.left(), Some(1));
    budget.refund(token);
    assert_eq!(budget.left(), Some(1));
}

#[test]
fn refused_budget_changes_nothing() {
    let budget = budget(Ratio::percent(10), NO_FLOOR);
    let before = budget.get();
    let refused = Spec { window: Duration::ZERO, ..Spec::RETRY };
    assert!(budget.set(Some(refused)).is_err());
    assert!(Budget::spending(&RETRY, Some(refused)).is_err());
    assert_eq!(budget.get(), before);
}
