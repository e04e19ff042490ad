//! Texts that meant something else than they said.

use ninelives_runtime::bulkhead::BulkheadLayer;
use ninelives_runtime::circuit_breaker::CircuitBreakerLayer;
use ninelives_runtime::dynamic::{Calls, Host, LoadError, PolicyBook, TextPolicy};
use ninelives_runtime::hedge::HedgeLayer;
use ninelives_runtime::retry::RetryLayer;
use ninelives_runtime::testing::{AsSaid, Failure, Script, hang, ms, ok};
use ninelives_runtime::timeout::TimeoutLayer;
use std::time::Duration;
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

type Policy = TextPolicy<(), &'static str, Failure>;

/// The one policy of a text; `@stuck` never answers, `@slow` does so after 30 ms.
pub(crate) fn load(expression: &str) -> Result<Policy, LoadError> {
    let calls = Calls::<(), &'static str, Failure>::new().classify(AsSaid);
    let calls = calls.service("stuck", Script::new([hang()]));
    let host = Host::new().calls(calls.service("slow", Script::new([ok("slow").after(ms(30))])));
    let book = PolicyBook::from_text(format!("policy it = {expression};"), host)?;
    Ok(book.policy("it").unwrap())
}

/// ninelives 0.2 documents `&` > `+` > `|` and has Rust's order, in which `+` is the tightest
/// (aesthetics, part 3). Each text here comes to another end in Rust's order.
#[tokio::test(start_paused = true)]
async fn operators_bind_as_they_are_documented() {
    let cases = [
        // Rust's order: the deadline is for the left arm only, and the right one answers.
        ("timeout(20ms) + to(@stuck) & to(@slow)", false, 20),
        ("(timeout(20ms) + to(@stuck)) & to(@slow)", true, 30),
        // Rust's order: the group before `&` is cut off, and both stand in the arm of `|`.
        ("fail | timeout(20ms) + to(@stuck) & to(@slow)", false, 20),
        ("timeout(20ms) + to(@stuck) & to(@stuck) | to(@slow)", true, 50),
        ("timeout(20ms) + to(@stuck) | to(@slow)", true, 50),
        ("timeout(20ms) + (to(@stuck) | to(@slow))", false, 20),
    ];
    for (text, answers, after) in cases {
        let service = load(text).unwrap().layer(Script::new([hang()]));
        let began = Instant::now();
        let outcome = service.oneshot(()).await;
        assert_eq!((outcome.is_ok(), began.elapsed()), (answers, ms(after)), "{text}");
    }
}

/// linkerd2 14954: a period of zero panics in the task that uses it (reliability 13).
#[test]
fn period_of_zero_is_refused_when_it_is_loaded() {
    let texts = [
        "timeout(0s)",
        "bulkhead(0)",
        "retry(0)",
        "circuit_breaker(window = 0s)",
        "circuit_breaker(window = 0)",
        "circuit_breaker(cooldown = 0s)",
        "circuit_breaker(probes = 0)",
        "circuit_breaker(min_calls = 0)",
        "circuit_breaker(consecutive = 0)",
        "retry(3, budget = budget(20%, window = 0s))",
        "hedge(p95, min_samples = 0)",
    ];
    for text in texts {
        assert!(load(text).is_err(), "{text}");
    }
}

/// ninelives, control plane: a zero is refused when a policy is built, but not when it is written
/// to a live one, and is then read as one (aesthetics, part 3).
#[test]
fn value_that_is_refused_at_build_is_refused_when_written_live() {
    let breaker = CircuitBreakerLayer::new();
    let bulkhead = BulkheadLayer::new(7);
    let retry = RetryLayer::new(7);
    let timeout = TimeoutLayer::new(ms(7));
    let hedge = HedgeLayer::new(ms(7));
    assert!(timeout.duration().set(Duration::ZERO).is_err());
    assert!(bulkhead.max_concurrency().set(0).is_err());
    assert!(retry.max_attempts().set(0).is_err());
    assert!(hedge.max_attempts().set(0).is_err());
    assert!(hedge.min_samples().set(0).is_err());
    assert!(breaker.probes().set(0).is_err());
    assert!(breaker.min_calls().set(0).is_err());
    assert!(breaker.consecutive().set(Some(0)).is_err());
    assert!(breaker.window().set(0.into()).is_err());
    assert!(breaker.window().set(Duration::ZERO.into()).is_err());
    assert!(breaker.cooldown().set(Duration::ZERO).is_err());
    // Nothing of it is in force, not even as something else.
    assert_eq!(timeout.duration().get(), ms(7));
    assert_eq!((bulkhead.max_concurrency().get(), retry.max_attempts().get()), (7, 7));
    assert_eq!(breaker.probes().get(), CircuitBreakerLayer::new().probes().get());
}
