//! `policy!(…)`: values and types.

#![allow(deprecated, reason = "policies as short as the case: the checker warns of some")]

use ninelives::policy;
use std::time::Duration;
use tower::{Layer, Service, ServiceExt, service_fn};

fn echo(
    delay: u64,
) -> impl Service<&'static str, Response = String, Error = String, Future: Send> + Clone {
    service_fn(move |request: &'static str| async move {
        tokio::time::sleep(Duration::from_millis(delay)).await;
        match request {
            "bad" => Err("refused".to_owned()),
            _ => Ok(request.to_uppercase()),
        }
    })
}

#[tokio::test(start_paused = true)]
async fn an_expression_is_a_policy() {
    let policy = policy!(timeout(100ms) | fallback);
    assert_eq!(policy.layer(echo(50)).oneshot("a").await, Ok("A".into()));
    assert_eq!(policy.layer(echo(150)).oneshot("a").await, Ok(String::new()));
    assert_eq!(policy.run(|| async { Err::<u8, _>("no") }).await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn paths_say_where_the_call_stands() {
    let (policy, line) = (policy!(timeout(100ms)), line!());
    let refused = policy.layer(echo(150)).oneshot("a").await.unwrap_err();
    let path = refused.rejected().unwrap().path();
    assert_eq!(path, format!("tests/policy_macro.rs:{line}:27.timeout"));
}

#[tokio::test(start_paused = true)]
async fn every_parameter_reaches_its_layer() {
    let breaker = policy!(circuit_breaker(
        failure_rate = 25%,
        window = 30s,
        min_calls = 7,
        consecutive = 5,
        slow_call = 80ms,
        slow_rate = 99.9%,
        cooldown = 2s,
        max_cooldown = 1h30m,
        probes = 3,
        on = timeout | permanent,
    ));
    let breaker = breaker.plan();
    let microseconds = policy!(circuit_breaker(slow_call = 150µs));
    assert_eq!(microseconds.plan().slow_call().get(), Some(Duration::from_micros(150)));
    assert_eq!(breaker.failure_rate().get().to_string(), "25%");
    assert_eq!(breaker.window().get(), Duration::from_secs(30).into());
    assert_eq!(breaker.min_calls().get(), 7);
    assert_eq!(breaker.consecutive().get(), Some(5));
    assert_eq!(breaker.slow_call().get(), Some(Duration::from_millis(80)));
    assert_eq!(breaker.slow_rate().get().to_string(), "99.9%");
    assert_eq!(breaker.cooldown().get(), Duration::from_secs(2));
    assert_eq!(breaker.max_cooldown().get(), Duration::from_secs(5_400));
    assert_eq!(breaker.probes().get(), 3);
    assert_eq!(breaker.on().get().to_string(), "timeout | permanent");

    let retry = policy!(retry(
        5,
        backoff = linear(10ms, max = 1s),
        jitter = equal,
        on = any,
        budget = budget(30%, min = 5/s, window = 20s),
        retry_after = off,
    ));
    let retry = retry.plan();
    assert_eq!(retry.max_attempts().get(), 5);
    assert_eq!(retry.backoff().get().to_string(), "linear(10ms, max = 1s)");
    assert_eq!(retry.jitter().get().to_string(), "equal");
    assert_eq!(retry.on().get().to_string(), "any");
    assert_eq!(retry.retry_after().get(), None);

    let hedge = policy!(
        hedge(
            after = p99.9,
            initial = 20ms,
            min_samples = 50,
            max_attempts = 3,
            budget = 5%,
            on = any,
        )
    );
    let hedge = hedge.plan();
    assert_eq!(hedge.initial().get(), Some(Duration::from_millis(20)));
    assert_eq!(hedge.min_samples().get(), 50);
    assert_eq!(hedge.max_attempts().get(), 3);
    assert_eq!(hedge.on().get().to_string(), "any");

    let bulkhead = policy!(bulkhead(4, queue = 2, wait = 50ms));
    let bulkhead = bulkhead.plan();
    assert_eq!(bulkhead.max_concurrency().get(), 4);
    assert_eq!(bulkhead.queue().get(), 2);
    assert_eq!(bulkhead.wait().get(), Some(Duration::from_millis(50)));
}

#[test]
fn a_plain_value_may_be_rust() {
    let attempts = 4;
    let wait = Duration::from_millis(100);
    let policy = policy!(retry({ attempts + 1 }, backoff = exponential(10ms)));
    assert_eq!(policy.plan().max_attempts().get(), 5);
    let policy = policy!(timeout({
        let wait = 2 * wait;
        wait.min(Duration::MAX)
    }));
    assert_eq!(policy.plan().duration().get(), 2 * wait);
}

#[tokio::test(start_paused = true)]
async fn handlers_services_and_layers_may_be_rust() {
    let name = "world";
    let policy =
        policy!(fail | fallback({ |request: Option<u8>, _| format!("{name} {request:?}") }));
    let service = service_fn(|_: u8| async { Ok::<_, String>("own".to_owned()) });
    assert_eq!(policy.layer(service).oneshot(3).await.unwrap(), "world Some(3)");

    let shout = echo(10);
    let policy = policy!(timeout(5ms) + to(@shout) | to(@shout) | fallback);
    assert_eq!(policy.layer(echo(1)).oneshot("a").await, Ok("A".into()));

    let limit = tower::limit::ConcurrencyLimitLayer::new(1);
    let policy = policy!(timeout(15ms) + @limit);
    let service = policy.layer(echo(10));
    let (one, other) = tokio::join!(service.send("a"), service.send("b"));
    assert_eq!(one, Ok("A".into()));
    assert!(other.is_err(), "the limit lets one call in at a time");
    let policy = policy!({ tower::layer::util::Identity::new() });
    assert_eq!(policy.layer(echo(1)).oneshot("a").await, Ok("A".into()));
}

#[test]
fn captured_fragments_are_read_as_they_were_written() {
    macro_rules! within {
        ($limit:literal, $times:expr, $($rest:tt)*) => {
            policy!(timeout($limit) + retry($times) $($rest)*)
        };
    }
    let policy = within!(5s, 1 + 1, + bulkhead(3));
    let plan = policy.plan();
    assert_eq!(plan.duration().get(), Duration::from_secs(5));
}
