//! A deadline around a service.

use ninelives_runtime::testing::{Probe, Script, drop_at_each_poll, hang, ms, ok};
use ninelives_runtime::timeout::TimeoutLayer;
use tower::{Layer, Service, ServiceExt};

#[tokio::test(start_paused = true)]
async fn call_that_outlives_its_deadline_is_dropped() {
    let script = Script::new([hang(), ok("late").after(ms(99))]);
    let mut service = TimeoutLayer::new(ms(100)).layer(Probe::new(script.clone()));
    assert!(service.ready().await.unwrap().call(()).await.is_err());
    assert_eq!(script.in_flight(), 0);
    assert_eq!(service.ready().await.unwrap().call(()).await, Ok("late"));
    assert_eq!((script.calls(), script.peak()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn dropped_call_is_dropped_at_every_poll() {
    let script = Script::new([hang()]);
    let service = TimeoutLayer::new(ms(100)).layer(Probe::new(script.clone()));
    let polls = drop_at_each_poll(
        || service.clone().oneshot(()),
        |k| assert_eq!(script.in_flight(), 0, "dropped after poll {k}"),
    )
    .await;
    assert!(polls > 1, "the wait takes more than one poll");
}
