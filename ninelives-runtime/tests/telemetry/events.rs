//! What each layer reports, event by event, with the times in the paused clock.

use ninelives_runtime::bulkhead::BulkheadConfig;
use ninelives_runtime::circuit_breaker::CircuitBreakerConfig;
use ninelives_runtime::classify::{Class, ClassSet};
use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::value::{Backoff, Budget, Jitter, Rate, Ratio};
use ninelives_runtime::edge::Plan;
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::fallback::Fallback;
use ninelives_runtime::hedge::HedgeConfig;
use ninelives_runtime::policy::Policy;
use ninelives_runtime::retry::RetryConfig;
use ninelives_runtime::telemetry::{MemorySink, PolicyEvent, Telemetry, WithSink};
use ninelives_runtime::testing::{AsSaid, Failure, Script, err, failure, hang, ms, ok};
use ninelives_runtime::timeout::TimeoutConfig;
use std::future::poll_fn;
use tokio::time::{Instant, advance, sleep};
use tower::util::BoxCloneService;
use tower::{Layer, Service, ServiceExt};

type Around = BoxCloneService<(), &'static str, PolicyError<Failure>>;

/// What a policy around a [`Script`] is, whatever the policy.
trait AroundScript:
    Service<(), Response = &'static str, Error = PolicyError<Failure>, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> AroundScript for S where
    S: Service<(), Response = &'static str, Error = PolicyError<Failure>, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// Where the events of a scenario go, and when it began.
struct Watch {
    began: Instant,
    memory: MemorySink,
    telemetry: Telemetry,
}

impl Watch {
    fn new() -> Self {
        let memory = MemorySink::new(1_000);
        let telemetry = Telemetry::new(memory.clone());
        Self { began: Instant::now(), memory, telemetry }
    }

    /// Puts a policy with the sink around a service that follows a script.
    fn around<P>(&self, policy: Policy<P>, script: &Script) -> Around
    where
        P: Plan,
        Policy<P::Reporting, AsSaid>: Layer<Script, Service: AroundScript>,
    {
        let policy = policy.classify(AsSaid).with_sink(self.telemetry.clone());
        BoxCloneService::new(policy.layer(script.clone()))
    }

    /// What was reported since the last look: `20ms search.retry: attempt 1 failed …`.
    async fn lines(&self) -> Vec<String> {
        self.telemetry.flush().await;
        let line = |event: &PolicyEvent| {
            format!("{:>4}ms {event}", event.at.duration_since(self.began).as_millis())
        };
        self.memory.take().iter().map(line).collect()
    }
}

fn retry(attempts: u32) -> RetryConfig {
    RetryConfig::new()
        .path("search.retry")
        .max_attempts(attempts)
        .backoff(Backoff::fixed(ms(100)))
        .jitter(Jitter::None)
        .budget(Off)
}

fn nothing_granted() -> Budget {
    Budget { ratio: Ratio::from_millionths(1), min: Rate::new(0, ms(1_000)), ..Budget::RETRY }
}

