//! A bound on the calls in flight around a service.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

use ninelives_runtime::bulkhead::{BulkheadConfig, BulkheadLayer};
use ninelives_runtime::classify::Class;
use ninelives_runtime::error::{PolicyError, Reason, Rejected};
use ninelives_runtime::policy::{Policy, pass, timeout};
use ninelives_runtime::testing::{Failure, Probe, Script, begun, drop_at_each_poll, hang, ms, ok};
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::Instant;
use tower::{Layer, Service, ServiceExt};

type Answer = Result<&'static str, PolicyError<Failure>>;

fn queued(max_concurrency: u32, queue: u32) -> BulkheadLayer {
    let config = BulkheadConfig::new(max_concurrency).queue(queue);
    config.build().unwrap()
}

fn refusal(answer: Answer) -> Rejected {
    answer.unwrap_err().rejected().unwrap().clone()
}

/// Lets every task run until all of them wait.
async fn settle() {
    for _ in 0..10 {
        yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn call_above_the_limit_is_refused_at_once() {
    let script = Script::new([ok("done").after(ms(10))]);
    let service = BulkheadLayer::new(2).layer(Probe::new(script.clone()));
    let (first, second, third) = tokio::join!(
        service.clone().oneshot(()),
        service.clone().oneshot(()),
        service.clone().oneshot(()),
    );
    assert_eq!((first, second), (Ok("done"), Ok("done")));
    let refused = refusal(third);
    assert_eq!(refused.reason(), Reason::BulkheadFull { max_concurrency: 2 });
    assert_eq!(refused.class(), Class::Rejected);
    assert_eq!(script.calls(), 2);
    assert_eq!(service.oneshot(()).await, Ok("done"));
}

#[tokio::test(start_paused = true)]
async fn full_queue_refuses() {
    let layer = queued(1, 1);
    let service = layer.layer(Probe::new(Script::new([ok("done").after(ms(10))])));
    let began = Instant::now();
    let (first, second, third) = tokio::join!(
        service.clone().oneshot(()),
        service.clone().oneshot(()),
        service.clone().oneshot(()),
    );
    assert_eq!((first, second), (Ok("done"), Ok("done")));
    assert_eq!(refusal(third).reason(), Reason::BulkheadFull { max_concurrency: 1 });
    assert_eq!(began.elapsed(), ms(20));
    assert_eq!((layer.in_flight(), layer.queued()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn queue_is_first_come_first_served_also_before_newcomers() {
    let layer = queued(1, 9);
    let mut service = layer.layer(Probe::new(Script::new([hang()])));
    let holder = begun(service.call(()));
    let first = begun(service.call(()));
    let second = begun(service.call(()));
    assert_eq!((layer.in_flight(), layer.queued()), (1, 2));
    drop(holder);
    // Handed over, though `first` was not polled again: a newcomer finds no permit free.
    assert_eq!((layer.in_flight(), layer.queued()), (1, 1));
    let newcomer = begun(service.call(()));
    assert_eq!((layer.in_flight(), layer.queued()), (1, 2));
    drop(first);
    assert_eq!((layer.in_flight(), layer.queued()), (1, 1));
    drop(second);
    assert_eq!((layer.in_flight(), layer.queued()), (1, 0));
    drop(newcomer);
    assert_eq!((layer.in_flight(), layer.queued()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn wait_ends_with_a_refusal() {
    let layer = BulkheadConfig::new(1).queue(1).wait(ms(30)).build();
    let layer = layer.unwrap();
    let service = layer.layer(Probe::new(Script::new([hang()])));
    let holder = tokio::spawn(service.clone().oneshot(()));
    settle().await;
    let began = Instant::now();
    let refused = refusal(service.oneshot(()).await);
    assert_eq!(began.elapsed(), ms(30));
    assert_eq!(refused.reason(), Reason::QueueWaitOver { waited: ms(30) });
    assert_eq!((layer.in_flight(), layer.queued()), (1, 0));
    holder.abort();
}

#[tokio::test(start_paused = true)]
async fn wait_of_nothing_is_refused_at_once() {
    let layer = BulkheadConfig::new(1).queue(1).wait(Duration::ZERO).build();
    let service = layer.unwrap().layer(Script::new([hang()]));
    let _holder = begun(service.clone().call(()));
    let refused = refusal(service.oneshot(()).await);
    let waited = Duration::ZERO;
    assert_eq!(refused.reason(), Reason::QueueWaitOver { waited });
}

/// The wait `own` under a deadline of 20 ms: when and how it ends.
async fn ends(own: Option<Duration>) -> (Duration, Class) {
    let mut config = BulkheadConfig::new(1).queue(1);
    if let Some(own) = own {
        config = config.wait(own);
    }
    let policy = timeout(ms(20)) + Policy(config.build().unwrap());
    let service = policy.layer(Probe::new(Script::new([hang()])));
    let _holder = begun(service.clone().call(()));
    let began = Instant::now();
    let refused = refusal(service.oneshot(()).await);
    (began.elapsed(), refused.class())
}

#[tokio::test(start_paused = true)]
async fn wait_ends_at_the_earliest_deadline_at_the_latest() {
    assert_eq!(ends(None).await, (ms(20), Class::Timeout));
    assert_eq!(ends(Some(ms(90))).await, (ms(20), Class::Timeout));
    assert_eq!(ends(Some(ms(20))).await, (ms(20), Class::Timeout));
    assert_eq!(ends(Some(ms(19))).await, (ms(19), Class::Rejected));
}

#[tokio::test(start_paused = true)]
async fn permit_is_back_before_the_answer_is() {
    let layer = BulkheadLayer::new(1);
    let mut service = layer.layer(Script::new([ok("done").after(ms(10))]));
    let mut first = begun(service.call(()));
    assert_eq!(layer.in_flight(), 1);
    assert_eq!(first.as_mut().await, Ok("done"));
    assert_eq!(layer.in_flight(), 0);
    assert_eq!(service.call(()).await, Ok("done"));
    drop(first);
    assert_eq!(layer.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn dropped_holder_gives_its_permit_back_at_every_poll() {
    let layer = queued(1, 1);
    let script = Script::new([ok("done").after(ms(10))]);
    let service = layer.layer(Probe::new(script.clone()));
    let polls = drop_at_each_poll(
        || service.clone().oneshot(()),
        |k| {
            let held = (layer.in_flight(), layer.queued(), script.in_flight());
            assert_eq!(held, (0, 0, 0), "dropped after poll {k}");
        },
    )
    .await;
    assert!(polls > 1, "the call takes more than one poll");
}

#[tokio::test(start_paused = true)]
async fn dropped_waiter_leaves_the_queue_at_every_poll() {
    let layer = BulkheadConfig::new(1).queue(1).wait(ms(30)).build();
    let layer = layer.unwrap();
    let mut service = layer.layer(Probe::new(Script::new([hang()])));
    let _holder = begun(service.call(()));
    let polls = drop_at_each_poll(
        || service.clone().oneshot(()),
        |k| {
            let held = (layer.in_flight(), layer.queued());
            assert_eq!(held, (1, 0), "dropped after poll {k}");
        },
    )
    .await;
    assert!(polls > 1, "the wait takes more than one poll");
}

#[tokio::test(start_paused = true)]
async fn larger_limit_lets_in_who_waits_at_once() {
    let layer = queued(1, 9);
    let script = Script::new([hang()]);
    let service = layer.layer(Probe::new(script.clone()));
    let calls: Vec<_> = (0..4).map(|_| tokio::spawn(service.clone().oneshot(()))).collect();
    settle().await;
    assert_eq!((layer.in_flight(), layer.queued()), (1, 3));
    layer.max_concurrency().set(3).unwrap();
    assert_eq!((layer.in_flight(), layer.queued()), (3, 1));
    settle().await;
    assert_eq!(script.in_flight(), 3);
    assert!(layer.max_concurrency().set(0).is_err());
    assert_eq!(layer.max_concurrency().get(), 3);
    for call in calls {
        call.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn smaller_limit_lets_those_inside_finish() {
    let layer = queued(3, 9);
    let mut service = layer.layer(Script::new([hang()]));
    let mut inside: Vec<_> = (0..3).map(|_| begun(service.call(()))).collect();
    let waiter = begun(service.call(()));
    layer.max_concurrency().set(1).unwrap();
    assert_eq!((layer.in_flight(), layer.queued()), (3, 1));
    inside.pop();
    inside.pop();
    assert_eq!((layer.in_flight(), layer.queued()), (1, 1));
    inside.pop();
    assert_eq!((layer.in_flight(), layer.queued()), (1, 0));
    drop(waiter);
    assert_eq!((layer.in_flight(), layer.queued()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn queue_that_is_switched_off_keeps_nobody_out() {
    let layer = queued(1, 1);
    let mut service = layer.layer(Script::new([hang()]));
    let holder = begun(service.call(()));
    drop(begun(service.call(())));
    drop(holder);
    layer.queue().set(0).unwrap();
    let _holder = begun(service.call(()));
    assert_eq!((layer.in_flight(), layer.queued()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn arms_of_one_request_share_one_place_without_blocking_each_other() {
    let layer = queued(1, 1);
    let policy = (pass() & pass()) + Policy(layer.clone());
    let script = Script::new([ok("done").after(ms(10))]);
    let service = policy.layer(Probe::new(script.clone()));
    assert_eq!(service.oneshot(()).await, Ok("done"));
    assert_eq!((script.calls(), layer.in_flight(), layer.queued()), (1, 0, 0));
}
