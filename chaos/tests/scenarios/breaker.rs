//! A circuit breaker before a server that resets connections.

use crate::{LONG, OK, RESET, get, said, served, world};
use ninelives_chaos::fault::{Fault, Leg};
use ninelives_chaos::world::pass;

const POLICY: &str = "circuit_breaker(consecutive = 3, cooldown = 1h, max_cooldown = 1h)";

#[tokio::test]
async fn it_opens_refuses_probes_and_closes() {
    let world = world(POLICY, [Fault::Reset(Leg::Request); 4]).await;
    for _ in 0..3 {
        assert!(world.send(get()).await.is_err());
    }
    assert_eq!(world.ends(), [RESET; 3]);
    assert!(world.send(get()).await.is_err(), "the circuit is open");
    assert_eq!(world.ends().len(), 3, "nothing was sent");

    pass(2 * LONG).await;
    assert!(world.send(get()).await.is_err(), "the probe failed");
    assert_eq!(world.ends(), [RESET; 4]);
    assert!(world.send(get()).await.is_err(), "the circuit is open again");
    assert_eq!(world.ends().len(), 4, "nothing was sent");

    pass(2 * LONG).await;
    assert_eq!(said(world.send(get()).await), Ok(200));
    assert_eq!(said(world.send(get()).await), Ok(200));
    assert_eq!(world.ends(), [RESET, RESET, RESET, RESET, OK, OK]);
    assert_eq!(served(&world).len(), 2);
    assert_eq!(
        world.facts().await,
        [
            "it: request_failed (transient)",
            "it: request_failed (transient)",
            "it.circuit_breaker: circuit_opened",
            "it: request_failed (transient)",
            "it: request_failed (rejected)",
            "it.circuit_breaker: circuit_half_opened",
            "it.circuit_breaker: circuit_opened",
            "it: request_failed (transient)",
            "it: request_failed (rejected)",
            "it.circuit_breaker: circuit_half_opened",
            "it.circuit_breaker: circuit_closed",
            "it: request_succeeded",
            "it: request_succeeded",
        ]
    );
}

#[tokio::test]
async fn a_probe_that_is_dropped_in_a_black_hole_gives_its_slot_back() {
    let faults = [Fault::Reset(Leg::Request); 3].into_iter().chain([Fault::Drop(Leg::Request)]);
    let faults: [Fault; 4] = std::array::from_fn(|at| faults.clone().nth(at).unwrap());
    let world = world(POLICY, faults).await;
    for _ in 0..3 {
        assert!(world.send(get()).await.is_err());
    }
    pass(2 * LONG).await;
    tokio::select! {
        outcome = world.send(get()) => panic!("{outcome:?}"),
        () = world.proxy.reached(4) => {}
    }
    assert_eq!(said(world.send(get()).await), Ok(200), "the next one is a probe");
}
