//! Further attempts beside a slow one.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

use ninelives_runtime::bulkhead::{BulkheadConfig, BulkheadLayer};
use ninelives_runtime::classify::{Class, Classify, Repeat};
use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::value::{Budget, Quantile, Rate, Ratio};
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::hedge::{Delay, Hedge, HedgeConfig};
use ninelives_runtime::policy::{Policy, fail, fallback_with, pass, timeout};
use ninelives_runtime::testing::{
    AsSaid, Failure, Probe, Script, Step, drop_at_each_poll, err, failure, hang, ms, ok,
};
use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;
use tokio::time::Instant;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt};

type Answer = Result<&'static str, PolicyError<Failure>>;

/// Hedges after 10 ms, without a budget.
fn config() -> HedgeConfig {
    HedgeConfig::new().after(ms(10)).budget(Off)
}

fn hedge(config: HedgeConfig) -> Policy<Hedge, AsSaid> {
    Policy(config.build().unwrap()).classify(AsSaid)
}

/// What a hedge makes of a service that follows the steps, how long it takes, and when the calls
/// were made after the first. Nothing runs on.
async fn run(
    config: HedgeConfig,
    steps: impl IntoIterator<Item = Step>,
) -> (Answer, Duration, Vec<Duration>) {
    let script = Script::new(steps);
    let service = hedge(config).layer(Probe::new(script.clone()));
    let began = Instant::now();
    let answer = service.oneshot(()).await;
    assert_eq!(script.in_flight(), 0);
    (answer, began.elapsed(), script.gaps())
}

#[tokio::test(start_paused = true)]
async fn fast_answer_is_not_hedged() {
    let ran = run(config(), [ok("first").after(ms(9))]).await;
    assert_eq!(ran, (Ok("first"), ms(9), vec![]));
}

#[tokio::test(start_paused = true)]
async fn slow_attempt_is_hedged_and_the_first_success_wins() {
    let slow = ok("first").after(ms(50));
    let ran = run(config(), [slow.clone(), ok("second").after(ms(7))]).await;
    assert_eq!(ran, (Ok("second"), ms(17), vec![ms(10)]));
    let ran = run(config(), [slow, ok("second").after(ms(90))]).await;
    assert_eq!(ran, (Ok("first"), ms(50), vec![ms(10)]));
}

#[tokio::test(start_paused = true)]
async fn delay_counts_from_the_last_start() {
    let steps = [hang(), err(Class::Transient).after(ms(5)), hang(), ok("fourth")];
    let ran = run(config().max_attempts(4), steps).await;
    assert_eq!(ran, (Ok("fourth"), ms(25), vec![ms(10), ms(5), ms(10)]));
}

#[tokio::test(start_paused = true)]
async fn no_delay_starts_every_attempt_at_once() {
    let steps = [hang(), hang(), ok("third").after(ms(3))];
    let ran = run(config().after(Duration::ZERO).max_attempts(3), steps).await;
    assert_eq!(ran, (Ok("third"), ms(3), vec![ms(0), ms(0)]));
}

#[tokio::test(start_paused = true)]
async fn failure_starts_one_attempt_at_once() {
    let failing = err(Class::Transient);
    let steps = [failing.clone().after(ms(4)), ok("second").after(ms(5))];
    let ran = run(config().max_attempts(9), steps).await;
    assert_eq!(ran, (Ok("second"), ms(9), vec![ms(4)]));
    let steps = [failing.clone(), failing.clone(), failing, ok("fourth")];
    let ran = run(config().max_attempts(3), steps).await;
    let gone = Err(PolicyError::Service(failure(Class::Transient)));
    assert_eq!(ran, (gone, ms(0), vec![ms(0), ms(0)]));
}

#[tokio::test(start_paused = true)]
async fn failure_that_is_not_acted_on_ends_the_hedge_with_it() {
    let steps = [hang(), err(Class::Permanent).after(ms(5)), ok("third")];
    let ran = run(config().max_attempts(3), steps).await;
    let gone = Err(PolicyError::Service(failure(Class::Permanent)));
    assert_eq!(ran, (gone, ms(15), vec![ms(10)]));
    let steps = [err(Class::Overloaded), ok("second")];
    let ran = run(config().on(Class::Timeout), steps).await;
    let gone = Err(PolicyError::Service(failure(Class::Overloaded)));
    assert_eq!(ran, (gone, ms(0), vec![]));
}

#[tokio::test(start_paused = true)]
async fn outcome_of_the_first_attempt_stands_when_none_succeeds() {
    let steps = [err(Class::Overloaded).after(ms(30)), err(Class::Transient).after(ms(5))];
    let ran = run(config(), steps).await;
    let gone = Err(PolicyError::Service(failure(Class::Overloaded)));
    assert_eq!(ran, (gone, ms(30), vec![ms(10)]));
}

