//! Arms that held what they did not use, or took down what stood beside them.

use crate::language::load;
use crate::polling::poll_once;
use ninelives_runtime::bulkhead::BulkheadLayer;
use ninelives_runtime::classify::Class;
use ninelives_runtime::config::Off;
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::hedge::HedgeConfig;
use ninelives_runtime::policy::{Policy, pass, to};
use ninelives_runtime::testing::{AsSaid, Failure, Script, err, hang, ms, ok};
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use tokio::time::advance;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt, service_fn};

/// ninelives 0.2, `algebra.rs`: the fallback made both services ready and stranded the capacity of
/// the one that was not used (reliability 4).
#[tokio::test(start_paused = true)]
async fn capacity_of_the_second_service_is_free_while_the_first_one_works() {
    let first = Script::new([ok("first").after(ms(5))]);
    let second = ConcurrencyLimit::new(Script::new([ok("second")]), 1);
    let mut service = (pass() | to(second.clone())).layer(first);
    for _ in 0..1_000 {
        let mut request = pin!(service.ready().await.unwrap().call(()));
        assert!(poll_once(request.as_mut()).is_pending());
        assert_eq!(poll_once(second.clone().oneshot(())), Poll::Ready(Ok("second")));
        assert_eq!(request.await, Ok("first"));
    }
}

/// The same where the wrapped service comes second: the caller has polled it ready, and its place
/// is given up while the first one works.
#[tokio::test(start_paused = true)]
async fn capacity_of_the_wrapped_service_is_free_while_another_one_works() {
    let wrapped = ConcurrencyLimit::new(Script::new([ok("wrapped")]), 1);
    let first = Script::new([err(Class::Transient).after(ms(5))]);
    let mut service = (to(first) | pass()).layer(wrapped.clone());
    let mut request = pin!(service.ready().await.unwrap().call(()));
    assert!(poll_once(request.as_mut()).is_pending());
    assert_eq!(poll_once(wrapped.clone().oneshot(())), Poll::Ready(Ok("wrapped")));
    assert_eq!(request.await, Ok("wrapped"));
}

/// ninelives 0.2: which error a fork-join ended with hung on which arm happened to fail first
/// (reliability 40).
#[tokio::test(start_paused = true)]
async fn error_of_a_race_does_not_depend_on_who_fails_first() {
    for (left, right) in [(1, 9), (9, 1), (5, 5), (0, 0)] {
        let own = Script::new([err(Class::Permanent).after(ms(left))]);
        let other = Script::new([err(Class::Transient).after(ms(right))]);
        let outcome = (pass() & to(other)).classify(AsSaid).layer(own).oneshot(()).await;
        let Err(PolicyError::Service(Failure { class, .. })) = outcome else {
            unreachable!("{outcome:?}")
        };
        assert_eq!(class, Class::Permanent);
    }
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        resume_unwind(Box::new("dropped"));
    }
}

/// A service that never answers, and whose `bomb`th call panics when it is dropped.
fn bombs(
    bomb: usize,
) -> impl Service<(), Response = &'static str, Error = Failure, Future: Send> + Clone + Send {
    let calls = Arc::new(AtomicUsize::new(0));
    service_fn(move |(): ()| {
        let bomb = (calls.fetch_add(1, Ordering::SeqCst) == bomb).then(|| Bomb);
        async move {
            let _bomb = bomb;
            pending::<Result<&'static str, Failure>>().await
        }
    })
}

/// Drops a request that has `taken` permits and one attempt that panics when it is dropped.
fn assert_gives_all_back<F: Future>(layer: &BulkheadLayer, taken: u64, request: Pin<Box<F>>) {
    assert_eq!(layer.in_flight(), taken);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(request))).is_err());
    assert_eq!(layer.in_flight(), 0);
}

/// lru RUSTSEC-2026-0253: what panics when it is dropped keeps what stands beside it from being
/// cleaned up (reliability 14).
#[tokio::test(start_paused = true)]
async fn arm_that_panics_when_dropped_leaves_no_permit_of_the_others_behind() {
    let layer = BulkheadLayer::new(9);
    let guarded = || Policy(layer.clone()) + to(Script::new([hang()]));
    let service = (guarded() & pass() & guarded()).classify(AsSaid).layer(bombs(0));
    let mut request = Box::pin(service.send(()));
    assert!(poll_once(request.as_mut()).is_pending());
    assert_gives_all_back(&layer, 2, request);
}

/// The same in a policy from text.
#[tokio::test(start_paused = true)]
async fn arm_from_text_that_panics_when_dropped_leaves_no_permit_of_the_others_behind() {
    let policy = load("(pass & (bulkhead(1) + to(@slow))) + timeout(1s)").unwrap();
    let service = policy.layer(bombs(0));
    let mut request = Box::pin(service.send(()));
    assert!(poll_once(request.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(request))).is_err());
    assert_eq!(service.send(()).await, Ok("slow"), "the arm has its permit");
}

/// The same among the attempts of a hedge.
#[tokio::test(start_paused = true)]
async fn attempt_that_panics_when_dropped_leaves_no_permit_of_the_others_behind() {
    for bomb in 0..3 {
        let layer = BulkheadLayer::new(9);
        let hedge = HedgeConfig::new().after(ms(10)).max_attempts(3).budget(Off);
        let policy = Policy(hedge.build().unwrap()) + Policy(layer.clone());
        let mut request = Box::pin(policy.layer(bombs(bomb)).send(()));
        assert!(poll_once(request.as_mut()).is_pending());
        for _ in 0..2 {
            advance(ms(10)).await;
            assert!(poll_once(request.as_mut()).is_pending());
        }
        assert_gives_all_back(&layer, 3, request);
    }
}
