//! What is set acts.

use super::book;
use ninelives_runtime::classify::Class;
use ninelives_runtime::dynamic::{Calls, Host, PolicyBook};
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::registry::Registry;
use ninelives_runtime::testing::{AsSaid, Failure, Script, err, ms, ok};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::time::Instant;
use tower::util::BoxCloneService;
use tower::{Layer, ServiceExt, service_fn};

type Answer = Result<u32, io::Error>;

type Guarded = BoxCloneService<u32, u32, PolicyError<io::Error>>;

/// A policy around a service, and how often that was called.
fn policy<F>(
    text: &str,
    serve: impl Fn(u32) -> F + Clone + Send + 'static,
) -> (Registry, Guarded, Arc<AtomicU32>)
where
    F: Future<Output = Answer> + Send + 'static,
{
    let book = book(&format!("policy it = {text};"));
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let service = service_fn(move |request| {
        counted.fetch_add(1, Ordering::Relaxed);
        serve(request)
    });
    let service = book.policy("it").unwrap().layer(service);
    (book.registry(), BoxCloneService::new(service), calls)
}

async fn slow(request: u32) -> Answer {
    tokio::time::sleep(ms(100)).await;
    Ok(request)
}

async fn down(_: u32) -> Answer {
    Err(io::Error::other("down"))
}

#[tokio::test(start_paused = true)]
async fn shorter_timeout_fires() {
    let (registry, service, _) = policy("timeout(1s)", slow);
    assert_eq!(service.clone().oneshot(1).await.map_err(|_| ()), Ok(1));
    registry.set("it.timeout.duration", ms(50)).unwrap();
    let began = Instant::now();
    assert!(service.oneshot(1).await.is_err());
    assert_eq!(began.elapsed(), ms(50));
}

