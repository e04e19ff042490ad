//! Declared policies and policies from text report the same events.

#![allow(deprecated, reason = "policies as short as the case: the checker warns of some")]

use ninelives::telemetry::{MemorySink, PolicyEvent, Telemetry};
use ninelives::{Calls, Host, PolicyBook, PolicyError, host};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tower::{Layer, Service, ServiceExt, service_fn};

type Error = PolicyError<String>;

#[host]
fn cached(_: Option<u32>, _: Option<Result<String, Error>>) -> String {
    "cached".to_owned()
}

#[host]
async fn mirror(_: u32) -> Result<String, String> {
    Err("no mirror".to_owned())
}

/// The same text for both fronts.
macro_rules! both {
    ($($text:tt)*) => {
        mod policies {
            use super::{cached, mirror};

            ninelives::policy! { $($text)* }
        }

        const TEXT: &str = stringify!($($text)*);
    };
}

both! {
    pub policy plain = timeout(250ms) + retry(3, backoff = fixed(100ms), jitter = none, budget = off);
    pub policy guarded =
        bulkhead(1) + circuit_breaker(consecutive = 2, cooldown = 1m, max_cooldown = 1m) + timeout(50ms) | to(@mirror) | fallback(@cached);
    pub policy raced =
        hedge(after = 40ms, max_attempts = 3, budget = off) + attempt: timeout(60ms) | fallback(@cached);
    pub policy both = outer: (plain & guarded);
}

/// Calls that take so many milliseconds, and then fail unless it is the last of them.
fn service(
    delays: &'static [u64],
) -> impl Service<u32, Response = String, Error = String, Future: Send> + Clone + Send + Sync + 'static
{
    let calls = Arc::new(AtomicUsize::new(0));
    service_fn(move |_: u32| {
        let call = calls.fetch_add(1, Ordering::Relaxed) % delays.len();
        let delay = delays.get(call).copied().unwrap_or_default();
        async move {
            sleep(Duration::from_millis(delay)).await;
            if call + 1 == delays.len() { Ok("fresh".to_owned()) } else { Err("down".to_owned()) }
        }
    })
}

const DELAYS: &[&[u64]] = &[&[0], &[10, 20, 30], &[300], &[70, 70, 10], &[5, 5, 5, 45, 90, 1]];

/// Five requests, two of them at once and one that is dropped.
async fn events<S>(service: S, memory: &MemorySink, telemetry: &Telemetry) -> Vec<String>
where
    S: Service<u32, Response = String, Error = Error, Future: Send> + Clone + Send + 'static,
{
    // Cooldowns are spread at random, and over by then.
    sleep(Duration::from_secs(61)).await;
    let began = Instant::now();
    let _ = service.clone().oneshot(1).await;
    let (one, other) = (service.clone().oneshot(2), service.clone().oneshot(3));
    let _ = tokio::join!(one, other);
    let _ = tokio::time::timeout(Duration::from_millis(15), service.clone().oneshot(4)).await;
    let _ = service.oneshot(5).await;
    telemetry.flush().await;
    let line = |event: &PolicyEvent| format!("{:?} {event}", event.at - began);
    memory.take().iter().map(line).collect()
}

#[tokio::test(start_paused = true)]
async fn policy_of_the_macro_and_of_a_text_report_the_same_events() {
    let memory = MemorySink::new(10_000);
    let telemetry = Telemetry::new(memory.clone());
    let host = Host::new().calls(
        Calls::<u32, String, String>::new().handler("cached", cached).service("mirror", mirror),
    );
    let book = PolicyBook::from_text(TEXT, host).unwrap().with_sink(telemetry.clone());
    let mut lines = 0;
    macro_rules! compare {
        ($($name:ident)*) => {
            $(for delays in DELAYS {
                // Declared policies keep their state from one list to the next; so does the book.
                let declared = policies::$name.with_sink(telemetry.clone());
                let declared = events(declared.layer(service(delays)), &memory, &telemetry).await;
                let text = book.policy::<u32, String, String>(stringify!($name)).unwrap();
                let text = events(text.layer(service(delays)), &memory, &telemetry).await;
                assert_eq!(declared, text, "{} over {delays:?}", stringify!($name));
                assert!(!declared.is_empty());
                lines += declared.len();
            })*
        };
    }
    compare!(plain guarded raced both);
    assert!(lines > 200, "{lines} events were compared");
    assert_eq!((telemetry.counts().lost, memory.dropped()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn declared_policy_reports_in_place_and_for_all_it_is_part_of() {
    mod own {
        ninelives::policy! {
            pub policy patience = timeout(50ms);
            pub policy search = retry(1) + patience;
        }
    }
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let _ = own::patience.with_sink(telemetry.clone());
    let hangs = || std::future::pending::<Result<(), String>>();
    own::search.run(hangs).await.unwrap_err();
    own::patience.run(hangs).await.unwrap_err();
    telemetry.flush().await;
    let lines: Vec<_> = memory.events().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            // The search has no sink of its own, so its request is nobody's event.
            "patience.timeout: no answer within 50ms",
            "patience.timeout: no answer within 50ms",
            "patience: failed (timeout) after 50ms",
        ]
    );
}
