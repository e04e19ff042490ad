//! The budget: what it grants, and that it comes back when nothing was sent.

use super::{failed, plain};
use ninelives_runtime::budget::Budget;
use ninelives_runtime::classify::{Class, ClassSet};
use ninelives_runtime::dsl::value::{Backoff, Budget as Spec, Rate, Ratio};
use ninelives_runtime::policy::{Policy, timeout, to};
use ninelives_runtime::retry::{RetryConfig, RetryLayer};
use ninelives_runtime::testing::{AsSaid, Probe, Script, drop_at_each_poll, err, hang, ms};
use std::cell::Cell;
use std::time::Duration;
use tokio::time::Instant;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, ServiceExt};

/// No share, and a floor of so many that does not fill up while a test runs.
pub(crate) fn floor(repetitions: u64) -> Spec {
    Spec {
        ratio: Ratio::ZERO,
        min: Rate::new(repetitions, Duration::from_secs(3_600)),
        window: Duration::from_secs(3_600),
    }
}

fn with_floor(repetitions: u64) -> RetryLayer {
    plain(3).budget(floor(repetitions)).build().unwrap()
}

/// How many tokens there are; looking changes nothing.
pub(crate) fn tokens(budget: &Budget) -> usize {
    let now = Instant::now();
    let tokens: Vec<_> = std::iter::from_fn(|| budget.withdraw(now)).collect();
    let count = tokens.len();
    tokens.into_iter().for_each(|token| budget.refund(token));
    count
}

#[tokio::test(start_paused = true)]
async fn budget_that_is_used_up_ends_the_retry_with_the_outcome_at_hand() {
    let script = Script::new([err(Class::Transient)]);
    let retry = with_floor(3);
    let service = Policy(retry.clone()).classify(AsSaid).layer(script.clone());
    for calls in [3, 5, 6] {
        let outcome = service.clone().oneshot(()).await;
        assert_eq!(outcome, failed(Class::Transient));
        assert_eq!(script.calls(), calls);
    }
    assert_eq!(tokens(retry.budget()), 0);
}

#[tokio::test(start_paused = true)]
async fn clones_and_services_of_one_layer_share_its_budget() {
    let script = Script::new([err(Class::Transient)]);
    let retry = with_floor(2);
    let service = |retry: &RetryLayer| Policy(retry.clone()).classify(AsSaid).layer(script.clone());
    let (one, other) = (service(&retry), service(&retry.clone()));
    assert_eq!(one.oneshot(()).await, failed(Class::Transient));
    assert_eq!(other.oneshot(()).await, failed(Class::Transient));
    assert_eq!(script.calls(), 3 + 1);
}

#[tokio::test(start_paused = true)]
async fn service_that_always_fails_is_called_by_the_share_and_the_floor() {
    let script = Script::new([err(Class::Transient)]);
    let retry = RetryConfig::new()
        .backoff(Backoff::fixed(Duration::ZERO))
        .max_attempts(10)
        .build()
        .unwrap();
    let service = Policy(retry).classify(AsSaid).layer(script.clone());
    for _ in 0..1_000 {
        let outcome = service.clone().oneshot(()).await;
        assert_eq!(outcome, failed(Class::Transient));
    }
    // 1,000 first calls, 20% of them, and the floor of one window: 10 a second for 10 s.
    assert_eq!(script.calls(), 1_000 + 200 + 100);
}

#[tokio::test(start_paused = true)]
async fn request_dropped_at_any_poll_spends_a_token_only_for_what_was_sent() {
    let (retry, script) = (Cell::new(None), Cell::new(None));
    let polls = drop_at_each_poll(
        || {
            let layer = with_floor(2);
            let service = Script::new([
                err(Class::Transient).after(ms(10)),
                err(Class::Transient).after(ms(10)),
                hang(),
            ]);
            retry.set(Some(layer.clone()));
            script.set(Some(service.clone()));
            let policy = timeout(Duration::from_secs(1)) + Policy(layer);
            policy.classify(AsSaid).layer(Probe::new(service)).oneshot(())
        },
        |k| {
            let (retry, script) = (retry.take().unwrap(), script.take().unwrap());
            let repeated = script.calls().saturating_sub(1);
            assert_eq!(tokens(retry.budget()), 2 - repeated, "poll {k}");
            assert_eq!(script.in_flight(), 0, "poll {k}");
        },
    )
    .await;
    assert!(polls > 4, "each attempt and each backoff takes a poll");
}

#[tokio::test(start_paused = true)]
async fn attempt_cancelled_before_the_service_was_ready_costs_nothing() {
    let script = Script::new([err(Class::Transient), hang()]);
    let retry = with_floor(2);
    let limited = Probe::new(ConcurrencyLimit::new(script.clone(), 1));
    let service = Policy(retry.clone()).classify(AsSaid).layer(limited);
    let sent = tokio::spawn(service.clone().oneshot(()));
    tokio::time::sleep(ms(50)).await;
    assert_eq!(tokens(retry.budget()), 1, "in its backoff it holds one");
    let holder = tokio::spawn(service.oneshot(()));
    tokio::time::sleep(ms(100)).await;
    assert_eq!(tokens(retry.budget()), 1, "waiting for the service it holds one");
    sent.abort();
    assert!(sent.await.unwrap_err().is_cancelled());
    assert_eq!(tokens(retry.budget()), 2);
    assert_eq!(script.calls(), 2, "the first attempt and the holder");
    holder.abort();
}

#[tokio::test(start_paused = true)]
async fn attempt_that_ended_without_being_sent_costs_nothing() {
    let script = Script::new([err(Class::Transient), hang()]);
    let retry = plain(3).on(ClassSet::ANY).budget(floor(1)).build().unwrap();
    let mut limited = ConcurrencyLimit::new(script.clone(), 1);
    limited.ready().await.unwrap();
    let policy = Policy(retry.clone()) + timeout(ms(20));
    let began = Instant::now();
    // `limited` itself holds the one place it was readied for.
    let refused = policy.classify(AsSaid).layer(limited.clone()).oneshot(()).await;
    assert!(refused.unwrap_err().rejected().is_some());
    assert_eq!(began.elapsed(), ms(3 * 20 + 2 * 100), "three attempts");
    assert_eq!(script.calls(), 0);
    assert_eq!(tokens(retry.budget()), 1);
}

#[tokio::test(start_paused = true)]
async fn attempt_of_which_one_arm_was_sent_is_spent() {
    let east = Script::new([err(Class::Transient)]);
    let west = Script::new([err(Class::Transient), hang()]);
    let retry = with_floor(1);
    let policy = Policy(retry.clone()) + (to(east.clone()) | to(west.clone()));
    let service = policy.classify(AsSaid).layer(Script::new([hang()]));
    let sent = tokio::spawn(service.oneshot(()));
    tokio::time::sleep(ms(110)).await;
    assert_eq!((east.calls(), west.calls()), (2, 2));
    sent.abort();
    assert!(sent.await.is_err());
    assert_eq!(tokens(retry.budget()), 0);
}
