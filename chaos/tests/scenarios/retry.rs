//! A retry, with and without a deadline around and inside it.

use crate::{CUT_SHORT, LONG, OK, RESET, get, said, served, world};
use ninelives_chaos::attempts::End;
use ninelives_chaos::client::Failure;
use ninelives_chaos::fault::{Fault, Leg};
use ninelives_chaos::world::pass;

const AT_ONCE: &str = "backoff = fixed(0s), jitter = none, budget = off";

#[tokio::test]
async fn two_resets_are_followed_by_an_answer() {
    let policy = format!("timeout(1h) + retry(3, {AT_ONCE})");
    let world = world(&policy, [Fault::Reset(Leg::Request), Fault::Reset(Leg::Response)]).await;
    assert_eq!(said(world.send(get()).await), Ok(200));
    assert_eq!(world.ends(), [RESET, RESET, OK]);
    assert_eq!(served(&world).len(), 2, "the first reset came before the server saw anything");
    assert_eq!(
        world.facts().await,
        [
            "it.retry: retry_attempt 1 (transient)",
            "it.retry: retry_attempt 2 (transient)",
            "it: request_succeeded",
        ]
    );
}

#[tokio::test]
async fn answers_that_end_too_early_are_failures_wherever_they_end() {
    let policy = format!("retry(6, {AT_ONCE})");
    let faults = [
        Fault::HalfClose(Leg::Request),
        Fault::HalfClose(Leg::Response),
        Fault::Truncate(0),
        Fault::Truncate(12),
        Fault::Truncate(140),
    ];
    let world = world(&policy, faults).await;
    assert_eq!(said(world.send(get()).await), Ok(200));
    assert_eq!(world.ends(), [CUT_SHORT, CUT_SHORT, CUT_SHORT, CUT_SHORT, CUT_SHORT, OK]);
    assert_eq!(served(&world).len(), 5);
}

#[tokio::test]
async fn an_attempt_in_a_black_hole_ends_by_its_own_deadline() {
    let policy = format!("retry(3, {AT_ONCE}) + timeout(1h)");
    let world = world(&policy, [Fault::Drop(Leg::Request), Fault::Drop(Leg::Response)]).await;
    let time = async {
        world.proxy.reached(1).await;
        pass(LONG).await;
        world.proxy.reached(2).await;
        pass(LONG).await;
    };
    let (answer, ()) = tokio::join!(world.send(get()), time);
    assert_eq!(said(answer), Ok(200));
    assert_eq!(world.ends(), [End::Dropped, End::Dropped, OK]);
    assert_eq!(
        world.facts().await,
        [
            "it.timeout: timed_out",
            "it.retry: retry_attempt 1 (timeout)",
            "it.timeout: timed_out",
            "it.retry: retry_attempt 2 (timeout)",
            "it: request_succeeded",
        ]
    );
}

#[tokio::test]
async fn a_deadline_around_the_retry_ends_all_of_it() {
    let policy = format!("timeout(1h) + retry(3, {AT_ONCE})");
    let world = world(&policy, [Fault::Reset(Leg::Request), Fault::Drop(Leg::Request)]).await;
    let time = async {
        world.proxy.reached(2).await;
        pass(LONG).await;
    };
    let (answer, ()) = tokio::join!(world.send(get()), time);
    assert!(said(answer).is_err());
    assert_eq!(world.ends(), [RESET, End::Dropped]);
    assert_eq!(
        world.facts().await,
        [
            "it.retry: retry_attempt 1 (transient)",
            "it.timeout: timed_out",
            "it: request_failed (timeout)",
        ]
    );
}

#[tokio::test]
async fn a_delay_shorter_than_the_deadline_is_waited_for() {
    let policy = format!("retry(3, {AT_ONCE}) + timeout(2h)");
    let world = world(&policy, [Fault::Delay(LONG)]).await;
    let time = async {
        world.proxy.reached(1).await;
        pass(LONG).await;
    };
    let (answer, ()) = tokio::join!(world.send(get()), time);
    assert_eq!(said(answer), Ok(200));
    assert_eq!(world.ends(), [OK]);
}

#[tokio::test]
async fn a_server_that_is_gone_is_asked_as_often_as_the_retry_says() {
    let mut world = world(&format!("retry(3, {AT_ONCE}) | fallback"), []).await;
    world.proxy.close().await;
    assert_eq!(said(world.send(get()).await), Ok(503));
    assert_eq!(world.ends(), [End::Failed(Failure::Refused); 3]);
    assert_eq!(
        world.facts().await,
        [
            "it.retry: retry_attempt 1 (transient)",
            "it.retry: retry_attempt 2 (transient)",
            "it.retry: retry_exhausted 3 (transient)",
            "it.fallback: fallback_used",
            "it: request_succeeded (degraded)",
        ]
    );
}
