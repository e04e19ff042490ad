//! The happy path allocates nothing.

#![allow(
    deprecated,
    reason = "the flagship as it is written everywhere: the checker warns of some"
)]

use ninelives::policy;
use ninelives::telemetry::{NullSink, Telemetry};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tower::{Layer, Service};

#[derive(Clone)]
struct AlwaysReady;

impl Service<u64> for AlwaysReady {
    type Response = u64;
    type Error = Infallible;
    type Future = Ready<Result<u64, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: u64) -> Self::Future {
        ready(Ok(request))
    }
}

mod policies {
    ninelives::policy! {
        pub policy declared = bulkhead(64) + timeout(1s) + hedge(after = 50ms);
    }
}

fn one_request<S: Service<u64, Response = u64>>(service: &mut S) -> bool {
    let mut task = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut task).is_ready());
    let answer = pin!(service.call(7));
    matches!(answer.poll(&mut task), Poll::Ready(Ok(7)))
}

/// Allocations of so many requests, after a first one that may set things up.
macro_rules! allocations {
    ($policy:expr) => {{
        let mut service = $policy.layer(AlwaysReady);
        assert!(one_request(&mut service));
        allocation_counter::measure(|| {
            for _ in 0..1_000 {
                assert!(one_request(&mut service));
            }
        })
        .count_total
    }};
}

#[test]
fn compiled_policies_allocate_nothing_when_the_service_answers() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    assert_eq!(allocations!(policy!(timeout(1s) + retry(3) + bulkhead(64))), 0);
    assert_eq!(
        allocations!(policy!(
            bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms) + circuit_breaker
        )),
        0
    );
    assert_eq!(allocations!(policy!(timeout(1s) + hedge(after = 50ms))), 0);
    assert_eq!(allocations!(policy!(timeout(1s) + retry(3) | fallback & hedge)), 0);
}

/// The task that drains the ring has its turn between the requests, and is not measured.
#[test]
fn policies_with_a_sink_allocate_nothing_either() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    macro_rules! allocations {
        ($policy:expr) => {{
            let telemetry = Telemetry::new(NullSink);
            let mut service = $policy.with_sink(telemetry.clone()).layer(AlwaysReady);
            runtime.block_on(async {
                let mut allocations = 0;
                for _ in 0..1_001 {
                    let request = || assert!(one_request(&mut service));
                    let counted = allocation_counter::measure(request).count_total;
                    // The first event starts the task.
                    if telemetry.counts().delivered > 0 {
                        allocations += counted;
                    }
                    telemetry.flush().await;
                }
                assert!(telemetry.counts().delivered > 1_000);
                allocations
            })
        }};
    }
    assert_eq!(allocations!(policy!(timeout(1s) + retry(3) + bulkhead(64))), 0);
    assert_eq!(
        allocations!(policy!(
            bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms) + circuit_breaker
        )),
        0
    );
    assert_eq!(allocations!(policies::declared), 0);
}

#[test]
fn the_counter_counts() {
    assert!(
        allocation_counter::measure(|| drop(std::hint::black_box(Box::new(1)))).count_total > 0
    );
}
