//! A hedge before a server of which one connection is slow.

use crate::{LONG, OK, RESET, get, said, served, world};
use ninelives_chaos::attempts::End;
use ninelives_chaos::fault::{Fault, Leg};
use ninelives_chaos::world::pass;

#[tokio::test]
async fn the_second_attempt_wins_over_a_delayed_first_one() {
    let world = world("hedge(after = 1h, budget = off)", [Fault::Delay(24 * LONG)]).await;
    let time = async {
        world.proxy.reached(1).await;
        pass(LONG).await;
    };
    let (answer, ()) = tokio::join!(world.send(get()), time);
    assert_eq!(said(answer), Ok(200));
    assert_eq!(world.ends(), [End::Dropped, OK]);
    assert_eq!(served(&world).len(), 1, "the first one is still on its way");
    assert_eq!(
        world.facts().await,
        ["it.hedge: hedge_sent 2", "it.hedge: hedge_won 2", "it: request_succeeded"]
    );
}

#[tokio::test]
async fn the_first_attempt_wins_when_the_second_one_is_lost() {
    let faults = [Fault::Delay(2 * LONG), Fault::Drop(Leg::Response)];
    let world = world("hedge(after = 1h, budget = off)", faults).await;
    let time = async {
        world.proxy.reached(1).await;
        pass(LONG).await;
        world.proxy.reached(2).await;
        pass(LONG).await;
    };
    let (answer, ()) = tokio::join!(world.send(get()), time);
    assert_eq!(said(answer), Ok(200));
    assert_eq!(world.ends(), [OK, End::Dropped]);
}

#[tokio::test]
async fn a_reset_starts_the_next_attempt_at_once() {
    let faults = [Fault::Reset(Leg::Response)];
    let world = world("hedge(after = 1h, max_attempts = 3, budget = off)", faults).await;
    assert_eq!(said(world.send(get()).await), Ok(200));
    assert_eq!(world.ends(), [RESET, OK]);
}

#[tokio::test]
async fn two_arms_race_and_the_one_that_is_cut_off_loses() {
    let world = world("pass & to(@direct)", [Fault::Drop(Leg::Request)]).await;
    assert_eq!(said(world.send(get()).await), Ok(200));
    assert_eq!(world.ends(), [End::Dropped]);
    assert_eq!(served(&world).len(), 1);
}
