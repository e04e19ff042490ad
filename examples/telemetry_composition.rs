//! Sinks are services: policies protect them, `+` gives an event to both, `|` to the second where the
//! first fails. Here a remote collector hangs, and not one event is lost.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use ninelives::telemetry::{MemorySink, PolicyEvent, Sink, Streamed, StreamingSink, Telemetry};
use ninelives::{PolicyBook, policy};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::{Layer, ServiceExt, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A collector that hangs, guarded by a policy: after two timeouts in a row it is left alone.
    let asked = Arc::new(AtomicU32::new(0));
    let collector = {
        let asked = asked.clone();
        service_fn(move |_: PolicyEvent| {
            asked.fetch_add(1, Ordering::Relaxed);
            std::future::pending::<Result<(), std::io::Error>>()
        })
    };
    let guard = policy!(circuit_breaker(consecutive = 2, cooldown = 1m) + timeout(20ms));
    let spool = MemorySink::new(1_000);
    let stream = StreamingSink::new(64);
    let mut watching = stream.subscribe();

    let sink = (Sink(guard.layer(collector)) | Sink(spool.clone())) + Sink(stream);
    let telemetry = Telemetry::new(sink);

    // Everything that a text makes of its policies goes there, after every reload too.
    let host = ninelives::Host::new().calls(ninelives::Calls::<u32, u32, std::io::Error>::new());
    let book =
        PolicyBook::from_text("policy double = timeout(1s);", host)?.with_sink(telemetry.clone());
    let double = book.policy::<u32, u32, std::io::Error>("double")?;
    let service = double.layer(service_fn(|n: u32| async move { Ok(2 * n) }));
    for n in 0..5 {
        assert_eq!(service.clone().oneshot(n).await?, 2 * n);
    }
    book.reload("policy double = timeout(2s);")?;
    assert_eq!(service.oneshot(21).await?, 42);

    telemetry.flush().await;
    let spooled = spool.events();
    for event in &spooled {
        println!("spooled: {event}");
    }
    let mut streamed = Vec::new();
    while let Some(Streamed::Event(event)) = watching.try_next() {
        streamed.push(event);
    }
    let asked = asked.load(Ordering::Relaxed);
    println!("the collector was asked {asked} times, {} events were streamed", streamed.len());
    assert_eq!(streamed, spooled);
    assert_eq!((spooled.len(), asked), (7, 2));
    assert_eq!(telemetry.counts().delivered, 7);
    Ok(())
}
