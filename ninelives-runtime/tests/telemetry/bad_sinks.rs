//! Sinks that are slow, fail, panic, or are never ready: whoever reports never waits, each loss is
//! counted, and the task goes on.

use crate::support::{Failing, Scripted, Unready, now, number, numbers, report, reporter};
use ninelives_runtime::telemetry::{EventKind, MemorySink, Telemetry};
use std::time::Duration;
use tower::Service;

#[tokio::test]
async fn sink_that_fails_costs_the_events_it_fails_on() {
    let memory = MemorySink::new(99);
    let sink = Scripted::new({
        let memory = memory.clone();
        move |call, event| {
            if call % 3 == 0 {
                return now(Err("no"));
            }
            let mut memory = memory.clone();
            Box::pin(async move { memory.call(event).await.map_err(|never| match never {}) })
        }
    });
    let telemetry = Telemetry::new(sink);
    let reporter = reporter(&telemetry);
    (0..7).for_each(|number| report(&reporter, number));
    telemetry.flush().await;
    assert_eq!(numbers(&memory.events()), [1, 2, 4, 5]);
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.delivered, counts.refused), (7, 4, 3));
    assert_eq!(counts.waiting(), 0);
}

#[tokio::test]
async fn sink_whose_readiness_fails_costs_every_event() {
    let telemetry = Telemetry::new(Unready::Fails);
    let reporter = reporter(&telemetry);
    (0..4).for_each(|number| report(&reporter, number));
    telemetry.flush().await;
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.refused, counts.waiting()), (4, 4, 0));
}

#[tokio::test]
async fn sink_that_panics_costs_the_event_at_hand_and_the_task_goes_on() {
    let memory = MemorySink::new(99);
    let sink = Scripted::new({
        let memory = memory.clone();
        move |call, event| {
            assert!(call != 0, "at the call");
            let mut memory = memory.clone();
            Box::pin(async move {
                tokio::task::yield_now().await;
                assert!(call != 2, "later");
                memory.call(event).await.map_err(|never| match never {})
            })
        }
    });
    let telemetry = Telemetry::new(sink);
    let reporter = reporter(&telemetry);
    (0..5).for_each(|number| report(&reporter, number));
    telemetry.flush().await;
    assert_eq!(numbers(&memory.events()), [1, 3, 4]);
    let counts = telemetry.counts();
    assert_eq!((counts.delivered, counts.panicked, counts.waiting()), (3, 2, 0));
}

#[tokio::test]
async fn sink_that_panics_when_asked_for_its_readiness_costs_every_event() {
    let telemetry = Telemetry::new(Unready::Panics);
    let reporter = reporter(&telemetry);
    (0..3).for_each(|number| report(&reporter, number));
    telemetry.flush().await;
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.panicked, counts.waiting()), (3, 3, 0));
}

#[tokio::test(start_paused = true)]
async fn sink_that_is_never_ready_costs_what_the_ring_has_no_room_for() {
    let telemetry = Telemetry::with_capacity(Unready::Never, 4);
    let reporter = reporter(&telemetry);
    let began = tokio::time::Instant::now();
    for number in 0..10 {
        report(&reporter, number);
        tokio::task::yield_now().await;
    }
    assert_eq!(began.elapsed(), Duration::ZERO, "nobody waited");
    let counts = telemetry.counts();
    // One is with the sink, four are in the ring.
    assert_eq!((counts.emitted, counts.lost, counts.waiting()), (10, 5, 5));
    let flushed = tokio::time::timeout(Duration::from_secs(9), telemetry.flush()).await;
    assert!(flushed.is_err());
}

#[tokio::test(start_paused = true)]
async fn slow_sink_gets_what_the_ring_had_room_for_and_is_told_of_the_rest() {
    let memory = MemorySink::new(99);
    let sink = Scripted::new({
        let memory = memory.clone();
        move |_, event| {
            let mut memory = memory.clone();
            Box::pin(async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                memory.call(event).await.map_err(|never| match never {})
            })
        }
    });
    let telemetry = Telemetry::with_capacity(sink, 2);
    let reporter = reporter(&telemetry);
    (0..5).for_each(|number| report(&reporter, number));
    telemetry.flush().await;
    report(&reporter, 5);
    telemetry.flush().await;
    let events = memory.events();
    assert_eq!(numbers(&events), [0, 1, 5]);
    let lost = events.iter().filter(|event| number(event).is_none());
    assert_eq!(
        lost.map(|event| event.kind).collect::<Vec<_>>(),
        [EventKind::EventsLost { count: 3 }]
    );
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.delivered, counts.lost), (7, 4, 3));
}

#[tokio::test]
async fn report_of_losses_that_the_sink_refuses_is_made_up_for_by_the_next_one() {
    let memory = MemorySink::new(99);
    let sink = Scripted::new({
        let memory = memory.clone();
        move |call, event| {
            if call == 0 {
                return now(Err("no"));
            }
            let mut memory = memory.clone();
            Box::pin(async move { memory.call(event).await.map_err(|never| match never {}) })
        }
    });
    let telemetry = Telemetry::with_capacity(sink, 1);
    let reporter = reporter(&telemetry);
    for lap in 0..2 {
        (0..3).for_each(|number| report(&reporter, 10 * lap + number));
        telemetry.flush().await;
    }
    let lines: Vec<_> = memory.events().iter().map(|event| event.kind).collect();
    let kept = |number| EventKind::TimedOut { after: Duration::from_nanos(number) };
    assert_eq!(lines, [kept(0), EventKind::EventsLost { count: 4 }, kept(10)]);
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.delivered, counts.lost, counts.refused), (8, 3, 4, 1));
}

#[tokio::test]
async fn sink_that_fails_always_has_all_its_events_counted() {
    let telemetry = Telemetry::new(Failing("no"));
    let reporter = reporter(&telemetry);
    (0..100).for_each(|number| report(&reporter, number));
    telemetry.flush().await;
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.refused, counts.delivered), (100, 100, 0));
}
