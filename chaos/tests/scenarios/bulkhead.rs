//! A bulkhead whose places are held by requests in a black hole.

use crate::{LONG, OK, get, said, world};
use ninelives::control::LayerState;
use ninelives_chaos::attempts::End;
use ninelives_chaos::fault::{Fault, Leg};
use ninelives_chaos::world::{World, pass};

fn in_use(world: &World) -> (u64, usize) {
    let layers = world.book.registry().layers();
    let of = layers.into_iter().find_map(|layer| match layer.state {
        Some(LayerState::Bulkhead { in_use, queued, .. }) => Some((in_use, queued)),
        _ => None,
    });
    of.unwrap()
}

#[tokio::test]
async fn it_refuses_while_its_place_is_black_holed_and_admits_once_it_is_left() {
    let world = world("bulkhead(1)", [Fault::Drop(Leg::Response)]).await;
    let refused = async {
        world.proxy.reached(1).await;
        assert_eq!(in_use(&world), (1, 0));
        world.send(get()).await
    };
    tokio::select! {
        outcome = world.send(get()) => panic!("{outcome:?}"),
        refused = refused => assert!(refused.is_err()),
    }
    assert_eq!(in_use(&world), (0, 0), "who was dropped holds nothing");
    assert_eq!(said(world.send(get()).await), Ok(200));
    assert_eq!(world.ends(), [End::Dropped, OK]);
    let facts = world.facts().await;
    let refusals = facts.iter().filter(|fact| *fact == "it.bulkhead: bulkhead_rejected");
    assert_eq!(refusals.count(), 1, "{facts:#?}");
}

#[tokio::test]
async fn who_waits_in_line_goes_on_when_the_one_before_times_out() {
    let policy = "bulkhead(1, queue = 1, wait = 2h) + timeout(1h)";
    let world = world(policy, [Fault::Drop(Leg::Request)]).await;
    let first = world.send(get());
    let second = async {
        world.proxy.reached(1).await;
        world.send(get()).await
    };
    let time = async {
        world.proxy.reached(1).await;
        while in_use(&world) != (1, 1) {
            tokio::task::yield_now().await;
        }
        pass(LONG).await;
    };
    let (first, second, ()) = tokio::join!(first, second, time);
    assert!(first.is_err());
    assert_eq!(said(second), Ok(200));
    assert_eq!(in_use(&world), (0, 0));
    assert_eq!(world.ends(), [End::Dropped, OK]);
}
