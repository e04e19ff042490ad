//! Requests leave nothing behind: after a million of them as much is allocated as after the first
//! hundred thousand.

#![allow(clippy::unwrap_used, reason = "a failed check ends its test")]
#![allow(deprecated, reason = "the checker warns of some")]

use ninelives::telemetry::{NullSink, Telemetry};
use ninelives::testing::{ms, paused_runtime};
use ninelives::{Calls, Host, PolicyBook, policy};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::time::sleep;
use tower::{Layer, Service, ServiceExt};

/// The quick tier. Ten million: `NINELIVES_CALLS=10000000 cargo test --release --test memory`.
const CALLS: u64 = 1_000_000;

fn calls() -> u64 {
    let asked = std::env::var("NINELIVES_CALLS").ok();
    asked.map_or(CALLS, |calls| calls.parse().unwrap())
}

/// Now and then it fails, and now and then it takes so long that a deadline passes.
#[derive(Clone)]
struct Flaky;

type Answer = Pin<Box<dyn Future<Output = Result<u64, String>> + Send>>;

impl Service<u64> for Flaky {
    type Response = u64;
    type Error = String;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: u64) -> Answer {
        Box::pin(async move {
            match request {
                _ if request.is_multiple_of(211) => sleep(ms(40)).await,
                _ if request.is_multiple_of(13) => return Err("now and then".to_owned()),
                _ if request.is_multiple_of(5) => sleep(ms(1)).await,
                _ => {}
            }
            Ok(request)
        })
    }
}

/// Sends so many requests, in paused time, one after another.
macro_rules! nothing_stays {
    ($name:literal, $policy:expr) => {{
        let runtime = paused_runtime();
        let _inside = runtime.enter();
        let mut service = $policy.layer(Flaky);
        let mut answered = 0;
        let mut send = |requests: std::ops::Range<u64>| {
            runtime.block_on(async {
                for request in requests {
                    let answer = service.ready().await.unwrap().call(request).await;
                    answered += u64::from(answer.is_ok());
                }
            });
        };
        let calls = calls();
        let first = 100_000.min(calls / 10);
        send(0..first);
        let later = allocation_counter::measure(|| send(first..calls));
        println!(
            "{}: {calls} calls, {answered} answered, {} allocations and {} bytes more than after {first} of them",
            $name, later.count_current, later.bytes_current
        );
        assert!(answered > calls / 2 && answered < calls);
        assert_eq!((later.count_current, later.bytes_current), (0, 0));
    }};
}

#[test]
fn compiled_stack_of_five_keeps_nothing() {
    nothing_stays!(
        "compiled",
        policy!(
            bulkhead(64, queue = 8, wait = 20ms)
                + timeout(100ms)
                + retry(3, backoff = exponential(1ms, max = 4ms))
                + timeout(20ms)
                + circuit_breaker(window = 10s)
        )
    );
}

#[test]
fn hedge_and_fallback_keep_nothing() {
    nothing_stays!(
        "hedged",
        policy!(hedge(after = p95, initial = 5ms, min_samples = 10) | timeout(20ms) + retry(2))
    );
}

#[test]
fn policy_from_text_keeps_nothing() {
    let text = "policy search = bulkhead(64) + timeout(100ms) + retry(3, backoff = exponential(1ms, max = 4ms))
        + timeout(20ms) + circuit_breaker(window = 100);";
    let book = || {
        PolicyBook::from_text(text, Host::new().calls(Calls::<u64, u64, String>::new())).unwrap()
    };
    nothing_stays!("from text", book().policy::<u64, u64, String>("search").unwrap());
}

/// The task that drains the ring has its turn whenever a request waits.
#[test]
fn sink_keeps_nothing() {
    nothing_stays!(
        "with a sink",
        policy!(timeout(20ms) + retry(2)).with_sink(Telemetry::new(NullSink))
    );
}
