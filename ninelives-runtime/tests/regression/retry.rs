//! Retries and budgets.

use ninelives_runtime::classify::Class;
use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::value::{Backoff, Budget as Spec, Jitter, Number, Rate, Ratio};
use ninelives_runtime::policy::{Policy, timeout};
use ninelives_runtime::retry::{RetryConfig, RetryLayer};
use ninelives_runtime::testing::{AsSaid, Probe, Script, err, failure, ms, ok};
use std::time::Duration;
use tokio::time::Instant;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt};

/// ninelives 0.2: `RetryLayer` over tower's `ConcurrencyLimit` panics, because it calls a clone that
/// was never ready; tower-resilience #286 the same, #362 for the second and later attempts
/// (reliability 1 and 2).
#[tokio::test(start_paused = true)]
async fn every_attempt_calls_the_instance_that_was_polled_ready() {
    let script = Script::new([err(Class::Transient), err(Class::Transient), ok("third")]);
    let service = Probe::new(ConcurrencyLimit::new(script.clone(), 1));
    let mut service = RetryLayer::new(3).layer(service);
    assert_eq!(service.ready().await.unwrap().call(()).await, Ok("third"));
    assert_eq!((script.calls(), script.peak()), (3, 1));
}

/// tower #408, #434: a handle that was polled ready and is never called keeps its place
/// (reliability 3).
#[tokio::test(start_paused = true)]
async fn handle_that_is_dropped_after_ready_keeps_no_place() {
    let limited = ConcurrencyLimit::new(Script::new([ok("mine")]), 1);
    let mut idle = RetryLayer::new(3).layer(limited.clone());
    ServiceExt::<()>::ready(&mut idle).await.unwrap();
    drop(idle);
    assert_eq!(limited.oneshot(()).await, Ok("mine"));
}

/// tryhard #24, mulligan #31, exponential-backoff #12: the wait overflows, panics, or wraps to
/// zero and spins.
#[tokio::test(start_paused = true)]
async fn backoff_saturates_at_its_ceiling() {
    let longest = Duration::from_secs(30 * 86_400);
    let steep = Backoff::Exponential { delay: longest, factor: Number::whole(100), max: longest };
    for backoff in [steep, Backoff::linear(longest).with_max(longest)] {
        for jitter in [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
            let script = Script::new([err(Class::Transient)]);
            let retry = RetryConfig::new()
                .max_attempts(100)
                .backoff(backoff)
                .jitter(jitter)
                .seed(30)
                .budget(Off)
                .build()
                .unwrap();
            assert!(retry.layer(script.clone()).oneshot(()).await.is_err());
            let gaps = script.gaps();
            assert_eq!(gaps.len(), 99);
            assert!(gaps.iter().all(|gap| *gap <= longest && *gap > ms(1)));
        }
    }
}

/// tokio #2408, #5183, #6634: adding a long duration to an instant panics.
#[tokio::test(start_paused = true)]
async fn hint_of_any_length_does_no_harm() {
    for hint in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::ZERO] {
        let script = Script::new([err(Class::Overloaded).asking(hint), ok("second")]);
        let policy = Policy(RetryLayer::new(2)).classify(AsSaid);
        let outcome = policy.layer(script.clone()).oneshot(()).await;
        assert_eq!(outcome.is_ok(), hint.is_zero());
    }
}

/// ninelives 0.2: decorrelated jitter takes the wait before as its lower bound, so waits only
/// grow.
#[tokio::test(start_paused = true)]
async fn decorrelated_waits_do_not_ratchet() {
    let script = Script::new([err(Class::Transient)]);
    let retry = RetryConfig::new()
        .max_attempts(100)
        .backoff(Backoff::exponential(ms(10)).with_max(ms(1_000)))
        .jitter(Jitter::Decorrelated)
        .seed(1)
        .budget(Off)
        .build()
        .unwrap();
    assert!(retry.layer(script.clone()).oneshot(()).await.is_err());
    let gaps = script.gaps();
    let shorter = gaps.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert!(shorter > 25, "{shorter} of {} waits are shorter", gaps.len());
}

/// Envoy #30205, envoy-mobile #811: a budget tied to the requests in flight refuses every retry of
/// a quiet client.
#[tokio::test(start_paused = true)]
async fn quiet_client_has_its_retries() {
    let script = Script::new([err(Class::Transient)]);
    let service = RetryLayer::new(3).layer(script.clone());
    for _ in 0..20 {
        assert!(service.clone().oneshot(()).await.is_err());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(script.calls(), 60);
}

/// opendal #7376, loveliness #85: nested retries multiply.
#[tokio::test(start_paused = true)]
async fn nested_retries_stay_within_their_shares() {
    let script = Script::new([err(Class::Transient)]);
    let layer = || {
        let budget = Spec { min: Rate::new(0, Duration::from_secs(1)), ..Spec::RETRY };
        let config = RetryConfig::new().max_attempts(4).budget(budget);
        Policy(config.backoff(Backoff::fixed(Duration::ZERO)).build().unwrap())
    };
    let service = (layer() + layer() + layer()).layer(script.clone());
    for _ in 0..1_000 {
        assert!(service.clone().oneshot(()).await.is_err());
    }
    // 1.2 to the power of three, not 4: 64,000 calls without budgets.
    assert_eq!(script.calls(), 1_728);
}

/// linkerd2 #2369: a retry goes on after the caller's deadline.
#[tokio::test(start_paused = true)]
async fn no_attempt_outlives_the_deadline() {
    let script = Script::new([err(Class::Transient).after(ms(70))]);
    let retry = RetryConfig::new()
        .max_attempts(100)
        .backoff(Backoff::fixed(ms(50)))
        .jitter(Jitter::None)
        .build()
        .unwrap();
    let service = (timeout(ms(300)) + Policy(retry)).layer(script.clone());
    let began = Instant::now();
    assert!(service.oneshot(()).await.is_err());
    assert_eq!(began.elapsed(), ms(300), "in the middle of the third attempt");
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!((script.calls(), script.in_flight()), (3, 0));
}

/// tower #857: the budget grants too much for a fractional share.
#[tokio::test(start_paused = true)]
async fn fractional_share_is_exact() {
    let script = Script::new([err(Class::Transient)]);
    let budget = Spec {
        ratio: Ratio::from_millionths(333_333),
        min: Rate::new(0, Duration::from_secs(1)),
        window: Spec::WINDOW,
    };
    let retry = RetryConfig::new()
        .max_attempts(2)
        .backoff(Backoff::fixed(Duration::ZERO))
        .budget(budget)
        .build()
        .unwrap();
    let service = Policy(retry).classify(AsSaid).layer(script.clone());
    for _ in 0..1_000 {
        let outcome = service.clone().oneshot(()).await;
        assert_eq!(outcome.unwrap_err().into_service(), Some(failure(Class::Transient)));
    }
    assert_eq!(script.calls(), 1_333);
}
