//! What a policy does, as events: kept in memory, printed as lines, and counted to the last one.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use ninelives::policy;
use ninelives::telemetry::{EventKind, MemorySink, PolicyEvent, Telemetry};
use std::sync::atomic::{AtomicU32, Ordering};

mod policies {
    ninelives::policy! {
        pub policy search = timeout(1s) + retry(3, backoff = fixed(10ms));
    }
}

/// Fails twice, then answers.
async fn flaky(calls: &AtomicU32) -> Result<&'static str, String> {
    match calls.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Err("connection reset".to_owned()),
        _ => Ok("found"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let memory = MemorySink::new(100);
    let telemetry = Telemetry::new(memory.clone());

    // A declared policy reports wherever it is used; the requests never wait for the sink.
    let search = policies::search.with_sink(telemetry.clone());
    let calls = AtomicU32::new(0);
    assert_eq!(search.run(|| flaky(&calls)).await, Ok("found"));

    // One made on the spot has a sink of its own, or the same one.
    let patient = policy!(timeout(20ms)).with_sink(telemetry.clone());
    assert!(patient.run(std::future::pending::<Result<(), String>>).await.is_err());

    telemetry.flush().await;
    let events = memory.events();
    for event in &events {
        println!("{event}");
    }
    let kinds: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(
        kinds,
        ["retry_attempt", "retry_attempt", "request_succeeded", "timed_out", "request_failed"]
    );
    let answered = |event: &&PolicyEvent| matches!(event.kind, EventKind::RequestSucceeded { .. });
    let latency = events.iter().find(answered).and_then(|event| event.latency);
    assert!(latency.is_some_and(|latency| latency.as_millis() < 1_000));

    let counts = telemetry.counts();
    println!("{counts:?}");
    assert_eq!((counts.emitted, counts.delivered, counts.waiting()), (5, 5, 0));
}
