//! When the next attempt begins, and when it does not.

use super::{Outcome, failed, plain};
use ninelives_runtime::classify::Class;
use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::value::{Backoff, Jitter, Number};
use ninelives_runtime::policy::{Policy, timeout};
use ninelives_runtime::retry::RetryConfig;
use ninelives_runtime::testing::{AsSaid, Probe, Script, err, hang, ms, ok};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::time::{Instant, advance};
use tower::{Layer, ServiceExt};

/// Sends one request through `config` and gives its outcome.
async fn send(config: RetryConfig, script: &Script) -> Outcome {
    let policy = Policy(config.build().unwrap()).classify(AsSaid);
    let service = policy.layer(Probe::new(script.clone()));
    service.oneshot(()).await
}

fn failing() -> Script {
    Script::new([err(Class::Transient)])
}

#[tokio::test(start_paused = true)]
async fn backoff_without_jitter_is_exact() {
    let cases = [
        (Backoff::fixed(ms(30)), [30, 30, 30, 30]),
        (Backoff::linear(ms(30)), [30, 60, 90, 120]),
        (Backoff::linear(ms(30)).with_max(ms(70)), [30, 60, 70, 70]),
        (Backoff::exponential(ms(30)), [30, 60, 120, 240]),
        (
            Backoff::Exponential { delay: ms(20), factor: Number::whole(3), max: ms(200) },
            [20, 60, 180, 200],
        ),
    ];
    for (backoff, expected) in cases {
        let script = failing();
        let began = Instant::now();
        let outcome = send(plain(5).backoff(backoff), &script).await;
        assert_eq!(outcome, failed(Class::Transient));
        assert_eq!(script.gaps(), expected.map(ms), "{backoff}");
        assert_eq!(began.elapsed(), ms(expected.iter().sum()), "{backoff}");
    }
}

#[tokio::test(start_paused = true)]
async fn jittered_waits_stay_within_their_bounds_and_repeat_with_their_seed() {
    let bounds = [
        (Jitter::Full, [(0, 40), (0, 80), (0, 160)]),
        (Jitter::Equal, [(20, 40), (40, 80), (80, 160)]),
        (Jitter::Decorrelated, [(40, 120), (40, 360), (40, 500)]),
    ];
    for (jitter, bounds) in bounds {
        let backoff = Backoff::exponential(ms(40)).with_max(ms(500));
        let waits = async |seed| {
            let script = failing();
            let config = plain(4).backoff(backoff).jitter(jitter).seed(seed);
            assert_eq!(send(config, &script).await, failed(Class::Transient));
            script.gaps()
        };
        for seed in 0..50 {
            let gaps = waits(seed).await;
            for (gap, (low, high)) in gaps.iter().zip(bounds) {
                // A timer rounds up to the millisecond.
                assert!(*gap >= ms(low) && *gap <= ms(high + 1), "{jitter}: {gaps:?}");
            }
            assert_eq!(gaps, waits(seed).await);
        }
    }
}