#[tokio::test(start_paused = true)]
async fn retry_reports_each_failed_attempt_and_the_request_its_answer() {
    let watch = Watch::new();
    let script = Script::new([
        err(Class::Transient).after(ms(20)),
        err(Class::Overloaded).after(ms(10)),
        ok("third"),
    ]);
    let service = watch.around(Policy(retry(3).build().unwrap()), &script);
    assert_eq!(service.oneshot(()).await.unwrap(), "third");
    assert_eq!(
        watch.lines().await,
        [
            "  20ms search.retry: attempt 1 failed (transient) after 20ms; the next one begins in 100ms",
            " 130ms search.retry: attempt 2 failed (overloaded) after 10ms; the next one begins in 100ms",
            " 230ms search: answered after 230ms",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn retry_says_when_no_attempt_is_left() {
    let watch = Watch::new();
    let script = Script::new([err(Class::Timeout).after(ms(5))]);
    let service = watch.around(Policy(retry(2).build().unwrap()), &script);
    service.oneshot(()).await.unwrap_err();
    assert_eq!(
        watch.lines().await,
        [
            "   5ms search.retry: attempt 1 failed (timeout) after 5ms; the next one begins in 100ms",
            " 110ms search.retry: attempt 2 failed (timeout) after 5ms; it was the last",
            " 110ms search: failed (timeout) after 110ms",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn retry_says_when_no_time_and_when_no_budget_is_left() {
    let watch = Watch::new();
    let timeout = TimeoutConfig::new(ms(50)).path("search.timeout").build().unwrap();
    let policy = Policy(timeout) + Policy(retry(2).build().unwrap());
    let script = Script::new([err(Class::Transient)]);
    watch.around(policy, &script).oneshot(()).await.unwrap_err();
    let broke = retry(2).budget(nothing_granted()).build().unwrap();
    watch.around(Policy(broke), &script).oneshot(()).await.unwrap_err();
    assert_eq!(
        watch.lines().await,
        [
            "   0ms search.retry: attempt 1 failed (transient) after 0s; it was the last",
            "   0ms search: failed (transient) after 0s",
            "   0ms search.retry: the budget grants nothing after attempt 1",
            "   0ms search.retry: attempt 1 failed (transient) after 0s; it was the last",
            "   0ms search: failed (transient) after 0s",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn failure_that_a_retry_does_not_act_on_is_none_of_its_events() {
    let watch = Watch::new();
    let script = Script::new([err(Class::Permanent)]);
    let service = watch.around(Policy(retry(3).build().unwrap()), &script);
    service.oneshot(()).await.unwrap_err();
    assert_eq!(watch.lines().await, ["   0ms search: failed (permanent) after 0s"]);
}

#[tokio::test(start_paused = true)]
async fn timeout_reports_that_it_passed_and_nothing_else() {
    let watch = Watch::new();
    let timeout = TimeoutConfig::new(ms(250)).path("search.timeout").build().unwrap();
    let script = Script::new([ok("first"), hang()]);
    let service = watch.around(Policy(timeout), &script);
    service.clone().oneshot(()).await.unwrap();
    service.oneshot(()).await.unwrap_err();
    assert_eq!(
        watch.lines().await,
        [
            "   0ms search: answered after 0s",
            " 250ms search.timeout: no answer within 250ms",
            " 250ms search: failed (timeout) after 250ms",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn bulkhead_reports_who_enters_who_waited_and_who_does_not() {
    let watch = Watch::new();
    let bulkhead =
        BulkheadConfig::new(1).queue(1).wait(ms(50)).path("search.bulkhead").build().unwrap();
    let script = Script::new([ok("slow").after(ms(30)), ok("slower").after(ms(90)), ok("last")]);
    let service = watch.around(Policy(bulkhead), &script);
    let first = tokio::spawn(service.clone().oneshot(()));
    let second = tokio::spawn(service.clone().oneshot(()));
    sleep(ms(1)).await;
    // The queue is full.
    service.clone().oneshot(()).await.unwrap_err();
    sleep(ms(30)).await;
    // The second one is inside: 50 ms are not enough.
    service.clone().oneshot(()).await.unwrap_err();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(
        watch.lines().await,
        [
            "   0ms search.bulkhead: a place was taken",
            "   1ms search.bulkhead: no place was free",
            "   1ms search: failed (rejected) after 0s",
            "  30ms search: answered after 30ms",
            "  30ms search.bulkhead: a place was taken after 30ms",
            "  81ms search.bulkhead: no place was free after 50ms",
            "  81ms search: failed (rejected) after 50ms",
            " 120ms search: answered after 120ms",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn circuit_breaker_reports_its_way_from_closed_to_closed() {
    let watch = Watch::new();
    let breaker = CircuitBreakerConfig::new()
        .consecutive(2)
        .cooldown(ms(100))
        .path("search.circuit_breaker")
        .build()
        .unwrap();
    let failed = err(Class::Transient);
    let script = Script::new([failed.clone(), failed.clone(), failed, ok("well again")]);
    let service = watch.around(Policy(breaker.clone()), &script);
    for pause in [0, 0, 100, 200] {
        advance(ms(pause)).await;
        let _ = service.clone().oneshot(()).await;
    }
    breaker.force_open();
    breaker.force_close();
    breaker.reset();
    breaker.reset();
    assert_eq!(
        watch.lines().await,
        [
            "   0ms search: failed (transient) after 0s",
            "   0ms search.circuit_breaker: the circuit opened",
            "   0ms search: failed (transient) after 0s",
            " 100ms search.circuit_breaker: the circuit is half-open",
            " 100ms search.circuit_breaker: the circuit opened",
            " 100ms search: failed (transient) after 0s",
            " 300ms search.circuit_breaker: the circuit is half-open",
            " 300ms search.circuit_breaker: the circuit closed",
            " 300ms search: answered after 0s",
            " 300ms search.circuit_breaker: the circuit opened by command",
            " 300ms search.circuit_breaker: the circuit closed by command",
            " 300ms search.circuit_breaker: the circuit closed by command",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn hedge_reports_what_it_sends_and_that_it_won() {
    let watch = Watch::new();
    let hedge = HedgeConfig::new()
        .after(ms(50))
        .max_attempts(3)
        .budget(Off)
        .path("search.hedge")
        .build()
        .unwrap();
    let script = Script::new([
        hang(),
        hang(),
        ok("third").after(ms(10)),
        ok("fourth").after(ms(60)),
        hang(),
    ]);
    let service = watch.around(Policy(hedge), &script);
    assert_eq!(service.clone().oneshot(()).await.unwrap(), "third");
    assert_eq!(service.oneshot(()).await.unwrap(), "fourth");
    assert_eq!(
        watch.lines().await,
        [
            "  50ms search.hedge: attempt 2 was sent after 50ms",
            " 100ms search.hedge: attempt 3 was sent after 100ms",
            " 110ms search.hedge: attempt 3 won after 10ms",
            " 110ms search: answered after 110ms",
            " 160ms search.hedge: attempt 2 was sent after 50ms",
            " 170ms search: answered after 60ms",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn hedge_says_when_its_budget_grants_nothing() {
    let watch = Watch::new();
    let hedge = HedgeConfig::new()
        .after(ms(50))
        .budget(nothing_granted())
        .path("search.hedge")
        .build()
        .unwrap();
    let script = Script::new([ok("first").after(ms(60))]);
    watch.around(Policy(hedge), &script).oneshot(()).await.unwrap();
    assert_eq!(
        watch.lines().await,
        [
            "  50ms search.hedge: the budget grants nothing after attempt 1",
            "  60ms search: answered after 60ms",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn answer_by_a_fallback_is_told_from_an_answer() {
    let watch = Watch::new();
    let timeout = TimeoutConfig::new(ms(250)).path("search.timeout").build().unwrap();
    let cached = Fallback::new(|_: Option<()>, _: Option<_>| "cached").with_path("search.fallback");
    let policy = Policy(timeout) | Policy(cached);
    let script = Script::new([hang(), ok("fresh")]);
    let service = watch.around(policy, &script);
    assert_eq!(service.clone().oneshot(()).await.unwrap(), "cached");
    assert_eq!(service.oneshot(()).await.unwrap(), "fresh");
    assert_eq!(
        watch.lines().await,
        [
            " 250ms search.timeout: no answer within 250ms",
            " 250ms search.fallback: the fallback answered",
            " 250ms search: answered by a fallback after 250ms",
            " 250ms search: answered after 0s",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn dropped_request_is_cancelled_once_and_has_no_other_end() {
    let watch = Watch::new();
    let policy = Policy(BulkheadConfig::new(1).path("search.bulkhead").build().unwrap())
        + Policy(retry(3).build().unwrap());
    let script = Script::new([err(Class::Transient).after(ms(10)), hang()]);
    let service = watch.around(policy, &script);
    // In the first attempt, in the backoff, in the second attempt; before the first poll nothing began.
    for after in [5, 50, 150] {
        let script = Script::new([err(Class::Transient).after(ms(10)), hang()]);
        let service = watch.around(
            Policy(BulkheadConfig::new(1).path("search.bulkhead").build().unwrap())
                + Policy(retry(3).build().unwrap()),
            &script,
        );
        let request = service.oneshot(());
        tokio::time::timeout(ms(after), request).await.unwrap_err();
    }
    let mut service = service;
    poll_fn(|task| service.poll_ready(task)).await.unwrap();
    drop(service.call(()));
    let retried =
        "search.retry: attempt 1 failed (transient) after 10ms; the next one begins in 100ms";
    assert_eq!(
        watch.lines().await,
        [
            "   0ms search.bulkhead: a place was taken".to_owned(),
            "   5ms search: cancelled after 5ms".to_owned(),
            "   5ms search.bulkhead: a place was taken".to_owned(),
            format!("  15ms {retried}"),
            "  55ms search: cancelled after 50ms".to_owned(),
            "  55ms search.bulkhead: a place was taken".to_owned(),
            format!("  65ms {retried}"),
            " 205ms search: cancelled after 150ms".to_owned(),
        ]
    );
}

/// Each request that began ends as exactly one event, at whatever poll it is dropped.
#[tokio::test(start_paused = true)]
async fn request_ends_once_at_whatever_poll_it_is_dropped() {
    let watch = Watch::new();
    let policy = || {
        let timeout = TimeoutConfig::new(ms(500)).path("search.timeout").build().unwrap();
        Policy(timeout) + Policy(retry(3).build().unwrap())
    };
    let step = err(Class::Transient).after(ms(10));
    let mut requests = 0;
    ninelives_runtime::testing::drop_at_each_poll(
        || {
            requests += 1;
            let script = Script::new([step.clone(), step.clone(), ok("third")]);
            watch.around(policy(), &script).oneshot(())
        },
        |_| {},
    )
    .await;
    let lines = watch.lines().await;
    let ends = lines.iter().filter(|line| line.contains(" search: ")).count();
    // `oneshot` makes no request before its first poll.
    assert_eq!(ends, requests - 1, "{lines:#?}");
    let answered = lines.iter().filter(|line| line.contains("search: answered")).count();
    assert_eq!(answered, 1);
}

#[tokio::test(start_paused = true)]
async fn layers_alone_report_too_and_share_one_telemetry() {
    let watch = Watch::new();
    let retry = retry(2).build().unwrap().with_sink(watch.telemetry.clone());
    let timeout = TimeoutConfig::new(ms(30)).path("search.timeout").build().unwrap();
    let timeout = timeout.with_sink(watch.telemetry.clone());
    let service = tower::ServiceBuilder::new()
        .layer(Policy(retry).flat())
        .layer(timeout)
        .service(tower::service_fn(|(): ()| std::future::pending::<Result<(), String>>()));
    service.oneshot(()).await.unwrap_err();
    assert_eq!(
        watch.lines().await,
        [
            "  30ms search.timeout: no answer within 30ms",
            "  30ms search.retry: attempt 1 failed (timeout) after 30ms; the next one begins in 100ms",
            " 160ms search.timeout: no answer within 30ms",
            " 160ms search.retry: attempt 2 failed (timeout) after 30ms; it was the last",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn sink_attached_later_hears_of_what_is_in_flight() {
    let watch = Watch::new();
    let retry = retry(2).build().unwrap();
    let script = Script::new([err(Class::Transient).after(ms(10)), ok("second")]);
    let service = Policy(retry.clone()).classify(AsSaid).layer(script);
    let request = tokio::spawn(service.oneshot(()));
    tokio::task::yield_now().await;
    let _ = retry.with_sink(watch.telemetry.clone());
    request.await.unwrap().unwrap();
    assert_eq!(
        watch.lines().await,
        // Nobody looked at the clock when the attempt began.
        ["  10ms search.retry: attempt 1 failed (transient); the next one begins in 100ms"]
    );
}

#[tokio::test(start_paused = true)]
async fn every_sink_of_a_policy_hears_everything() {
    let (one, other) = (Watch::new(), Watch::new());
    let timeout = TimeoutConfig::new(ms(30)).path("search.timeout").build().unwrap();
    let policy = Policy(timeout)
        .with_sink(one.telemetry.clone())
        .with_sink(other.telemetry.clone())
        .with_sink(one.telemetry.clone());
    policy.run(std::future::pending::<Result<(), String>>).await.unwrap_err();
    let expected = [
        "  30ms search.timeout: no answer within 30ms",
        "  30ms search: failed (timeout) after 30ms",
    ];
    assert_eq!(one.lines().await, expected);
    assert_eq!(other.lines().await, expected);
}

#[tokio::test(start_paused = true)]
async fn requests_of_a_part_are_reported_by_the_policy_it_is_part_of() {
    let (inner, outer) = (Watch::new(), Watch::new());
    let timeout = TimeoutConfig::new(ms(30)).path("search.timeout").build().unwrap();
    let part = Policy(timeout).with_sink(inner.telemetry.clone());
    let whole = (part | Policy(retry(1).build().unwrap())).with_sink(outer.telemetry.clone());
    drop(whole.run(std::future::pending::<Result<(), String>>));
    whole.run(|| async { Ok::<_, String>(()) }).await.unwrap();
    assert_eq!(inner.lines().await, [] as [String; 0]);
    let lines = outer.lines().await;
    assert_eq!(lines.last().unwrap(), "   0ms search: answered after 0s");
}

#[tokio::test(start_paused = true)]
async fn request_of_layers_without_a_policy_is_called_policy() {
    let watch = Watch::new();
    let policy = ninelives_runtime::policy::retry(1).with_sink(watch.telemetry.clone());
    policy.run(|| async { Ok::<_, String>(()) }).await.unwrap();
    assert_eq!(watch.lines().await, ["   0ms policy: answered after 0s"]);
}

/// A policy on a sink which reports into that very sink would never come to an end.
#[tokio::test(start_paused = true)]
async fn policy_on_a_sink_does_not_report_into_it() {
    let memory = MemorySink::new(1_000);
    let began = Instant::now();
    let on_sink = BulkheadConfig::new(8).path("sink.bulkhead").build().unwrap();
    let telemetry = Telemetry::new(Policy(on_sink.clone()).layer(memory.clone()));
    let elsewhere = Watch::new();
    let _ = on_sink.with_sink(telemetry.clone()).with_sink(elsewhere.telemetry.clone());
    let timeout = TimeoutConfig::new(ms(30)).path("search.timeout").build().unwrap();
    let policy = Policy(timeout).with_sink(telemetry.clone());
    policy.run(std::future::pending::<Result<(), String>>).await.unwrap_err();
    telemetry.flush().await;
    let events: Vec<_> = memory.take().iter().map(ToString::to_string).collect();
    assert_eq!(
        events,
        ["search.timeout: no answer within 30ms", "search: failed (timeout) after 30ms"]
    );
    assert_eq!(telemetry.counts().emitted, 2);
    // Another telemetry does hear of it.
    let line = "  30ms sink.bulkhead: a place was taken";
    assert_eq!(elsewhere.lines().await, [line, line]);
    assert_eq!(began.elapsed(), ms(30));
}

#[tokio::test(start_paused = true)]
async fn classes_without_a_retry_have_no_part_in_it() {
    let watch = Watch::new();
    let only_timeouts = retry(3).on(ClassSet::of([Class::Timeout])).build().unwrap();
    let policy = Policy(only_timeouts).classify(AsSaid).with_sink(watch.telemetry.clone());
    let failed = policy.run(|| async { Err::<(), _>(failure(Class::Overloaded)) }).await;
    failed.unwrap_err();
    assert_eq!(watch.lines().await, ["   0ms search: failed (overloaded) after 0s"]);
}
