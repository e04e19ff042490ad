//! A circuit breaker around a service.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

use ninelives_runtime::circuit_breaker::{
    CircuitBreaker, CircuitBreakerConfig, CircuitBreakerLayer, State, Window,
};
use ninelives_runtime::classify::{Class, ClassSet};
use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::value::Ratio;
use ninelives_runtime::edge::Guarded;
use ninelives_runtime::error::{PolicyError, Reason, Rejected};
use ninelives_runtime::policy::{
    Policy, bulkhead, circuit_breaker, fail, fallback_with, pass, retry, timeout,
};
use ninelives_runtime::testing::{
    AsSaid, Failure, Probe, Script, Step, drop_at_each_poll, err, hang, ms, ok,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, advance};
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt};

type Answer = Result<&'static str, PolicyError<Failure>>;

/// Opens with the second failure in a row, for 500 to 1,000 ms.
fn touchy() -> CircuitBreakerConfig {
    let config = CircuitBreakerConfig::new().consecutive(2);
    config.cooldown(ms(1_000)).seed(1)
}

fn build(config: CircuitBreakerConfig) -> CircuitBreakerLayer {
    config.build().unwrap()
}

/// The breaker around a script, and the script. The outcomes are of the class they say.
fn around(
    layer: &CircuitBreakerLayer,
    steps: impl IntoIterator<Item = Step>,
) -> (Guarded<Arc<CircuitBreaker>, Probe<Script>, AsSaid>, Script) {
    let script = Script::new(steps);
    let policy = Policy(layer.clone()).classify(AsSaid);
    (policy.layer(Probe::new(script.clone())), script)
}

async fn call(
    service: &(impl Service<(), Response = &'static str, Error = PolicyError<Failure>> + Clone),
) -> Answer {
    service.clone().oneshot(()).await
}

fn refusal(answer: Answer) -> Rejected {
    answer.unwrap_err().rejected().unwrap().clone()
}

/// So many steps of the same kind.
fn times(count: usize, step: Step) -> impl Iterator<Item = Step> {
    std::iter::repeat_n(step, count)
}

fn broken() -> Step {
    err(Class::Transient)
}

#[tokio::test(start_paused = true)]
async fn half_of_twenty_calls_failing_opens_the_circuit() {
    let layer = CircuitBreakerLayer::new();
    let steps = times(10, ok("good")).chain(times(10, broken()));
    let (service, script) = around(&layer, steps);
    for _ in 0..19 {
        let _ = call(&service).await;
        assert_eq!(layer.state(), State::Closed);
    }
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open);
    let refused = refusal(call(&service).await);
    assert_eq!(refused.reason(), Reason::CircuitOpen);
    assert_eq!(refused.class(), Class::Rejected);
    assert_eq!(refused.path(), "circuit_breaker");
    assert_eq!(script.calls(), 20, "the service is left alone");
}

