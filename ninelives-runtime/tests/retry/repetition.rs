//! What is tried again, what is not, and what is let go before.

use super::{failed, plain};
use ninelives_runtime::classify::{Class, ClassSet, Classify, Repeat};
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::policy::{Policy, fail, fallback_with, retry, timeout, to};
use ninelives_runtime::retry::RetryLayer;
use ninelives_runtime::testing::{AsSaid, Failure, Probe, Script, err, failure, hang, ms, ok};
use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll};
use tokio::time::Instant;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

#[tokio::test(start_paused = true)]
async fn first_success_ends_it() {
    for failures in 0..3 {
        let mut steps = vec![err(Class::Transient); failures];
        steps.push(ok("done"));
        let script = Script::new(steps);
        let policy = Policy(plain(3).build().unwrap()).classify(AsSaid);
        let service = policy.layer(Probe::new(script.clone()));
        assert_eq!(service.oneshot(()).await, Ok("done"));
        assert_eq!(script.calls(), failures + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn last_outcome_is_returned_as_it_came() {
    let script = Script::new([
        err(Class::Transient),
        err(Class::Timeout),
        err(Class::Overloaded).asking(ms(1)),
    ]);
    let policy = Policy(plain(3).build().unwrap()).classify(AsSaid);
    let outcome = policy.layer(script.clone()).oneshot(()).await;
    let last = Failure { retry_after: Some(ms(1)), ..failure(Class::Overloaded) };
    assert_eq!(outcome, Err(PolicyError::Service(last)));
    assert_eq!(script.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn only_the_classes_in_on_are_tried_again() {
    let sets = [
        ClassSet::DEFAULT,
        ClassSet::ANY,
        Class::Permanent.into(),
        Class::Rejected | Class::Timeout,
    ];
    for on in sets {
        for class in Class::FAILURES {
            let script = Script::new([err(class)]);
            let policy = Policy(plain(2).on(on).build().unwrap()).classify(AsSaid);
            assert_eq!(policy.layer(script.clone()).oneshot(()).await, failed(class));
            let calls = if on.contains(class) { 2 } else { 1 };
            assert_eq!(script.calls(), calls, "on = {on}, a failure of class {class}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn default_classifier_tries_every_error_again() {
    let calls = AtomicUsize::new(0);
    let outcome = retry(3)
        .run(|| {
            calls.fetch_add(1, SeqCst);
            ready(Err::<(), _>("not valid"))
        })
        .await;
    assert_eq!(outcome, Err(PolicyError::Service("not valid")));
    assert_eq!(calls.into_inner(), 3);
}

#[tokio::test(start_paused = true)]
async fn degraded_answer_is_a_success() {
    let script = Script::new([err(Class::Transient)]);
    let policy = Policy(plain(3).build().unwrap())
        + (timeout(ms(5)) | fallback_with(|_: Option<()>, _| "degraded"));
    let outcome = policy.classify(AsSaid).layer(script.clone()).oneshot(()).await;
    assert_eq!((outcome, script.calls()), (Ok("degraded"), 1));
}

#[tokio::test(start_paused = true)]
async fn what_can_do_nothing_is_not_tried_again() {
    let any = || Policy(plain(3).on(ClassSet::ANY).build().unwrap());
    let began = Instant::now();
    let own = Script::new([ok("never called")]);
    let outcome = (any() + fail()).classify(AsSaid).layer(own.clone()).oneshot(()).await;
    assert!(outcome.unwrap_err().rejected().is_some());
    let left = Script::new([err(Class::Permanent)]);
    let policy = to(left.clone()) | (any() + fail());
    let outcome = policy.classify(AsSaid).layer(own.clone()).oneshot(()).await;
    assert_eq!(outcome, failed(Class::Permanent), "the outcome before it");
    assert_eq!((own.calls(), left.calls(), began.elapsed()), (0, 1, ms(0)));
}

/// Takes failures at their word; copies no request, or lets none be repeated.
#[derive(Clone, Copy)]
struct Once {
    copies: bool,
}

impl Classify<&'static str, Failure> for Once {
    fn classify(&self, outcome: Result<&&'static str, &Failure>) -> Class {
        AsSaid.classify(outcome)
    }
}

impl Repeat<()> for Once {
    fn may_repeat(&self, (): &()) -> bool {
        !self.copies
    }

    fn copy(&self, (): &()) -> Option<()> {
        self.copies.then_some(())
    }
}

#[tokio::test(start_paused = true)]
async fn request_that_may_not_be_repeated_or_copied_is_sent_once() {
    for once in [Once { copies: true }, Once { copies: false }] {
        let script = Script::new([err(Class::Transient), ok("repeated")]);
        let policy = Policy(plain(3).build().unwrap()).classify(once);
        let outcome = policy.layer(script.clone()).oneshot(()).await;
        assert_eq!(outcome, failed(Class::Transient));
        assert_eq!(script.calls(), 1);
    }
}

/// Fails to become ready the first so many times.
#[derive(Clone)]
struct Unready {
    failures: Arc<AtomicUsize>,
    inner: Script,
}

impl Service<()> for Unready {
    type Response = &'static str;
    type Error = Failure;
    type Future = <Script as Service<()>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        let failed = self.failures.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        Poll::Ready(failed.map_or(Ok(()), |_| Err(failure(Class::Transient))))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        self.inner.call(())
    }
}

#[tokio::test(start_paused = true)]
async fn request_that_may_not_be_repeated_is_tried_until_it_was_sent() {
    let script = Script::new([err(Class::Transient), ok("repeated")]);
    // `poll_ready` fails for the caller, and for the first two attempts.
    let service = Unready { failures: Arc::new(3.into()), inner: script.clone() };
    let policy = Policy(plain(9).build().unwrap()).classify(Once { copies: true });
    let began = Instant::now();
    let outcome = policy.layer(Probe::new(service)).oneshot(()).await;
    assert_eq!(outcome, failed(Class::Transient));
    assert_eq!((script.calls(), began.elapsed()), (1, ms(200)));
}

/// Counts its copies.
#[derive(Debug)]
struct Request(Arc<AtomicUsize>);

#[derive(Clone, Copy)]
struct Counting;

impl<Response, Error> Classify<Response, Error> for Counting {
    fn classify(&self, outcome: Result<&Response, &Error>) -> Class {
        outcome.map_or(Class::Transient, |_| Class::Success)
    }
}

impl Repeat<Request> for Counting {
    fn copy(&self, request: &Request) -> Option<Request> {
        request.0.fetch_add(1, SeqCst);
        Some(Request(request.0.clone()))
    }
}

#[tokio::test(start_paused = true)]
async fn last_attempt_takes_the_request_itself() {
    let copies = Arc::new(AtomicUsize::new(0));
    let service = service_fn(|_: Request| ready(Err::<Infallible, _>("down")));
    let policy = Policy(plain(4).build().unwrap()).classify(Counting);
    let outcome = policy.layer(service).oneshot(Request(copies.clone())).await;
    assert!(outcome.is_err());
    assert_eq!(copies.load(SeqCst), 3, "four attempts");
    assert_eq!(Arc::strong_count(&copies), 1, "no copy is left");
}

/// Its futures and its responses hold a connection, the futures until they are dropped.
#[derive(Clone)]
struct Connected(Arc<()>);

struct Connecting(Arc<()>);

impl Service<()> for Connected {
    type Response = Arc<()>;
    type Error = Infallible;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Connecting {
        Connecting(self.0.clone())
    }
}

impl Future for Connecting {
    type Output = Result<Arc<()>, Infallible>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(self.0.clone()))
    }
}

/// Every response is a failure.
#[derive(Clone, Copy)]
struct Unhappy;

impl<Response> Classify<Response, Infallible> for Unhappy {
    fn classify(&self, _: Result<&Response, &Infallible>) -> Class {
        Class::Transient
    }
}

impl Repeat<()> for Unhappy {
    fn copy(&self, (): &()) -> Option<()> {
        Some(())
    }
}

#[tokio::test(start_paused = true)]
async fn backoff_holds_neither_the_attempt_nor_its_response() {
    let connection = Arc::new(());
    let policy = Policy(plain(2).build().unwrap()).classify(Unhappy);
    let sent = policy.layer(Connected(connection.clone())).oneshot(());
    let sent = tokio::spawn(sent);
    tokio::time::sleep(ms(50)).await;
    // The service's own two handles: this one, and that of the instance of the request.
    assert_eq!(Arc::strong_count(&connection), 2);
    let response = sent.await.unwrap().unwrap();
    assert_eq!(Arc::strong_count(&response), 2);
}

#[tokio::test(start_paused = true)]
async fn backoff_leaves_the_capacity_of_the_service_to_others() {
    let script = Script::new([err(Class::Transient), ok("other").after(ms(20)), ok("again")]);
    let limited = Probe::new(ConcurrencyLimit::new(script.clone(), 1));
    let policy = Policy(plain(2).build().unwrap()).classify(AsSaid);
    let mut service = policy.layer(limited);
    let first = tokio::spawn(service.clone().oneshot(()));
    tokio::time::sleep(ms(10)).await;
    let began = Instant::now();
    assert_eq!(service.ready().await.unwrap().call(()).await, Ok("other"));
    assert_eq!(began.elapsed(), ms(20));
    assert_eq!(first.await.unwrap(), Ok("again"));
}

#[tokio::test(start_paused = true)]
async fn attempt_waits_for_the_readiness_of_its_service() {
    let script = Script::new([err(Class::Transient), ok("holder").after(ms(500)), ok("second")]);
    let limited = Probe::new(ConcurrencyLimit::new(script.clone(), 1));
    let service = Policy(plain(2).build().unwrap()).classify(AsSaid).layer(limited);
    let first = tokio::spawn(service.clone().oneshot(()));
    tokio::time::sleep(ms(10)).await;
    let holder = tokio::spawn(service.oneshot(()));
    assert_eq!(first.await.unwrap(), Ok("second"));
    assert_eq!(holder.await.unwrap(), Ok("holder"));
    assert_eq!(script.gaps(), [ms(10), ms(500)]);
    assert_eq!(script.peak(), 1);
}

#[tokio::test(start_paused = true)]
async fn retry_inside_an_arm_of_a_race_is_cancelled_with_it() {
    let (slow, fast) =
        (Script::new([err(Class::Transient)]), Script::new([ok("fast").after(ms(250))]));
    let patient = Policy(plain(9).build().unwrap()) + to(slow.clone());
    let policy = (patient & to(fast)).classify(AsSaid);
    let outcome = policy.layer(Script::new([hang()])).oneshot(()).await;
    assert_eq!((outcome, slow.calls()), (Ok("fast"), 3));
    tokio::time::sleep(ms(1_000)).await;
    assert_eq!(slow.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn layer_stands_in_a_service_builder() {
    let script = Script::new([err(Class::Transient), ok("second")]);
    let mut service =
        ServiceBuilder::new().layer(RetryLayer::new(2)).concurrency_limit(1).service(script);
    assert_eq!(service.ready().await.unwrap().call(()).await, Ok("second"));
}

#[test]
#[should_panic(expected = "`retry(max_attempts)`: `0` must be between 1 and 100")]
fn no_attempt_at_all_is_refused() {
    RetryLayer::new(0);
}
