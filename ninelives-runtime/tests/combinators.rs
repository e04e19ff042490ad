//! `|`, `&`, `+` and the terminals: which outcome, which order, what is sent how often.

use ninelives_runtime::classify::{Class, Classify, Repeat};
use ninelives_runtime::error::{PolicyError, Reason};
use ninelives_runtime::policy::{Policy, fail, fallback, fallback_with, pass, timeout, to};
use ninelives_runtime::testing::{
    AsSaid, Failure, Probe, Script, drop_at_each_poll, err, failure, hang, ms, ok,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::time::Instant;
use tower::{Layer, ServiceExt, limit::ConcurrencyLimit};

type Answer = Result<&'static str, PolicyError<Failure>>;

fn failed(class: Class) -> Answer {
    Err(PolicyError::Service(failure(class)))
}

/// Runs one request through a policy around a service.
macro_rules! ask {
    ($policy:expr, $service:expr) => {
        ($policy).classify(AsSaid).layer(Probe::new($service.clone())).oneshot(()).await
    };
}

#[tokio::test(start_paused = true)]
async fn or_runs_its_right_arm_only_after_a_failure() {
    let (well, spare) = (Script::new([ok("well")]), Script::new([ok("spare")]));
    assert_eq!(ask!(pass() | to(spare.clone()), well), Ok("well"));
    assert_eq!(spare.calls(), 0);
    let ill = Script::new([err(Class::Permanent)]);
    assert_eq!(ask!(pass() | to(spare.clone()), ill), Ok("spare"));
    assert_eq!((ill.calls(), spare.calls()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn failed_or_has_the_outcome_of_the_last_arm_that_is_not_fail() {
    let own = Script::new([err(Class::Transient)]);
    let other = Script::new([err(Class::Permanent)]);
    assert_eq!(ask!(pass() | to(other.clone()), own), failed(Class::Permanent));
    assert_eq!(ask!(pass() | to(other.clone()) | fail(), own), failed(Class::Permanent));
    assert_eq!(ask!(pass() | (fail() | fail()), own), failed(Class::Transient));
    assert_eq!(ask!(pass() | (fail() & fail()), own), failed(Class::Transient));
    let refused = ask!(fail() | fail(), own).unwrap_err();
    assert_eq!(refused.rejected().map(|r| (r.path(), r.reason())), Some(("fail", Reason::Failed)));
}

#[tokio::test(start_paused = true)]
async fn failed_and_has_the_outcome_of_its_leftmost_arm_that_is_not_fail() {
    let own = Script::new([err(Class::Transient).after(ms(9))]);
    let other = Script::new([err(Class::Permanent)]);
    let arms = || fail() & pass() & to(other.clone());
    assert_eq!(ask!(arms(), own), failed(Class::Transient));
    assert_eq!(ask!(to(other.clone()) & pass(), own), failed(Class::Permanent));
}

#[tokio::test(start_paused = true)]
async fn first_success_wins_and_the_loser_is_dropped_with_it() {
    let (own, other) =
        (Script::new([ok("own").after(ms(50))]), Script::new([ok("other").after(ms(20))]));
    let began = Instant::now();
    let service = (pass() & to(other.clone())).classify(AsSaid).layer(Probe::new(own.clone()));
    let mut answer = std::pin::pin!(service.oneshot(()));
    let in_flight_at_the_answer = std::future::poll_fn(|task| {
        answer.as_mut().poll(task).map(|answer| (answer, own.in_flight()))
    })
    .await;
    assert_eq!(in_flight_at_the_answer, (Ok("other"), 0));
    assert_eq!(began.elapsed(), ms(20));
}

#[tokio::test(start_paused = true)]
async fn reserve_starts_after_all_other_arms_and_hears_what_failed() {
    let heard = Rc::new(RefCell::new(None));
    let listener = heard.clone();
    let handler = move |request: Option<()>, cause: Option<Answer>| {
        *listener.borrow_mut() = Some((request, cause, Instant::now()));
        "reserve"
    };
    let (own, other) = (
        Script::new([err(Class::Transient).after(ms(10))]),
        Script::new([err(Class::Permanent).after(ms(30))]),
    );
    let began = Instant::now();
    assert_eq!(ask!(fallback_with(handler) & pass() & to(other.clone()), own), Ok("reserve"));
    let (request, cause, at) = heard.take().unwrap();
    assert_eq!((request, cause), (Some(()), Some(failed(Class::Transient))));
    assert_eq!(at - began, ms(30));
}

#[tokio::test(start_paused = true)]
async fn degraded_success_is_kept_until_no_arm_does_better() {
    let own = Script::new([err(Class::Transient)]);
    let slow = Script::new([ok("undegraded").after(ms(40))]);
    let arms =
        |slow: &Script| (pass() | fallback_with(|_: Option<()>, _| "degraded")) & to(slow.clone());
    assert_eq!(ask!(arms(&slow), own), Ok("undegraded"));
    let broken = Script::new([err(Class::Permanent).after(ms(40))]);
    let began = Instant::now();
    assert_eq!(ask!(arms(&broken), own), Ok("degraded"));
    assert_eq!(began.elapsed(), ms(40));
}

#[tokio::test(start_paused = true)]
async fn fallback_hears_nothing_when_nothing_failed_before() {
    let handler =
        |_: Option<()>, cause: Option<Answer>| if cause.is_none() { "silence" } else { "noise" };
    let own = Script::new([ok("own")]);
    assert_eq!(ask!(fallback_with(handler), own), Ok("silence"));
    assert_eq!(ask!(fail() | fallback_with(handler), own), Ok("silence"));
    assert_eq!(ask!(fail() & fallback_with(handler), own), Ok("silence"));
    assert_eq!(own.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn failure_before_a_group_of_arms_reaches_the_handlers_in_it() {
    let own = Script::new([err(Class::Transient)]);
    let heard = |_: Option<()>, cause: Option<Answer>| match cause {
        Some(Err(PolicyError::Service(_))) => "the failure",
        _ => "nothing",
    };
    let other = |_: Option<()>, _: Option<Answer>| "other";
    assert_eq!(
        ask!(pass() | (fallback_with(heard) & fallback_with(other)), own),
        Ok("the failure")
    );
    let nothing_else = || (timeout(ms(3)) + fail()) | fallback_with(heard);
    assert_eq!(ask!(pass() | (fail() & nothing_else()), own), Ok("the failure"));
    assert_eq!(
        ask!(pass() | ((fail() | fail()) & fail()) | fallback_with(heard), own),
        Ok("the failure")
    );
}

#[tokio::test(start_paused = true)]
async fn arm_that_can_only_answer_degraded_waits_for_the_others() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let handler = move |_: Option<()>, _: Option<Answer>| {
        count.fetch_add(1, Ordering::Relaxed);
        "degraded"
    };
    let arms = ((timeout(ms(3)) + fail()) | fallback_with(handler)) & pass();
    assert_eq!(ask!(arms, Script::new([ok("own").after(ms(1))])), Ok("own"));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn leftmost_arm_sends_a_request_that_is_sent_once() {
    let policy = |east: Script| (to(east) & pass()).classify(Once);
    let (own, east) = (Script::new([ok("own")]), Script::new([ok("east"), ok("east")]));
    let service = policy(east.clone()).layer(own.clone());
    assert_eq!(service.clone().oneshot(()).await, Ok("east"), "polled ready before");
    assert_eq!(service.send(()).await, Ok("east"), "not polled ready before");
    assert_eq!((own.calls(), east.calls()), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn terminals_keep_themselves_and_bare_fallback_answers_with_the_types_own() {
    let own = Script::new([ok("own")]);
    assert_eq!(ask!(fallback() + timeout(ms(1)), own), Ok(""));
    assert!(ask!(fail() + pass(), own).is_err());
    assert_eq!(own.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn handler_may_answer_later_and_is_dropped_with_the_request() {
    let handler = |_: Option<()>, _: Option<Answer>| {
        ninelives_runtime::fallback::Answer::later(async {
            tokio::time::sleep(ms(7)).await;
            "later"
        })
    };
    let own = Script::new([err(Class::Transient)]);
    let began = Instant::now();
    assert_eq!(ask!(pass() | fallback_with(handler), own), Ok("later"));
    assert_eq!(began.elapsed(), ms(7));
    assert!(ask!((timeout(ms(3)) + pass()) | fail(), own).is_err());
}

/// Nothing may be sent twice; everything can be copied.
#[derive(Clone, Copy)]
struct Once;

impl<Response> Classify<Response, Failure> for Once {
    fn classify(&self, outcome: Result<&Response, &Failure>) -> Class {
        AsSaid.classify(outcome)
    }
}

impl Repeat<()> for Once {
    fn may_repeat(&self, (): &()) -> bool {
        false
    }

    fn copy(&self, (): &()) -> Option<()> {
        Some(())
    }
}

/// Like a streaming body.
#[derive(Clone, Copy)]
struct NoCopy;

impl<Response> Classify<Response, Failure> for NoCopy {
    fn classify(&self, outcome: Result<&Response, &Failure>) -> Class {
        AsSaid.classify(outcome)
    }
}

impl Repeat<()> for NoCopy {
    fn copy(&self, (): &()) -> Option<()> {
        None
    }
}

#[tokio::test(start_paused = true)]
async fn request_that_may_not_be_repeated_reaches_one_service_once() {
    async fn check<C>(classifier: C)
    where
        C: Classify<&'static str, Failure> + Repeat<()> + Copy,
    {
        let heard = |_: Option<()>, cause: Option<Answer>| match cause {
            Some(Err(PolicyError::Service(_))) => "after the service's own failure",
            _ => "after something else",
        };
        let own = Script::new([err(Class::Transient).after(ms(5))]);
        let other = Script::new([ok("other")]);
        let policy = (pass() | to(other.clone()) | fallback_with(heard)).classify(classifier);
        let answer = policy.layer(Probe::new(own.clone())).oneshot(()).await;
        assert_eq!(answer, Ok("after the service's own failure"));
        assert_eq!((own.calls(), other.calls()), (1, 0));

        let policy = (pass() & to(other.clone())).classify(classifier);
        let answer = policy.layer(Probe::new(own.clone())).oneshot(()).await;
        assert_eq!(answer, failed(Class::Transient));
        assert_eq!((own.calls(), other.calls()), (2, 0));
    }
    check(Once).await;
    check(NoCopy).await;
}

#[tokio::test(start_paused = true)]
async fn fail_takes_nothing_from_a_request_sent_once() {
    async fn check<C>(classifier: C)
    where
        C: Classify<&'static str, Failure> + Repeat<()> + Copy,
    {
        let own = Script::new([ok("sent")]);
        let and = (fail() & pass()).classify(classifier).layer(own.clone()).oneshot(()).await;
        let or = (fail() | pass()).classify(classifier).layer(own.clone()).oneshot(()).await;
        assert_eq!((and, or), (Ok("sent"), Ok("sent")));
    }
    check(Once).await;
    check(NoCopy).await;
}

#[tokio::test(start_paused = true)]
async fn grouping_changes_nothing_for_a_request_sent_once() {
    let own = Script::new([err(Class::Transient)]);
    let other = Script::new([ok("other")]);
    let left = || (pass() | to(other.clone())) | fallback_with(|_: Option<()>, _| "degraded");
    let right = || pass() | (to(other.clone()) | fallback_with(|_: Option<()>, _| "degraded"));
    let left = left().classify(Once).layer(own.clone()).oneshot(()).await;
    let right = right().classify(Once).layer(own.clone()).oneshot(()).await;
    assert_eq!((left, right), (Ok("degraded"), Ok("degraded")));
}

#[tokio::test(start_paused = true)]
async fn arms_take_turns_over_a_service_with_room_for_one() {
    for steps in [[ok("first"), ok("second")], [err(Class::Transient), ok("second")]] {
        let own = Script::new(steps);
        let service = ConcurrencyLimit::new(Probe::new(own.clone()), 1);
        let policy = (timeout(ms(100)) & (timeout(ms(100)) | pass())).classify(AsSaid);
        assert!(policy.layer(service).oneshot(()).await.is_ok());
        assert_eq!(own.peak(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_arm_calls_when_the_one_before_it_is_over() {
    let own = Script::new([err(Class::Transient).after(ms(10)), ok("second").after(ms(10))]);
    let service = ConcurrencyLimit::new(Probe::new(own.clone()), 1);
    let began = Instant::now();
    let answer = (pass() & pass()).classify(AsSaid).layer(service).oneshot(()).await;
    assert_eq!(answer, Ok("second"));
    assert_eq!((began.elapsed(), own.peak()), (ms(20), 1));
}

#[tokio::test(start_paused = true)]
async fn dropping_at_any_poll_drops_every_arm() {
    let own = Script::new([err(Class::Transient).after(ms(3)), hang()]);
    let other = Script::new([ok("other").after(ms(9))]);
    let policy =
        || (timeout(ms(20)) | pass()) & ((timeout(ms(5)) + to(other.clone())) | to(other.clone()));
    let last = drop_at_each_poll(
        || policy().classify(AsSaid).layer(Probe::new(own.clone())).oneshot(()),
        |_| assert_eq!((own.in_flight(), other.in_flight()), (0, 0)),
    )
    .await;
    assert!(last >= 2, "the request was dropped at {last} polls");
}

#[tokio::test]
#[expect(clippy::precedence, reason = "it is what the test is about")]
async fn rusts_operators_bind_as_rust_says() {
    fn same<T>(_: &Policy<T>, _: &Policy<T>) {}
    same(&(pass() + timeout(ms(1)) & pass()), &((pass() + timeout(ms(1))) & pass()));
    same(&(pass() | pass() & pass()), &(pass() | (pass() & pass())));
    same(&((pass() & pass()) & pass()), &(pass() & (pass() & pass())));
}

#[tokio::test(start_paused = true)]
async fn shared_tail_keeps_one_instance() {
    let own = Script::new([err(Class::Transient), ok("second")]);
    let shared = timeout(ms(30));
    let policy = (pass() | pass()) + shared.clone();
    shared.plan().duration().set(ms(40)).unwrap();
    assert_eq!(ask!(policy.clone(), own), Ok("second"));
    let slow = Script::new([hang()]);
    let began = Instant::now();
    assert!(ask!(policy, slow).is_err());
    assert_eq!(began.elapsed(), ms(80), "both arms see the one deadline of 40 ms that was set");
}
