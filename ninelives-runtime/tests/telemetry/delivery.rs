//! From the ring to the sink: when the task runs, where, and when it ends.

use crate::support::{number, numbers, report, reporter};
use ninelives_runtime::telemetry::{EventKind, MemorySink, PolicyEvent, Telemetry};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tower::service_fn;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

#[tokio::test]
async fn events_come_in_the_order_in_which_they_were_reported() {
    let memory = MemorySink::new(1_000);
    let telemetry = Telemetry::new(memory.clone());
    let reporter = reporter(&telemetry);
    for number in 0..500 {
        report(&reporter, number);
    }
    telemetry.flush().await;
    assert_eq!(numbers(&memory.take()), (0..500).collect::<Vec<_>>());
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.delivered, counts.waiting()), (500, 500, 0));
}

#[tokio::test(start_paused = true)]
async fn event_says_when_it_happened_and_where() {
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let reporter = reporter(&telemetry);
    report(&reporter, 1);
    tokio::time::advance(Duration::from_millis(1_500)).await;
    report(&reporter, 2);
    telemetry.flush().await;
    let events = memory.events();
    assert_eq!(events[0].path.as_str(), "search.layer");
    assert_eq!(events[0].policy(), "search");
    assert_eq!(events[1].at - events[0].at, Duration::from_millis(1_500));
    let passed = events[1].time.duration_since(events[0].time).unwrap();
    assert_eq!(passed, Duration::from_millis(1_500));
}

#[tokio::test]
async fn telemetry_attached_twice_reports_once() {
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let reporter = reporter(&telemetry);
    assert!(reporter.listens());
    reporter.attach(&telemetry.clone());
    let other = Telemetry::new(memory.clone());
    reporter.attach(&other);
    report(&reporter, 1);
    telemetry.flush().await;
    other.flush().await;
    assert_eq!(numbers(&memory.events()), [1, 1]);
}

#[tokio::test]
async fn memory_keeps_the_last_events_and_counts_the_others() {
    let memory = MemorySink::new(2);
    let telemetry = Telemetry::new(memory.clone());
    let reporter = reporter(&telemetry);
    (0..5).for_each(|number| report(&reporter, number));
    telemetry.flush().await;
    assert_eq!((numbers(&memory.take()), memory.dropped()), (vec![3, 4], 3));
    assert_eq!((memory.take(), memory.dropped()), (Vec::new(), 3));
}

#[test]
fn without_a_runtime_events_wait_for_one() {
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let reporter = reporter(&telemetry);
    report(&reporter, 1);
    report(&reporter, 2);
    assert_eq!(telemetry.counts().waiting(), 2);
    runtime().block_on(async {
        report(&reporter, 3);
        telemetry.flush().await;
    });
    assert_eq!(numbers(&memory.events()), [1, 2, 3]);
}

#[test]
fn last_handle_that_goes_outside_of_any_runtime_leaves_the_rest_to_where_the_telemetry_was_made() {
    let (memory, runtime) = (MemorySink::new(9), runtime());
    let telemetry = runtime.block_on(async { Telemetry::new(memory.clone()) });
    let reporter = reporter(&telemetry);
    report(&reporter, 1);
    report(&reporter, 2);
    drop((telemetry, reporter));
    runtime.block_on(async {
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(numbers(&memory.events()), [1, 2]);
}

#[test]
fn event_from_outside_whose_telemetry_was_made_on_a_runtime_that_has_ended_waits_for_another() {
    let memory = MemorySink::new(9);
    let telemetry = runtime().block_on(async { Telemetry::new(memory.clone()) });
    let reporter = reporter(&telemetry);
    report(&reporter, 1);
    report(&reporter, 2);
    assert_eq!(telemetry.counts().waiting(), 2);
    runtime().block_on(telemetry.flush());
    assert_eq!(numbers(&memory.events()), [1, 2]);
}

#[test]
fn full_ring_without_a_runtime_is_delivered_once_there_is_one() {
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::with_capacity(memory.clone(), 2);
    let reporter = reporter(&telemetry);
    (0..5).for_each(|number| report(&reporter, number));
    // The event that starts the task is itself one too many.
    runtime().block_on(async {
        report(&reporter, 5);
        tokio::task::yield_now().await;
        telemetry.flush().await;
    });
    let events = memory.events();
    assert_eq!(events[0].kind, EventKind::EventsLost { count: 4 });
    assert_eq!(numbers(&events), [0, 1]);
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.delivered, counts.lost), (7, 3, 4));
}

#[test]
fn task_moves_to_the_next_runtime_when_its_own_has_ended() {
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let reporter = reporter(&telemetry);
    for number in 0..3 {
        let runtime = runtime();
        runtime.block_on(async {
            report(&reporter, 10 * number);
            telemetry.flush().await;
        });
        drop(runtime);
        report(&reporter, 10 * number + 1);
    }
    runtime().block_on(telemetry.flush());
    assert_eq!(numbers(&memory.events()), [0, 1, 10, 11, 20, 21]);
    assert_eq!(telemetry.counts().waiting(), 0);
}