#[tokio::test(start_paused = true)]
async fn good_answer_opens_nothing_and_the_next_failure_does() {
    let layer = build(CircuitBreakerConfig::new().min_calls(4));
    let steps = times(3, broken()).chain(times(1, ok("good")));
    let (service, _) = around(&layer, steps.chain(times(1, broken())));
    for _ in 0..4 {
        let _ = call(&service).await;
    }
    assert_eq!(layer.state(), State::Closed, "3 of 4 failed, but the last was good");
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_open_whatever_the_rate() {
    let layer = build(CircuitBreakerConfig::new().consecutive(3));
    let row = || times(50, ok("good")).chain(times(2, broken()));
    let steps = row().chain(row()).chain(times(1, broken()));
    let (service, _) = around(&layer, steps);
    for _ in 0..104 {
        let _ = call(&service).await;
        assert_eq!(layer.state(), State::Closed);
    }
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn slow_calls_open_where_they_are_measured() {
    let config = CircuitBreakerConfig::new().min_calls(4);
    let measured = config.clone().slow_call(ms(10)).slow_rate(Ratio::percent(75));
    for (config, expected) in [
        (config.clone(), State::Closed),
        (config.slow_call(Off), State::Closed),
        (measured, State::Open),
    ] {
        let layer = build(config);
        let steps = [ms(10), ms(11), ms(11), ms(11)];
        let (service, _) = around(&layer, steps.map(|took| ok("late").after(took)));
        for _ in 0..4 {
            assert_eq!(layer.state(), State::Closed);
            assert_eq!(call(&service).await, Ok("late"));
        }
        assert_eq!(layer.state(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn window_of_time_forgets() {
    let layer = build(CircuitBreakerConfig::new().window(ms(1_000)).min_calls(4));
    let (service, _) = around(&layer, [broken()]);
    for _ in 0..3 {
        let _ = call(&service).await;
    }
    advance(ms(1_000)).await;
    for _ in 0..3 {
        let _ = call(&service).await;
    }
    assert_eq!(layer.state(), State::Closed);
    advance(ms(800)).await;
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn permanent_failure_is_an_answer() {
    let layer = build(CircuitBreakerConfig::new().min_calls(4).consecutive(2));
    let steps = [broken(), err(Class::Permanent), broken(), err(Class::Permanent)];
    let (service, _) = around(&layer, steps.into_iter().cycle().take(40));
    for _ in 0..3 {
        let _ = call(&service).await;
    }
    assert_eq!(layer.state(), State::Closed, "no two in a row");

    let layer = build(CircuitBreakerConfig::new().on(Class::Permanent).consecutive(2));
    let (service, _) = around(&layer, [err(Class::Permanent)]);
    let _ = call(&service).await;
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open, "unless `on` says otherwise");
}

#[tokio::test(start_paused = true)]
async fn class_that_on_leaves_out_counts_for_nothing() {
    let config = CircuitBreakerConfig::new().on(Class::Timeout | Class::Overloaded);
    let layer = build(config.min_calls(2));
    let steps = times(5, broken()).chain([err(Class::Timeout), err(Class::Overloaded)]);
    let (service, _) = around(&layer, steps);
    for _ in 0..6 {
        let _ = call(&service).await;
        assert_eq!(layer.state(), State::Closed);
    }
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn degraded_answer_is_a_success() {
    let layer = build(touchy().consecutive(1));
    let policy = Policy(layer.clone()) + (pass() | fallback_with(|_: Option<()>, _| "cached"));
    let service = policy.layer(Script::new([broken()]));
    for _ in 0..5 {
        assert_eq!(call(&service).await, Ok("cached"));
    }
    assert_eq!(layer.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn part_that_can_do_nothing_counts_for_nothing() {
    let layer = build(touchy().consecutive(1).on(ClassSet::ANY));
    let service = (Policy(layer.clone()) + fail()).layer(Script::new([ok("unused")]));
    assert_eq!(refusal(call(&service).await).reason(), Reason::Failed);
    assert_eq!(layer.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn deadline_inside_is_a_failure_and_one_outside_counts_for_nothing() {
    let inside = build(touchy());
    let service = (Policy(inside.clone()) + timeout(ms(10))).layer(Script::new([hang()]));
    let _ = call(&service).await;
    let _ = call(&service).await;
    assert_eq!(inside.state(), State::Open);

    let outside = build(touchy());
    let service = (timeout(ms(10)) + Policy(outside.clone())).layer(Script::new([hang()]));
    for _ in 0..5 {
        let _ = call(&service).await;
    }
    assert_eq!(outside.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn successful_probe_closes_and_counting_begins_afresh() {
    let layer = build(touchy());
    let steps = [broken(), broken(), ok("back"), broken(), ok("fine")];
    let (service, script) = around(&layer, steps);
    let _ = call(&service).await;
    let _ = call(&service).await;
    advance(ms(499)).await;
    refusal(call(&service).await);
    advance(ms(501)).await;
    assert_eq!(layer.state(), State::Open, "until the next call");
    assert_eq!(call(&service).await, Ok("back"));
    assert_eq!(layer.state(), State::Closed);
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Closed, "the failures before are forgotten");
    assert_eq!(script.calls(), 4);
}

/// How long the circuit refuses from now on, to the millisecond, and the probe that ends it.
async fn until_probed(
    service: &(impl Service<(), Response = &'static str, Error = PolicyError<Failure>> + Clone),
) -> Duration {
    let began = Instant::now();
    while call(service).await.unwrap_err().rejected().is_some() {
        advance(ms(1)).await;
    }
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn cooldown_doubles_per_reopening_up_to_its_ceiling() {
    let layer = build(touchy().max_cooldown(ms(4_000)));
    let (service, _) = around(&layer, [broken()]);
    let _ = call(&service).await;
    let _ = call(&service).await;
    for full in [1_000, 2_000, 4_000, 4_000] {
        let took = until_probed(&service).await;
        assert!(took >= ms(full / 2) && took <= ms(full), "{took:?} of {full}ms");
        assert_eq!(layer.state(), State::Open);
    }
}

#[tokio::test(start_paused = true)]
async fn jitter_is_repeatable_by_its_seed() {
    let mut took = Vec::new();
    for seed in [1, 1, 2, 3] {
        let layer = build(touchy().seed(seed));
        let (service, _) = around(&layer, [broken()]);
        let _ = call(&service).await;
        let _ = call(&service).await;
        took.push(until_probed(&service).await);
    }
    assert_eq!(took[0], took[1]);
    assert!(took[1] != took[2] || took[2] != took[3], "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn all_probes_must_succeed() {
    let probing = [broken(), broken(), ok("one").after(ms(5)), ok("two").after(ms(9))];
    for (third, expected) in [(ok("three"), State::Closed), (broken(), State::Open)] {
        let layer = build(touchy().probes(3));
        let steps = probing.clone().into_iter().chain([third.after(ms(7))]);
        let (service, script) = around(&layer, steps);
        let _ = call(&service).await;
        let _ = call(&service).await;
        advance(ms(1_000)).await;
        let (one, two, three, fourth) =
            tokio::join!(call(&service), call(&service), call(&service), call(&service),);
        assert_eq!((one, two), (Ok("one"), Ok("two")));
        assert_eq!(three.is_ok(), expected == State::Closed);
        assert_eq!(refusal(fourth).reason(), Reason::CircuitOpen);
        assert_eq!(layer.state(), expected);
        assert_eq!(script.calls(), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn slow_probe_has_failed() {
    let layer = build(touchy().slow_call(ms(10)));
    let (service, _) = around(&layer, [broken(), broken(), ok("late").after(ms(11))]);
    let _ = call(&service).await;
    let _ = call(&service).await;
    advance(ms(1_000)).await;
    assert_eq!(call(&service).await, Ok("late"));
    assert_eq!(layer.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn probe_dropped_at_any_poll_gives_its_slot_back() {
    let layer = build(touchy());
    let policy = (Policy(layer.clone()) + retry(3)).classify(AsSaid);
    let steps = times(6, broken()).chain([broken().after(ms(5))]);
    let script = Script::new(steps);
    let service = policy.layer(Probe::new(script.clone()));
    let _ = call(&service).await;
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open);
    advance(ms(1_000)).await;
    let polls = drop_at_each_poll(
        || service.clone().oneshot(()),
        |_| {
            assert_eq!(script.in_flight(), 0);
        },
    )
    .await;
    // Each drop was followed by the next probe, and only the last one came to its end.
    assert!(polls > 3, "{polls}");
    assert_eq!(layer.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn commands_rule_until_reset() {
    let layer = build(touchy());
    let (service, script) = around(&layer, [broken()]);
    layer.force_close();
    for _ in 0..5 {
        let _ = call(&service).await;
    }
    assert_eq!(layer.state(), State::ForcedClosed);
    layer.force_open();
    advance(ms(600_000)).await;
    refusal(call(&service).await);
    assert_eq!(layer.state(), State::ForcedOpen);
    assert_eq!(script.calls(), 5);
    layer.reset();
    assert_eq!(layer.state(), State::Closed);
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Closed);
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open);
    layer.reset();
    assert_eq!(layer.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn clones_and_services_share_one_circuit() {
    let layer = build(touchy());
    let (one, _) = around(&layer, [broken()]);
    let (other, untouched) = around(&layer.clone(), [ok("fine")]);
    let _ = call(&one).await;
    let _ = call(&one).await;
    refusal(call(&other).await);
    assert_eq!(untouched.calls(), 0);
    assert!(format!("{layer:?}").contains("state: Open"), "{layer:?}");
}

#[tokio::test(start_paused = true)]
async fn parameters_are_read_and_set_while_requests_run() {
    let layer = build(touchy().path("search.breaker"));
    let (service, _) = around(&layer, [broken()]);
    let _ = call(&service).await;
    layer.consecutive().set(Some(4)).unwrap();
    let _ = call(&service).await;
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Closed);
    layer.window().set(Window::Calls(5)).unwrap();
    layer.min_calls().set(4).unwrap();
    layer.failure_rate().set(Ratio::ONE).unwrap();
    let _ = call(&service).await;
    assert_eq!(layer.state(), State::Open);
    assert_eq!(refusal(call(&service).await).path(), "search.breaker");
    let refused = layer.probes().set(0).unwrap_err();
    assert_eq!(refused.to_string(), "`circuit_breaker(probes)`: `0` must be between 1 and 1000");
    assert_eq!(layer.probes().get(), 1);
}

#[tokio::test(start_paused = true)]
async fn stack_around_a_service_with_room_for_one_goes_on_working() {
    let policy = bulkhead(4) + circuit_breaker() + timeout(ms(50)) + retry(2);
    let script = Script::new([ok("done").after(ms(10))]);
    let service = policy.layer(Probe::new(ConcurrencyLimit::new(script.clone(), 1)));
    let (one, two, three) = tokio::join!(call(&service), call(&service), call(&service));
    assert_eq!((one, two, three), (Ok("done"), Ok("done"), Ok("done")));
    assert_eq!(script.peak(), 1);
}
