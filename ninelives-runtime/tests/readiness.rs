//! Whoever polled a service ready holds its place, and a request that does not wait for it holds none in line.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

use ninelives_runtime::bulkhead::{Bulkhead, BulkheadConfig};
use ninelives_runtime::classify::Class;
use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::value::{Backoff, Jitter};
use ninelives_runtime::policy::{Policy, timeout};
use ninelives_runtime::retry::{Retry, RetryConfig};
use ninelives_runtime::testing::{Probe, Script, Step, begun, err, ms, ok};
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;
use tokio::time::Instant;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt};

type Limited = Probe<ConcurrencyLimit<Script>>;

/// A service with room for one call.
fn limited(steps: impl IntoIterator<Item = Step>) -> Limited {
    Probe::new(ConcurrencyLimit::new(Script::new(steps), 1))
}

fn retry(backoff: Duration) -> Policy<Retry> {
    let config = RetryConfig::new().jitter(Jitter::None).budget(Off);
    Policy(config.backoff(Backoff::fixed(backoff)).build().unwrap())
}

fn bulkhead() -> Policy<Bulkhead> {
    Policy(BulkheadConfig::new(1).queue(9).build().unwrap())
}

/// tower's contract: what an instance reserved as it was polled ready is its own until it is called or
/// dropped. A future that was not polled has not called it yet.
#[tokio::test(start_paused = true)]
async fn unpolled_request_holds_the_place_it_was_readied_with_and_gives_it_back_when_dropped() {
    let service = limited([ok("done").after(ms(5))]);
    let layer = BulkheadConfig::new(1).build().unwrap();
    let mut guarded = (timeout(ms(50)) + Policy(layer.clone())).layer(service.clone());
    let has_room = || {
        let ready = pin!(service.clone().ready_oneshot());
        ready.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    };

    let unpolled = guarded.ready().await.unwrap().call(());
    assert!(!has_room());
    assert_eq!(layer.in_flight(), 0, "of the policy it holds nothing");
    tokio::time::sleep(ms(100)).await;
    assert_eq!(unpolled.await, Ok("done"), "its deadline runs from its first poll on");
    assert!(has_room());

    let unpolled = guarded.ready().await.unwrap().call(());
    let mut waiting = begun(guarded.ready().await.unwrap().call(()));
    assert!(!has_room());
    drop(unpolled);
    assert_eq!(waiting.as_mut().await, Ok("done"), "the place is the next one's");
    drop(waiting);
    assert!(has_room());
}

#[tokio::test(start_paused = true)]
async fn backoff_holds_no_place_in_line() {
    let service = limited([ok("done").after(ms(50))]);
    let patient = (retry(ms(900)) + timeout(ms(10))).layer(service.clone());
    let began = Instant::now();
    let (first, patient, third) =
        tokio::join!(service.clone().oneshot(()), patient.oneshot(()), async {
            tokio::time::sleep(ms(5)).await;
            service.clone().oneshot(()).await.map(|_| began.elapsed())
        });
    assert_eq!((first, third), (Ok("done"), Ok(ms(100))));
    assert!(patient.is_err(), "every attempt is cut off after 10 ms");
}

/// A request through `first`, which holds the one call and will need another one, and one through
/// `second`, which shares the bulkhead with it: both must come to an end.
async fn assert_no_deadlock<A, B>(first: A, second: B)
where
    A: Service<(), Response = &'static str>,
    B: Service<(), Response = &'static str>,
{
    let both = async { tokio::join!(first.oneshot(()), second.oneshot(())) };
    let (first, second) = tokio::time::timeout(ms(10_000), both).await.unwrap();
    assert!(first.is_ok() && second.is_ok());
}

fn fails_once() -> Limited {
    limited([err(Class::Transient).after(ms(50)), ok("done").after(ms(50))])
}

#[tokio::test(start_paused = true)]
async fn arm_that_follows_a_cancelled_wait_holds_no_place_in_line() {
    let (service, guarded) = (fails_once(), bulkhead() + retry(ms(5)));
    let first = guarded.clone().layer(service.clone());
    assert_no_deadlock(first, (timeout(ms(10)) | guarded).layer(service)).await;
}

#[tokio::test(start_paused = true)]
async fn arm_beside_a_cancelled_wait_holds_no_place_in_line() {
    for left in [true, false] {
        let (service, guarded) = (fails_once(), bulkhead() + retry(ms(5)));
        let first = guarded.clone().layer(service.clone());
        if left {
            assert_no_deadlock(first, (timeout(ms(10)) & guarded).layer(service)).await;
        } else {
            assert_no_deadlock(first, (guarded & timeout(ms(10))).layer(service)).await;
        }
    }
}