/// Calls that take 100 ms, one every 10 ms: how many run at once, and how many come through.
#[tokio::test(start_paused = true)]
async fn bulkhead_shrinks_and_grows_while_in_use() {
    let (registry, service, _) = policy("bulkhead(8)", slow);
    let in_use = || match registry.layers()[0].state {
        Some(ninelives_runtime::control::LayerState::Bulkhead { in_use, .. }) => in_use,
        other => panic!("{other:?}"),
    };
    let call = || tokio::spawn(service.clone().oneshot(1));
    let first: Vec<_> = (0..9).map(|_| call()).collect();
    tokio::task::yield_now().await;
    assert_eq!(in_use(), 8, "the ninth was refused");

    registry.set("it.bulkhead.max_concurrency", 3).unwrap();
    assert_eq!(in_use(), 8, "those in flight finish");
    let refused = call().await.unwrap();
    assert!(refused.is_err());
    for call in first {
        let _ = call.await.unwrap();
    }
    assert_eq!(in_use(), 0);

    // Drained: never above the new limit.
    let second: Vec<_> = (0..9).map(|_| call()).collect();
    tokio::task::yield_now().await;
    assert_eq!(in_use(), 3);
    registry.set("it.bulkhead.max_concurrency", 5).unwrap();
    let third: Vec<_> = (0..9).map(|_| call()).collect();
    tokio::task::yield_now().await;
    assert_eq!(in_use(), 5);
    for call in second.into_iter().chain(third) {
        let _ = call.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn larger_limit_lets_in_who_waits() {
    let (registry, service, _) = policy("bulkhead(1, queue = 9, wait = 10s)", slow);
    let began = Instant::now();
    let calls: Vec<_> = (0..4).map(|_| tokio::spawn(service.clone().oneshot(1))).collect();
    tokio::time::sleep(ms(50)).await;
    registry.set("it.bulkhead.max_concurrency", 4).unwrap();
    for call in calls {
        assert!(call.await.unwrap().is_ok());
    }
    assert_eq!(began.elapsed(), ms(150));
}

#[tokio::test(start_paused = true)]
async fn queue_and_wait_act_on_who_comes_next() {
    let (registry, service, _) = policy("bulkhead(1)", slow);
    let call = || tokio::spawn(service.clone().oneshot(1));
    let _first = call();
    tokio::task::yield_now().await;
    registry.set_all([("it.bulkhead.queue", "1"), ("it.bulkhead.wait", "20ms")]).unwrap();
    let began = Instant::now();
    let refused = call().await.unwrap();
    assert!(refused.map_err(|error| error.to_string()).is_err_and(|it| it.contains("20ms")));
    assert_eq!(began.elapsed(), ms(20));
}

#[tokio::test(start_paused = true)]
async fn attempts_waits_and_jitter_of_a_retry_act() {
    let (registry, service, calls) = policy("retry(3, backoff = fixed(1s))", down);
    registry
        .set_all([
            ("it.retry.max_attempts", "5"),
            ("it.retry.backoff.base", "10ms"),
            ("it.retry.jitter", "none"),
        ])
        .unwrap();
    let began = Instant::now();
    assert!(service.clone().oneshot(1).await.is_err());
    assert_eq!((calls.swap(0, Ordering::Relaxed), began.elapsed()), (5, ms(40)));

    registry.set("it.retry.on", "timeout").unwrap();
    assert!(service.clone().oneshot(1).await.is_err());
    assert_eq!(calls.swap(0, Ordering::Relaxed), 1);

    registry
        .set_all([("it.retry.on", "transient"), ("it.retry.budget", "budget(0%, min = 1/1h)")])
        .unwrap();
    for _ in 0..9 {
        assert!(service.clone().oneshot(1).await.is_err());
    }
    let with_a_budget = calls.swap(0, Ordering::Relaxed);
    assert!(with_a_budget <= 9 + 1, "{with_a_budget}");
    registry.set("it.retry.budget", "off").unwrap();
    assert!(service.oneshot(1).await.is_err());
    assert_eq!(calls.load(Ordering::Relaxed), 5);
}

#[tokio::test(start_paused = true)]
async fn thresholds_and_cooldown_of_a_breaker_act() {
    let (registry, service, calls) = policy("circuit_breaker", down);
    registry
        .set_all([("it.circuit_breaker.consecutive", "2"), ("it.circuit_breaker.cooldown", "10ms")])
        .unwrap();
    for _ in 0..9 {
        assert!(service.clone().oneshot(1).await.is_err());
    }
    assert_eq!(calls.swap(0, Ordering::Relaxed), 2, "open after two in a row");
    tokio::time::sleep(ms(11)).await;
    assert!(service.clone().oneshot(1).await.is_err());
    assert_eq!(calls.swap(0, Ordering::Relaxed), 1, "a probe");
}

#[tokio::test(start_paused = true)]
async fn longest_hint_that_a_retry_obeys_acts() {
    let calls = Calls::<(), &str, Failure>::new().classify(AsSaid);
    let text = "policy it = retry(2, backoff = fixed(10ms), jitter = none, retry_after = off);";
    let book = PolicyBook::from_text(text, Host::new().calls(calls)).unwrap();
    let hinted = || Script::new([err(Class::Overloaded).asking(ms(300)), ok("later")]);
    let policy = book.policy::<(), &str, Failure>("it").unwrap();
    let cases = [
        (None, Ok("later"), 10),
        (Some("1s"), Ok("later"), 300),
        // Asked to wait for longer than that, it gives up.
        (Some("100ms"), Err(()), 0),
    ];
    for (longest, expected, waited) in cases {
        if let Some(longest) = longest {
            book.registry().set("it.retry.retry_after", longest).unwrap();
        }
        let began = Instant::now();
        let answer = policy.layer(hinted()).oneshot(()).await.map_err(|_| ());
        assert_eq!((answer, began.elapsed()), (expected, ms(waited)), "{longest:?}");
    }
}

/// The even requests fail.
async fn half(request: u32) -> Answer {
    if request.is_multiple_of(2) { down(request).await } else { Ok(request) }
}

#[tokio::test(start_paused = true)]
async fn failure_rate_of_a_breaker_acts() {
    let (registry, service, calls) =
        policy("circuit_breaker(failure_rate = 90%, min_calls = 4, cooldown = 1s)", half);
    for request in 0..8 {
        let _ = service.clone().oneshot(request).await;
    }
    assert_eq!(calls.swap(0, Ordering::Relaxed), 8, "half is not enough");
    registry.set("it.circuit_breaker.failure_rate", "40%").unwrap();
    for request in 0..8 {
        let _ = service.clone().oneshot(request).await;
    }
    assert_eq!(calls.load(Ordering::Relaxed), 1, "the next outcome is judged by the new rate");
}

#[tokio::test(start_paused = true)]
async fn probes_of_a_breaker_act() {
    let (registry, service, calls) =
        policy("circuit_breaker(consecutive = 1, cooldown = 10ms, probes = 1)", half);
    registry.set("it.circuit_breaker.probes", 3).unwrap();
    assert!(service.clone().oneshot(0).await.is_err());
    tokio::time::sleep(ms(11)).await;
    let probing = || tokio::spawn(service.clone().oneshot(1));
    let probes: Vec<_> = (0..9).map(|_| probing()).collect();
    let mut admitted = 0;
    for probe in probes {
        admitted += u32::from(probe.await.unwrap().is_ok());
    }
    assert_eq!((admitted, calls.load(Ordering::Relaxed)), (9, 1 + 9), "three closed the circuit");

    registry.set("it.circuit_breaker.probes", 2).unwrap();
    assert!(service.clone().oneshot(0).await.is_err());
    tokio::time::sleep(ms(11)).await;
    assert!(service.clone().oneshot(1).await.is_ok());
    let state = registry.layers()[0].state.unwrap().to_string();
    assert!(state.contains("half"), "one of two probes succeeded: {state}");
}

#[tokio::test(start_paused = true)]
async fn longest_cooldown_of_a_breaker_acts() {
    let (registry, service, calls) =
        policy("circuit_breaker(consecutive = 1, cooldown = 100ms, max_cooldown = 1h)", down);
    registry.set("it.circuit_breaker.max_cooldown", "200ms").unwrap();
    // 100 ms, then doubled at each probe that fails: it stays at 200 ms, at least half of which passes.
    for cooldown in [100, 200, 200, 200] {
        assert!(service.clone().oneshot(0).await.is_err());
        assert_eq!(calls.swap(0, Ordering::Relaxed), 1, "{cooldown}");
        tokio::time::sleep(ms(cooldown / 2 - 1)).await;
        assert!(service.clone().oneshot(0).await.is_err());
        assert_eq!(calls.load(Ordering::Relaxed), 0, "still open");
        tokio::time::sleep(ms(cooldown / 2 + 2)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn window_and_min_calls_of_a_breaker_act_together() {
    let (registry, service, calls) = policy("circuit_breaker", down);
    registry
        .set_all([("it.circuit_breaker.window", "10s"), ("it.circuit_breaker.min_calls", "4")])
        .unwrap();
    for _ in 0..9 {
        assert!(service.clone().oneshot(1).await.is_err());
    }
    assert_eq!(calls.load(Ordering::Relaxed), 4);
}

#[tokio::test(start_paused = true)]
async fn classes_of_a_breaker_act() {
    let (registry, service, calls) = policy("circuit_breaker(consecutive = 1)", down);
    registry.set("it.circuit_breaker.on", "timeout").unwrap();
    for _ in 0..9 {
        assert!(service.clone().oneshot(1).await.is_err());
    }
    assert_eq!(calls.load(Ordering::Relaxed), 9);
}

#[tokio::test(start_paused = true)]
async fn slow_calls_of_a_breaker_act() {
    let (registry, service, calls) = policy("circuit_breaker(min_calls = 2)", slow);
    registry
        .set_all([
            ("it.circuit_breaker.slow_call", "50ms"),
            ("it.circuit_breaker.slow_rate", "50%"),
        ])
        .unwrap();
    for _ in 0..9 {
        let _ = service.clone().oneshot(1).await;
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn classes_of_a_hedge_act() {
    let (registry, service, calls) = policy("hedge(50ms, budget = off, on = timeout)", down);
    assert!(service.clone().oneshot(1).await.is_err());
    assert_eq!(calls.swap(0, Ordering::Relaxed), 1);
    registry.set("it.hedge.on", "transient").unwrap();
    assert!(service.oneshot(1).await.is_err());
    assert_eq!(calls.load(Ordering::Relaxed), 2, "the first failure sends the second at once");
}

#[tokio::test(start_paused = true)]
async fn delay_and_attempts_of_a_hedge_act() {
    let (registry, service, calls) = policy("hedge(50ms, budget = off)", slow);
    let began = Instant::now();
    assert!(service.clone().oneshot(1).await.is_ok());
    assert_eq!((calls.swap(0, Ordering::Relaxed), began.elapsed()), (2, ms(100)));
    registry.set_all([("it.hedge.after", "20ms"), ("it.hedge.max_attempts", "4")]).unwrap();
    assert!(service.clone().oneshot(1).await.is_ok());
    assert_eq!(calls.swap(0, Ordering::Relaxed), 4);

    // A quantile, of which nothing is known yet.
    registry.set_all([("it.hedge.after", "p99"), ("it.hedge.min_samples", "1000")]).unwrap();
    assert!(service.clone().oneshot(1).await.is_ok());
    assert_eq!(calls.swap(0, Ordering::Relaxed), 1);
    registry.set("it.hedge.initial", "60ms").unwrap();
    assert!(service.clone().oneshot(1).await.is_ok());
    assert_eq!(calls.swap(0, Ordering::Relaxed), 2);
    registry.set("it.hedge.budget", "budget(0%, min = 1/1h)").unwrap();
    assert!(service.clone().oneshot(1).await.is_ok());
    assert!(service.oneshot(1).await.is_ok());
    assert!(calls.load(Ordering::Relaxed) <= 3);
}
