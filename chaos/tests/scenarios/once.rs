//! A request that may not be repeated reaches a server at most once, whatever the network does.

use crate::{OK, RESET, get, post, said, served, world};
use http::{HeaderValue, Method};
use ninelives_chaos::attempts::End;
use ninelives_chaos::client::ask;
use ninelives_chaos::fault::{Fault, Leg};
use ninelives_chaos::world::pass;

const RETRY: &str = "retry(3, backoff = fixed(0s), jitter = none, budget = off)";

#[tokio::test]
async fn a_post_that_was_sent_is_not_sent_again() {
    let lost = [Leg::Request, Leg::Response].into_iter();
    let faults = lost.flat_map(|leg| [Fault::Reset(leg), Fault::HalfClose(leg)]);
    for fault in faults.chain([Fault::Truncate(0), Fault::Truncate(140)]) {
        for policy in [RETRY, &format!("{RETRY} | to(@direct)"), "hedge(after = 1h, budget = off)"]
        {
            let world = world(policy, [fault]).await;
            assert!(world.send(post()).await.is_err(), "{policy}, {fault:?}");
            assert_eq!(world.ends().len(), 1, "{policy}, {fault:?}");
            assert!(served(&world).len() <= 1, "{policy}, {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_post_in_a_black_hole_is_not_hedged() {
    let world =
        world("timeout(2h) + hedge(after = 1h, budget = off)", [Fault::Drop(Leg::Response)]).await;
    let time = async {
        world.proxy.reached(1).await;
        pass(crate::LONG).await;
        pass(crate::LONG).await;
    };
    let (answer, ()) = tokio::join!(world.send(post()), time);
    assert!(answer.is_err());
    assert_eq!(world.ends(), [End::Dropped]);
    assert_eq!(served(&world), [Method::POST]);
}

#[tokio::test]
async fn a_post_with_an_idempotency_key_is_sent_again() {
    let world = world(RETRY, [Fault::Reset(Leg::Response)]).await;
    let mut request = post();
    request.headers_mut().insert("idempotency-key", HeaderValue::from_static("7"));
    assert_eq!(said(world.send(request).await), Ok(200));
    assert_eq!(world.ends(), [RESET, OK]);
    assert_eq!(served(&world), [Method::POST, Method::POST]);
}

#[tokio::test]
async fn idempotent_methods_are_sent_again() {
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let world = world(RETRY, [Fault::Reset(Leg::Response)]).await;
        assert_eq!(said(world.send(ask(method.clone(), "1")).await), Ok(200));
        assert_eq!(served(&world), [method.clone(), method]);
    }
}

#[tokio::test]
async fn a_post_that_we_refused_ourselves_is_sent_elsewhere() {
    let world = world("bulkhead(1) | to(@direct)", [Fault::Drop(Leg::Request)]).await;
    let second = async {
        world.proxy.reached(1).await;
        world.send(post()).await
    };
    tokio::select! {
        outcome = world.send(get()) => panic!("{outcome:?}"),
        outcome = second => assert_eq!(said(outcome), Ok(200)),
    }
    assert_eq!(served(&world), [Method::POST]);
}

#[tokio::test]
async fn a_post_that_was_lost_still_has_a_degraded_answer() {
    let world = world(&format!("{RETRY} | fallback"), [Fault::Reset(Leg::Response)]).await;
    assert_eq!(said(world.send(post()).await), Ok(503));
    assert_eq!(served(&world), [Method::POST]);
    assert_eq!(
        world.facts().await.last().map(String::as_str),
        Some("it: request_succeeded (degraded)")
    );
}
