//! The border to tower: readiness, cloning, dropping, spawning.

use ninelives_runtime::classify::Class;
use ninelives_runtime::error::{PolicyError, Reason, Rejected};
use ninelives_runtime::policy::{
    bulkhead, circuit_breaker, fail, fallback_with, hedge, pass, retry, timeout, to,
};
use ninelives_runtime::testing::{
    AsSaid, Failure, Probe, Script, elapse, err, failure, hang, ms, ok,
};
use ninelives_runtime::timeout::{TimeoutConfig, TimeoutLayer};
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::time::Instant;
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt, service_fn};

/// Fails to become ready the first so many times, then is ready after a delay.
#[derive(Clone)]
struct Unready {
    failures: std::sync::Arc<std::sync::atomic::AtomicUsize>,
    never: bool,
}

impl Unready {
    fn failing(times: usize) -> Self {
        Self { failures: std::sync::Arc::new(times.into()), never: false }
    }
}

impl Service<()> for Unready {
    type Response = &'static str;
    type Error = Failure;
    type Future = std::future::Ready<Result<&'static str, Failure>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        use std::sync::atomic::Ordering::SeqCst;
        if self.never {
            return Poll::Pending;
        }
        let failed = self.failures.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        Poll::Ready(failed.map_or(Ok(()), |_| Err(failure(Class::Transient))))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        std::future::ready(Ok("at last"))
    }
}

#[tokio::test(start_paused = true)]
async fn failed_readiness_is_an_outcome_inside_the_policy() {
    // Once in the caller's `poll_ready`, once inside.
    let service = Probe::new(Unready::failing(2));
    let policy = (pass() | pass()).classify(AsSaid);
    assert_eq!(policy.layer(service).oneshot(()).await, Ok("at last"));
    let service = Probe::new(Unready::failing(2));
    let refused = pass().classify(AsSaid).layer(service).oneshot(()).await;
    assert_eq!(refused, Err(PolicyError::Service(failure(Class::Transient))));
}

#[tokio::test(start_paused = true)]
async fn service_that_never_becomes_ready_is_awaited_under_the_deadline() {
    let mut service = Unready::failing(0);
    service.never = true;
    let began = Instant::now();
    let policy = (timeout(ms(30)) | fallback_with(|_: Option<()>, _| "degraded")).classify(AsSaid);
    assert_eq!(policy.layer(Probe::new(service)).oneshot(()).await, Ok("degraded"));
    assert_eq!(began.elapsed(), ms(30));
}

#[tokio::test(start_paused = true)]
async fn deadline_drops_what_is_inside_and_says_who_refused() {
    let own = Script::new([hang()]);
    let layer = TimeoutConfig::new(ms(250)).path("search.timeout").build().unwrap();
    let refused = layer.layer(Probe::new(own.clone())).oneshot(()).await.unwrap_err();
    assert_eq!(own.in_flight(), 0);
    assert_eq!(
        refused.rejected().unwrap().to_string(),
        "`search.timeout` refused: no answer within 250ms"
    );
    let reason = refused.rejected().map(Rejected::reason);
    assert_eq!(reason, Some(Reason::DeadlinePassed { after: ms(250) }));
}

#[tokio::test(start_paused = true)]
async fn answer_that_is_there_when_the_deadline_passes_wins() {
    let own = Script::new([ok("just in time").after(ms(10))]);
    let answer = TimeoutLayer::new(ms(10)).layer(own).oneshot(()).await;
    assert_eq!(answer, Ok("just in time"));
}

#[tokio::test(start_paused = true)]
async fn of_two_deadlines_the_earlier_one_fires() {
    let inner = TimeoutConfig::new(ms(500)).path("inner").build().unwrap();
    let outer = TimeoutConfig::new(ms(100)).path("outer").build().unwrap();
    use ninelives_runtime::policy::Policy;
    for (policy, who) in [
        (Policy(outer.clone()) + Policy(inner.clone()), "outer"),
        (Policy(inner) + Policy(outer), "outer"),
    ] {
        let began = Instant::now();
        let refused = policy.layer(Script::new([hang()])).oneshot(()).await.unwrap_err();
        assert_eq!(refused.rejected().map(Rejected::path), Some(who));
        assert_eq!(began.elapsed(), ms(100));
    }
}

#[tokio::test(start_paused = true)]
async fn duration_that_is_set_holds_for_the_next_request() {
    let layer = TimeoutLayer::new(ms(50));
    let service = layer.clone().layer(Script::new([hang()]));
    layer.duration().set(ms(70)).unwrap();
    assert!(layer.duration().set(Duration::ZERO).is_err());
    let began = Instant::now();
    assert!(service.oneshot(()).await.is_err());
    assert_eq!(began.elapsed(), ms(70));
}

#[test]
fn value_out_of_range_is_refused_when_the_layer_is_made() {
    for wrong in [Duration::ZERO, Duration::from_micros(1_500), Duration::MAX] {
        let refused = TimeoutConfig::new(wrong).build().unwrap_err();
        assert_eq!((refused.policy(), refused.parameter()), ("timeout", "duration"));
    }
}