#[test]
fn event_that_the_end_of_a_runtime_interrupts_is_counted() {
    let (memory, calls) = (MemorySink::new(9), Arc::new(AtomicU64::new(0)));
    let sink = {
        let (memory, calls) = (memory.clone(), calls.clone());
        service_fn(move |event: PolicyEvent| {
            let first = calls.fetch_add(1, Ordering::Relaxed) == 0;
            let mut memory = memory.clone();
            async move {
                if first {
                    std::future::pending::<()>().await;
                }
                tower::Service::call(&mut memory, event).await
            }
        })
    };
    let telemetry = Telemetry::new(sink);
    let reporter = reporter(&telemetry);
    runtime().block_on(async {
        report(&reporter, 1);
        report(&reporter, 2);
        tokio::task::yield_now().await;
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    });
    assert_eq!(telemetry.counts().interrupted, 1);
    runtime().block_on(telemetry.flush());
    assert_eq!(numbers(&memory.events()), [2]);
    let counts = telemetry.counts();
    assert_eq!((counts.emitted, counts.delivered, counts.waiting()), (2, 1, 0));
}

#[tokio::test]
async fn last_handle_that_goes_leaves_a_task_that_delivers_the_rest_and_ends() {
    let memory = MemorySink::new(9);
    let alive = Arc::new(());
    let sink = {
        let (memory, alive) = (memory.clone(), alive.clone());
        service_fn(move |event: PolicyEvent| {
            let (mut memory, _alive) = (memory.clone(), alive.clone());
            async move { tower::Service::call(&mut memory, event).await }
        })
    };
    let telemetry = Telemetry::new(sink);
    let reporter = reporter(&telemetry);
    (0..5).for_each(|number| report(&reporter, number));
    drop(telemetry);
    assert_eq!(memory.events(), []);
    // The reporter holds the last one.
    drop(reporter);
    while Arc::strong_count(&alive) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(numbers(&memory.events()), [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn flush_that_is_dropped_loses_nothing() {
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let reporter = reporter(&telemetry);
    report(&reporter, 1);
    assert!(futures_poll_once(telemetry.flush()).await.is_none());
    telemetry.flush().await;
    assert_eq!(numbers(&memory.events()), [1]);
}

/// Polls once and drops.
async fn futures_poll_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|task| {
        std::task::Poll::Ready(match future.as_mut().poll(task) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

/// Sent = received + counted: four threads, a ring of four, a sink that takes its time.
#[test]
fn every_event_of_several_threads_is_received_or_counted() {
    const THREADS: u64 = 4;
    const EACH: u64 = 20_000;
    let runtime = runtime();
    let memory = MemorySink::new(1_000_000);
    let sink = {
        let memory = memory.clone();
        service_fn(move |event: PolicyEvent| {
            let mut memory = memory.clone();
            async move {
                if number(&event).is_some_and(|number| number.is_multiple_of(3)) {
                    tokio::task::yield_now().await;
                }
                tower::Service::call(&mut memory, event).await
            }
        })
    };
    let telemetry = Telemetry::with_capacity(sink, 4);
    let reporter = Arc::new(reporter(&telemetry));
    std::thread::scope(|scope| {
        let writers = [0, 1, 2, 3].map(|thread| {
            let (reporter, runtime) = (&reporter, runtime.handle());
            scope.spawn(move || {
                let _inside = runtime.enter();
                (0..EACH).for_each(|number| report(reporter, EACH * thread + number));
            })
        });
        runtime.block_on(async {
            while writers.iter().any(|writer| !writer.is_finished()) {
                tokio::task::yield_now().await;
            }
            telemetry.flush().await;
        });
    });
    let counts = telemetry.counts();
    let events = memory.events();
    let mut received = numbers(&events);
    let told: u64 = events
        .iter()
        .map(|event| match event.kind {
            EventKind::EventsLost { count } => count,
            _ => 0,
        })
        .sum();
    assert_eq!(received.len() as u64 + counts.lost, THREADS * EACH);
    assert_eq!(told, counts.lost, "what was lost is told to the sink");
    assert_eq!(events.len() as u64, counts.delivered);
    assert_eq!(counts.emitted, counts.delivered + counts.lost);
    for thread in 0..THREADS {
        let own = received.iter().filter(|number| **number / EACH == thread);
        assert!(own.is_sorted(), "the events of one thread keep their order");
    }
    received.sort_unstable();
    received.dedup();
    assert_eq!(received.len() as u64 + counts.lost, THREADS * EACH, "none is delivered twice");
}

#[test]
fn handles_and_sinks_can_be_sent_and_shared() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Telemetry>();
    check::<MemorySink>();
    let _: Telemetry = service_fn(|_: PolicyEvent| async { Ok::<_, Infallible>(()) }).into();
}