#[tokio::test(start_paused = true)]
async fn refusal_of_a_hedge_does_not_cost_the_attempt_that_runs() {
    let script = Script::new([ok("first").after(ms(30))]);
    let hedge = Policy(config().max_attempts(9).build().unwrap());
    let policy = (hedge + Policy(BulkheadLayer::new(1))).classify(AsSaid);
    let began = Instant::now();
    let answer = policy.layer(Probe::new(script.clone())).oneshot(()).await;
    assert_eq!((answer, began.elapsed()), (Ok("first"), ms(30)));
    assert_eq!(script.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn part_that_can_do_nothing_is_not_repeated() {
    let policy = Policy(config().build().unwrap()) + fail();
    let began = Instant::now();
    let answer: Answer = policy.layer(Script::new([ok("no")])).oneshot(()).await;
    let refused = answer.unwrap_err();
    assert_eq!(refused.rejected().unwrap().path(), "fail");
    assert_eq!(began.elapsed(), ms(0));
}

#[tokio::test(start_paused = true)]
async fn degraded_answer_is_a_success() {
    let script = Script::new([err(Class::Transient)]);
    let policy = Policy(config().build().unwrap()) + (pass() | fallback_with(|_, _| "degraded"));
    let service = policy.classify(AsSaid).layer(Probe::new(script.clone()));
    assert_eq!(service.oneshot(()).await, Ok("degraded"));
    assert_eq!(script.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn hedge_that_would_start_at_the_deadline_or_after_is_not_armed() {
    for (deadline, calls) in [(9, 1), (10, 1), (11, 2)] {
        let script = Script::new([hang()]);
        let policy = timeout(ms(deadline)) + Policy(config().build().unwrap());
        let began = Instant::now();
        assert!(policy.layer(script.clone()).oneshot(()).await.is_err());
        assert_eq!((began.elapsed(), script.calls()), (ms(deadline), calls));
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_take_turns_over_a_service_with_room_for_one() {
    let script = Script::new([err(Class::Transient).after(ms(30)), ok("second").after(ms(5))]);
    let limited = ConcurrencyLimit::new(script.clone(), 1);
    let service = hedge(config()).layer(Probe::new(limited));
    let began = Instant::now();
    assert_eq!(service.oneshot(()).await, Ok("second"));
    assert_eq!((began.elapsed(), script.peak()), (ms(35), 1));
}

/// Nothing but what is saved up: two hedges, and another one an hour.
fn two_hedges() -> Budget {
    Budget {
        ratio: Ratio::ZERO,
        min: Rate::new(2, Duration::from_secs(3_600)),
        window: Duration::from_secs(3_600),
    }
}

#[tokio::test(start_paused = true)]
async fn hedges_stay_within_the_budget() {
    let script = Script::new([hang()]);
    let policy = hedge(config().budget(two_hedges()).max_attempts(9));
    let service = policy.layer(Probe::new(script.clone()));
    for calls in [3, 4, 5] {
        let call = tokio::time::timeout(ms(100), service.clone().oneshot(()));
        assert!(call.await.is_err());
        assert_eq!(script.calls(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn budget_is_given_back_for_a_hedge_that_was_never_sent() {
    let script = Script::new([ok("first").after(ms(30))]);
    let layer = config().budget(two_hedges()).build().unwrap();
    let queued = Policy(BulkheadConfig::new(1).queue(9).build().unwrap());
    let service = (Policy(layer.clone()) + queued).layer(Probe::new(script.clone()));
    for _ in 0..5 {
        assert_eq!(service.clone().oneshot(()).await, Ok("first"));
        drop_at_each_poll(|| service.clone().oneshot(()), |_| {}).await;
    }
    let withdrawn = std::iter::from_fn(|| layer.budget().withdraw(Instant::now())).count();
    assert_eq!(withdrawn, 2);
}

#[tokio::test(start_paused = true)]
async fn dropped_hedge_drops_every_attempt_at_every_poll() {
    let script = Script::new([hang(), hang(), ok("third").after(ms(5))]);
    let service = hedge(config().max_attempts(3)).layer(Probe::new(script.clone()));
    let polls = drop_at_each_poll(
        || service.clone().oneshot(()),
        |k| assert_eq!(script.in_flight(), 0, "dropped after poll {k}"),
    );
    assert!(polls.await > 2, "the hedge takes more than two polls");
}

/// A classifier for requests that may not be repeated, or cannot be copied.
#[derive(Clone, Copy)]
struct Once {
    copies: bool,
}

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
        self.copies.then_some(())
    }
}

#[tokio::test(start_paused = true)]
async fn request_that_may_not_be_repeated_is_not_hedged() {
    for copies in [true, false] {
        let script = Script::new([ok("slow").after(ms(90)), err(Class::Transient), ok("no")]);
        let policy = hedge(config()).classify(Once { copies });
        let service = policy.layer(Probe::new(script.clone()));
        assert_eq!(service.clone().oneshot(()).await, Ok("slow"));
        let gone = Err(PolicyError::Service(failure(Class::Transient)));
        assert_eq!(service.oneshot(()).await, gone);
        assert_eq!(script.calls(), 2);
    }
}

fn quantile() -> HedgeConfig {
    config().after(Quantile::P95).min_samples(20)
}

#[tokio::test(start_paused = true)]
async fn quantile_is_used_as_soon_as_there_are_samples() {
    let fast = std::iter::repeat_n(ok("fast").after(ms(20)), 20);
    let steps = [hang()].into_iter().chain(fast).chain([hang(), ok("hedge")]);
    let script = Script::new(steps);
    let mut service = hedge(quantile()).layer(Probe::new(script.clone()));
    let unhedged = tokio::time::timeout(Duration::from_secs(9), service.clone().oneshot(()));
    assert!(unhedged.await.is_err(), "there are no samples yet");
    for _ in 0..20 {
        assert_eq!(service.ready().await.unwrap().call(()).await, Ok("fast"));
    }
    assert_eq!(script.calls(), 21);
    let began = Instant::now();
    assert_eq!(service.oneshot(()).await, Ok("hedge"));
    assert_eq!((began.elapsed(), script.calls()), (ms(21), 23));
}

#[tokio::test(start_paused = true)]
async fn initial_delay_holds_until_there_are_samples() {
    let config = quantile().initial(ms(70));
    let ran = run(config, [hang(), ok("hedge")]).await;
    assert_eq!(ran, (Ok("hedge"), ms(70), vec![ms(70)]));
}

#[tokio::test(start_paused = true)]
async fn quantile_and_samples_that_are_set_hold_for_the_next_request() {
    let seen = [20, 200].into_iter().flat_map(|after| vec![ok("seen").after(ms(after)); 10]);
    let script = Script::new(seen.chain([hang(), ok("hedge"), hang()]));
    let policy = hedge(quantile());
    let service = policy.layer(Probe::new(script.clone()));
    for _ in 0..20 {
        assert_eq!(service.clone().oneshot(()).await, Ok("seen"));
    }
    tokio::time::advance(Duration::from_secs(5)).await;
    policy.plan().after().set(Quantile::from_thousandths(50_000).unwrap().into()).unwrap();
    let began = Instant::now();
    assert_eq!(service.clone().oneshot(()).await, Ok("hedge"));
    assert_eq!(began.elapsed(), ms(21), "not the 200 ms of p95");
    policy.plan().min_samples().set(1_000).unwrap();
    let unhedged = tokio::time::timeout(Duration::from_secs(9), service.oneshot(()));
    assert!(unhedged.await.is_err(), "there are not enough samples any more");
}

#[tokio::test(start_paused = true)]
async fn loser_counts_with_the_time_it_had_run() {
    // Every first attempt hangs and every hedge answers at once: did only winners count, the
    // quantile would fall to nothing.
    let steps = std::iter::repeat_n([hang(), ok("hedge")], 21).flatten();
    let config = quantile().initial(ms(200));
    let script = Script::new(steps);
    let service = hedge(config).layer(Probe::new(script.clone()));
    for _ in 0..20 {
        assert_eq!(service.clone().oneshot(()).await, Ok("hedge"));
    }
    let began = Instant::now();
    assert_eq!(service.oneshot(()).await, Ok("hedge"));
    assert!(began.elapsed() >= ms(200));
}

#[tokio::test(start_paused = true)]
async fn parameters_can_be_set_while_requests_run() {
    let script = Script::new([hang(), hang(), ok("third")]);
    let policy = hedge(config());
    let service = policy.layer(Probe::new(script.clone()));
    policy.plan().max_attempts().set(3).unwrap();
    policy.plan().after().set(ms(25).into()).unwrap();
    assert!(policy.plan().max_attempts().set(0).is_err());
    let began = Instant::now();
    assert_eq!(service.oneshot(()).await, Ok("third"));
    assert_eq!((began.elapsed(), script.calls()), (ms(50), 3));
}

#[tokio::test(start_paused = true)]
async fn attempt_that_answers_first_allocates_nothing() {
    for after in [ms(10).into(), Delay::from(Quantile::P95)] {
        let hedge = Policy(HedgeConfig::new().after(after).build().unwrap());
        let policy = hedge + Policy(BulkheadConfig::new(1).queue(9).build().unwrap());
        let answer = || {
            let call = std::pin::pin!(policy.run(|| async { Ok::<_, String>(()) }));
            assert!(call.poll(&mut Context::from_waker(Waker::noop())).is_ready());
        };
        // The first one makes room for what is measured.
        answer();
        let counted = allocation_counter::measure(|| (0..1_000).for_each(|_| answer()));
        assert_eq!(counted.count_total, 0, "after {after:?}");
    }
}
