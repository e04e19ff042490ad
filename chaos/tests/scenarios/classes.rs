//! Every class of failure, made by a real server or a real network, and who acts on it.

use crate::{LONG, RESET, get, said, served, world, world_that_answers};
use ninelives::telemetry::EventKind;
use ninelives_chaos::attempts::End;
use ninelives_chaos::fault::{Fault, Leg};
use ninelives_chaos::server::Answer;
use ninelives_chaos::world::{World, pass};
use std::time::Duration;

const POLICY: &str = "retry(2, backoff = fixed(0s), jitter = none, budget = off) \
                      + circuit_breaker(consecutive = 2, cooldown = 1h) | fallback";

/// What a failure that retry and breaker act on comes to.
fn acted_on(class: &str) -> [String; 5] {
    [
        format!("it.retry: retry_attempt 1 ({class})"),
        "it.circuit_breaker: circuit_opened".to_owned(),
        format!("it.retry: retry_exhausted 2 ({class})"),
        "it.fallback: fallback_used".to_owned(),
        "it: request_succeeded (degraded)".to_owned(),
    ]
}

#[tokio::test]
async fn transient_overloaded_and_timed_out_answers_are_repeated_and_counted() {
    for (status, class) in [
        (500, "transient"),
        (502, "transient"),
        (599, "transient"),
        (429, "overloaded"),
        (503, "overloaded"),
        (408, "timeout"),
        (504, "timeout"),
    ] {
        let world = world_that_answers(POLICY, [status; 2]).await;
        assert_eq!(said(world.send(get()).await), Ok(503));
        assert_eq!(world.ends(), [End::Answered(status); 2]);
        assert_eq!(world.facts().await, acted_on(class), "{status}");
    }
}

#[tokio::test]
async fn permanent_answers_are_neither_repeated_nor_counted() {
    for status in [400, 401, 404, 409, 501, 505] {
        let world = world_that_answers(POLICY, [status; 3]).await;
        for _ in 0..3 {
            assert_eq!(said(world.send(get()).await), Ok(503), "a fallback acts on every failure");
        }
        assert_eq!(world.ends(), [End::Answered(status); 3]);
        let facts = world.facts().await;
        assert_eq!(
            facts,
            ["it.fallback: fallback_used", "it: request_succeeded (degraded)"].repeat(3)
        );
    }
}

#[tokio::test]
async fn a_permanent_answer_is_given_back_as_it_came() {
    let world = world_that_answers("timeout(1h) + retry + circuit_breaker", [404]).await;
    assert_eq!(said(world.send(get()).await), Ok(404));
    assert_eq!(world.facts().await, ["it: request_failed (permanent)"]);
}

#[tokio::test]
async fn every_other_answer_is_a_success() {
    for status in [200, 204, 301, 304] {
        let world = world_that_answers(POLICY, [status]).await;
        assert_eq!(said(world.send(get()).await), Ok(status));
        assert_eq!(world.facts().await, ["it: request_succeeded"]);
    }
}

#[tokio::test]
async fn a_fault_of_the_network_is_transient_whatever_it_is() {
    for leg in [Leg::Request, Leg::Response] {
        for fault in [Fault::Reset(leg), Fault::HalfClose(leg), Fault::Truncate(100)] {
            let world = world(POLICY, [fault; 2]).await;
            assert_eq!(said(world.send(get()).await), Ok(503));
            assert_eq!(world.facts().await, acted_on("transient"), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_deadline_of_ours_is_a_timeout() {
    let policy = POLICY.replace(" | ", " + timeout(1h) | ");
    let world = world(&policy, [Fault::Drop(Leg::Request), Fault::Drop(Leg::Response)]).await;
    let time = async {
        for attempt in 1..=2 {
            world.proxy.reached(attempt).await;
            pass(LONG).await;
        }
    };
    let (answer, ()) = tokio::join!(world.send(get()), time);
    assert_eq!(said(answer), Ok(503));
    assert_eq!(world.ends(), [End::Dropped; 2]);
    let mut expected = acted_on("timeout").to_vec();
    expected.insert(0, "it.timeout: timed_out".to_owned());
    expected.insert(2, "it.timeout: timed_out".to_owned());
    assert_eq!(world.facts().await, expected);
}

#[tokio::test]
async fn a_refusal_of_ours_is_rejected_and_not_repeated() {
    let world = world(POLICY, [Fault::Reset(Leg::Request); 2]).await;
    assert_eq!(said(world.send(get()).await), Ok(503));
    assert_eq!(world.facts().await, acted_on("transient"));
    assert_eq!(said(world.send(get()).await), Ok(503));
    assert_eq!(world.ends(), [RESET; 2], "the circuit was open: nothing was sent");
    let refused = ["it.fallback: fallback_used", "it: request_succeeded (degraded)"];
    assert_eq!(world.facts().await, refused);
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_waited_for() {
    for status in [429, 503] {
        let answers = [Answer { status, retry_after: Some(7) }];
        let policy = "retry(2, backoff = fixed(0s), jitter = none, budget = off)";
        let world = World::new(policy, [], answers).await.unwrap();
        let time = async {
            world.attempts.ended(1).await;
            tokio::task::yield_now().await;
            assert_eq!(world.ends().len(), 1);
            pass(Duration::from_secs(7)).await;
        };
        let (answer, ()) = tokio::join!(world.send(get()), time);
        assert_eq!(said(answer), Ok(200));
        assert_eq!(served(&world).len(), 2);
        let events = world.events().await;
        let waited = events.iter().find_map(|event| match event.kind {
            EventKind::RetryAttempt { wait, .. } => Some(wait),
            _ => None,
        });
        assert_eq!(waited, Some(Duration::from_secs(7)));
    }
}