#[tokio::test(start_paused = true)]
async fn flat_policy_keeps_the_error_type_of_the_service() {
    let inner = timeout(ms(5)).layer(service_fn(|(): ()| async {
        tokio::time::sleep(ms(20)).await;
        Ok::<_, BoxError>(())
    }));
    // The error of an inner policy, a boxed error: both can hold a refusal already.
    let outer = timeout(Duration::from_secs(1)).flat().layer(inner);
    let refused: PolicyError<BoxError> = outer.oneshot(()).await.unwrap_err();
    assert_eq!(refused.rejected().map(Rejected::class), Some(Class::Timeout));

    let boxed = timeout(ms(5)).flat().layer(service_fn(|(): ()| async {
        tokio::time::sleep(ms(20)).await;
        Ok::<_, BoxError>(())
    }));
    let refused: BoxError = boxed.oneshot(()).await.unwrap_err();
    assert!(refused.downcast_ref::<Rejected>().is_some());
    let plain: &dyn Error = &PolicyError::Service(std::io::Error::other("down"));
    assert_eq!(plain.to_string(), "down");
}

#[tokio::test]
async fn futures_can_be_spawned_and_closures_can_borrow() {
    let service = ServiceBuilder::new()
        .layer(timeout(Duration::from_secs(1)))
        .service(Script::new([ok("spawned")]));
    assert_eq!(tokio::spawn(service.oneshot(())).await.unwrap(), Ok("spawned"));

    let (text, mut calls) = (String::from("borrowed"), 0);
    let policy = timeout(Duration::from_secs(1)) | pass();
    let answer = policy
        .run(|| {
            calls += 1;
            let (call, text) = (calls, &text);
            async move { if call == 1 { Err("again") } else { Ok(text.len()) } }
        })
        .await;
    assert_eq!((answer, calls), (Ok(8), 2));
}

#[tokio::test(start_paused = true)]
async fn send_needs_no_exclusive_service() {
    let service = timeout(ms(5)).layer(Script::new([ok("one"), err(Class::Permanent)]));
    assert_eq!(service.send(()).await, Ok("one"));
    assert_eq!(service.send(()).await, Err(PolicyError::Service(failure(Class::Permanent))));
}

#[tokio::test]
async fn panic_in_the_service_leaves_the_policy_whole() {
    let panicking = service_fn(|fatal: bool| async move {
        assert!(!fatal, "the service panics");
        Ok::<_, Failure>("whole")
    });
    let service = (timeout(Duration::from_secs(1)) & pass()).layer(panicking);
    assert!(tokio::spawn(service.clone().oneshot(true)).await.is_err());
    assert_eq!(service.oneshot(false).await, Ok("whole"));
}

/// Not again, whatever time passes.
async fn assert_inert<F: Future>(mut request: Pin<&mut F>, policy: &str) {
    for _ in 0..3 {
        elapse(ms(60)).await;
        let polled = request.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "{policy}");
    }
}

#[tokio::test(start_paused = true)]
async fn request_polled_after_its_answer_stays_pending() {
    let degraded = || fallback_with(|_: Option<()>, _| "degraded");
    macro_rules! inert {
        ($($policy:expr,)*) => {$({
            let script = Script::new([err(Class::Transient).after(ms(5)), ok("done").after(ms(5))]);
            let service = ($policy).classify(AsSaid).layer(Probe::new(script));
            let mut request = pin!(service.send(()));
            let _ = request.as_mut().await;
            assert_inert(request, stringify!($policy)).await;
        })*};
    }
    inert! {
        pass(),
        timeout(ms(50)),
        timeout(ms(2)),
        retry(2),
        circuit_breaker() + timeout(ms(50)),
        bulkhead(1) + timeout(ms(2)),
        hedge(ms(2)),
        hedge(ms(50)) + timeout(ms(2)),
        to(Script::new([ok("other").after(ms(5))])),
        degraded(),
        fail(),
        timeout(ms(50)) + retry(2) + fail(),
        timeout(ms(2)) | pass(),
        (timeout(ms(2)) & timeout(ms(50))) | degraded(),
        (fail() & fail()) | fail(),
    }
}

/// A request that panics when it is copied.
struct Uncopied;

impl Clone for Uncopied {
    fn clone(&self) -> Self {
        resume_unwind(Box::new("copied"))
    }
}

#[tokio::test(start_paused = true)]
async fn part_that_never_started_gives_no_outcome() {
    macro_rules! inert {
        ($($policy:expr,)*) => {$({
            let service = ($policy).layer(service_fn(|_: Uncopied| async { Ok::<_, Failure>("") }));
            let mut request = pin!(service.send(Uncopied));
            let mut first = AssertUnwindSafe(request.as_mut());
            let started = catch_unwind(move || {
                let _ = first.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            });
            assert!(started.is_err(), "{}", stringify!($policy));
            assert_inert(request, stringify!($policy)).await;
        })*};
    }
    inert! {
        retry(2),
        retry(2) + (pass() | pass()),
        retry(2) + (pass() & pass()),
        retry(2) + to(service_fn(|_: Uncopied| async { Ok::<_, Failure>("") })),
        retry(2) + fallback_with(|_: Option<Uncopied>, _| "degraded"),
        retry(2) + fail(),
        pass() | fail(),
    }
}