#[test]
fn attempts_without_wait_are_made_in_one_poll() {
    let script = Script::new([
        err(Class::Transient),
        err(Class::Timeout),
        err(Class::Overloaded),
        ok("fourth"),
    ]);
    let retry = plain(4).backoff(Backoff::fixed(Duration::ZERO));
    // Outside a runtime: no timer is made.
    let mut sent = pin!(send(retry, &script));
    let polled = sent.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready(Ok("fourth")));
    assert_eq!(script.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn wait_that_would_end_at_the_deadline_is_not_begun() {
    // Attempts at 0, 200 and 400 ms; the wait would end at 600 ms. Then one that would end just
    // there.
    for (deadline, wait, attempts) in [(500, 200, 3), (400, 200, 2), (401, 200, 3)] {
        let script = failing();
        let policy = timeout(ms(deadline))
            + Policy(plain(100).backoff(Backoff::fixed(ms(wait))).build().unwrap());
        let began = Instant::now();
        let outcome = policy.classify(AsSaid).layer(script.clone()).oneshot(()).await;
        assert_eq!(outcome, failed(Class::Transient), "unchanged");
        assert_eq!(script.calls(), attempts);
        assert_eq!(began.elapsed(), ms(wait * (attempts as u64 - 1)));
    }
}

#[tokio::test(start_paused = true)]
async fn earliest_enclosing_deadline_counts_not_the_nearest() {
    let script = failing();
    let policy = timeout(ms(150)) + timeout(ms(5_000)) + Policy(plain(9).build().unwrap());
    let outcome = policy.classify(AsSaid).layer(script.clone()).oneshot(()).await;
    assert_eq!(outcome, failed(Class::Transient));
    assert_eq!(script.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn request_woken_after_its_deadline_begins_no_attempt() {
    let script = failing();
    let policy = timeout(ms(150)) + Policy(plain(9).build().unwrap());
    let service = policy.classify(AsSaid).layer(script.clone());
    let sent = tokio::spawn(service.oneshot(()));
    tokio::task::yield_now().await;
    assert_eq!(script.calls(), 1, "in its first backoff");
    advance(ms(5_000)).await;
    let refused = sent.await.unwrap().unwrap_err();
    assert_eq!(refused.rejected().unwrap().class(), Class::Timeout);
    assert_eq!(script.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_its_own_deadline_inside() {
    let script = Script::new([hang(), hang(), ok("third").after(ms(40))]);
    let policy = Policy(plain(3).build().unwrap()) + timeout(ms(50));
    let began = Instant::now();
    let outcome = policy.classify(AsSaid).layer(script.clone()).oneshot(()).await;
    assert_eq!(outcome, Ok("third"));
    assert_eq!(began.elapsed(), ms(50 + 100 + 50 + 100 + 40));
    assert_eq!((script.peak(), script.in_flight()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn hint_of_an_overloaded_service_is_waited_for() {
    let asking = |wait| Script::new([err(Class::Overloaded).asking(wait), ok("second")]);
    for (asked, waited) in [(ms(30), ms(100)), (ms(700), ms(700))] {
        let script = asking(asked);
        assert_eq!(send(plain(2), &script).await, Ok("second"));
        assert_eq!(script.gaps(), [waited], "the longer of backoff and hint");
    }
    let longest = Duration::from_secs(30);
    let script = asking(longest);
    assert_eq!(send(plain(2), &script).await, Ok("second"));
    assert_eq!(script.gaps(), [longest]);

    let script = asking(longest + ms(1));
    assert_eq!(script_failure(&script).await, Some(longest + ms(1)));
    assert_eq!(script.calls(), 1, "a longer hint ends the retry");

    let script = asking(longest + ms(1));
    assert_eq!(send(plain(2).retry_after(Off), &script).await, Ok("second"));
    assert_eq!(script.gaps(), [ms(100)]);
}

/// What the failure that ends the retry asks for.
async fn script_failure(script: &Script) -> Option<Duration> {
    let outcome = send(plain(2), script).await;
    outcome.unwrap_err().into_service().unwrap().retry_after
}

#[tokio::test(start_paused = true)]
async fn hint_of_any_other_failure_is_not_looked_at() {
    let script = Script::new([err(Class::Transient).asking(ms(90_000)), ok("second")]);
    assert_eq!(send(plain(2), &script).await, Ok("second"));
    assert_eq!(script.gaps(), [ms(100)]);
}

#[tokio::test(start_paused = true)]
async fn hint_that_ends_after_the_deadline_is_not_waited_for() {
    let script = Script::new([err(Class::Overloaded).asking(ms(800)), ok("second")]);
    let policy = timeout(ms(500)) + Policy(plain(2).build().unwrap());
    let began = Instant::now();
    let outcome = policy.classify(AsSaid).layer(script.clone()).oneshot(()).await;
    assert!(outcome.unwrap_err().into_service().is_some());
    assert_eq!((script.calls(), began.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn hint_does_not_make_decorrelated_waits_longer() {
    let script = Script::new([
        err(Class::Overloaded).asking(Duration::from_secs(20)),
        err(Class::Transient),
    ]);
    let config = plain(3).jitter(Jitter::Decorrelated).seed(3);
    assert_eq!(send(config, &script).await, failed(Class::Transient));
    let gaps = script.gaps();
    assert_eq!(gaps[0], Duration::from_secs(20));
    assert!(gaps[1] <= ms(901), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn parameters_that_are_set_hold_from_the_next_failure_on() {
    let script = failing();
    let retry = plain(5).build().unwrap();
    let service = Policy(retry.clone()).classify(AsSaid).layer(script.clone());
    let sent = tokio::spawn(service.oneshot(()));
    tokio::time::sleep(ms(150)).await;
    assert_eq!(script.calls(), 2);
    retry.max_attempts().set(3).unwrap();
    retry.backoff().set(Backoff::fixed(ms(7))).unwrap();
    assert!(retry.max_attempts().set(0).is_err());
    assert_eq!(sent.await.unwrap(), failed(Class::Transient));
    // The wait that ran was begun before.
    assert_eq!(script.gaps(), [ms(100), ms(100)]);

    retry.on().set(Class::Timeout.into()).unwrap();
    let script = failing();
    let service = Policy(retry).classify(AsSaid).layer(script.clone());
    assert_eq!(service.oneshot(()).await, failed(Class::Transient));
    assert_eq!(script.calls(), 1);
}
