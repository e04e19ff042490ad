//! From a text to a running request in one file: the tutorial that cannot rot.

#![allow(
    deprecated,
    reason = "the flagship as it is written everywhere: the checker warns of some"
)]

use ninelives::{Calls, Host, PolicyBook, PolicyError, policy};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tower::{Layer, ServiceExt, service_fn};

/// A service that fails twice and then answers.
fn shaky(calls: &AtomicU32) -> impl Fn() -> std::future::Ready<Result<&'static str, &'static str>> {
    move || {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        std::future::ready(if call < 2 { Err("not yet") } else { Ok("here") })
    }
}

#[tokio::test(start_paused = true)]
async fn from_a_line_to_a_guarded_call() {
    // 1. A policy is one expression. Around a closure it needs nothing else.
    let calls = AtomicU32::new(0);
    let policy = policy!(timeout(1s) + retry(3, backoff = fixed(10ms), jitter = none));
    let began = Instant::now();
    assert_eq!(policy.run(shaky(&calls)).await, Ok("here"));
    assert_eq!((calls.into_inner(), began.elapsed()), (3, Duration::from_millis(20)));

    // 2. What the policy refuses is typed, and says which layer refused.
    let policy = policy!(attempt: timeout(5ms));
    let refused = policy.run(std::future::pending::<Result<(), &str>>).await.unwrap_err();
    let PolicyError::Rejected(rejected) = refused else { panic!("the deadline refuses") };
    assert!(rejected.path().ends_with(".attempt"), "{}", rejected.path());

    // 3. It is a tower layer. `|` gives a second chance, `fallback` an answer for bad times.
    let policy = policy!(timeout(5ms) | fallback);
    let hanging = service_fn(|_: u8| std::future::pending::<Result<String, std::io::Error>>());
    assert_eq!(policy.layer(hanging).oneshot(1).await.unwrap(), "");

    // 4. The same text from a file, replaced while it runs. A bad text changes nothing.
    let host = Host::new().calls(
        Calls::<u8, String, std::io::Error>::new()
            .handler("stale", |_request, _cause| "stale".to_owned()),
    );
    let book =
        PolicyBook::from_text("policy search = timeout(5ms) | fallback(@stale);", host).unwrap();
    let service = book.policy::<u8, String, std::io::Error>("search").unwrap().layer(hanging);
    assert_eq!(service.clone().oneshot(1).await.unwrap(), "stale");
    let refused = book.reload("policy search = timeuot(5ms);").unwrap_err().to_string();
    assert!(refused.contains("did you mean `timeout`?"), "{refused}");
    assert_eq!(service.clone().oneshot(1).await.unwrap(), "stale");
    book.reload("policy search = timeout(9ms);").unwrap();
    let began = Instant::now();
    assert!(service.oneshot(1).await.is_err());
    assert_eq!(began.elapsed(), Duration::from_millis(9));
}
