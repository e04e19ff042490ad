//! State goes on over reloads, as the text before it left it.

use crate::{Text, load};
use ninelives_runtime::classify::Class;
use ninelives_runtime::dsl::diff::Fate;
use ninelives_runtime::error::{PolicyError, Reason};
use ninelives_runtime::testing::{Script, err, hang, ms, ok};
use std::time::Duration;
use tower::Layer;

const BROKEN: Class = Class::Transient;

/// True when the circuit is what refused.
fn is_refused<T: std::fmt::Debug, E>(answer: Result<T, PolicyError<E>>) -> bool {
    let refusal = answer.err().and_then(|error| error.rejected().map(|it| it.reason()));
    refusal == Some(Reason::CircuitOpen)
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_stays_open() {
    let book = load("policy it = circuit_breaker(consecutive = 1, cooldown = 1h);");
    let policy: Text = book.policy("it").unwrap();
    let script = Script::new([err(BROKEN)]);
    let service = policy.layer(script.clone());
    service.send(()).await.unwrap_err();
    for text in [
        "policy it = circuit_breaker(consecutive = 5, cooldown = 2s);",
        "policy it = circuit_breaker(window = 30s);",
        "policy it = timeout(1s) + circuit_breaker(window = 50);",
        "policy it = retry(3, backoff = fixed(1ms)) + (circuit_breaker | fail);",
        "policy it = bulkhead(1) + circuit_breaker(consecutive = 1, cooldown = 1h);",
    ] {
        book.reload(text).unwrap();
        assert!(is_refused(service.send(()).await), "{text}");
        assert!(is_refused(policy.layer(script.clone()).send(()).await), "{text}");
    }
    assert_eq!(script.calls(), 1);
    book.reload("policy it = x: circuit_breaker;").unwrap();
    service.send(()).await.unwrap_err();
    assert_eq!(script.calls(), 2, "another path is another circuit");
}

#[tokio::test(start_paused = true)]
async fn what_a_window_holds_is_judged_on() {
    let text = |rate: u32| {
        format!("policy it = circuit_breaker(failure_rate = {rate}%, min_calls = 4, window = 8);")
    };
    let book = load(&text(80));
    let policy: Text = book.policy("it").unwrap();
    let script = Script::new([err(BROKEN), err(BROKEN), ok("answer"), err(BROKEN), ok("answer")]);
    let service = policy.layer(script.clone());
    for _ in 0..3 {
        let _ = service.send(()).await;
    }
    book.reload(text(75)).unwrap();
    service.send(()).await.unwrap_err();
    assert!(is_refused(service.send(()).await), "three of four failed, two of them before");
}

#[tokio::test(start_paused = true)]
async fn a_half_open_circuit_waits_for_the_probe_that_is_out() {
    let text = |limit: u32| {
        format!("policy it = circuit_breaker(consecutive = 1, cooldown = 1s) + bulkhead({limit});")
    };
    for (outcome, is_open) in [(ok("answer"), false), (err(BROKEN), true)] {
        let book = load(&text(1));
        let policy: Text = book.policy("it").unwrap();
        let script = Script::new([err(BROKEN), outcome.after(ms(100)), ok("answer")]);
        let service = policy.layer(script.clone());
        service.send(()).await.unwrap_err();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let probe = tokio::spawn(service.send(()));
        tokio::task::yield_now().await;
        book.reload(text(2)).unwrap();
        assert!(is_refused(service.send(()).await), "one probe at a time");
        assert_eq!(script.calls(), 2);
        let _ = probe.await.unwrap();
        assert_eq!(is_refused(service.send(()).await), is_open);
    }
}

#[tokio::test(start_paused = true)]
async fn a_budget_stays_spent() {
    let text = |rest: &str| {
        let budget = "budget = budget(0.0001%, min = 1/s, window = 5s)";
        format!("policy it = retry(2, backoff = fixed(1ms), {budget}{rest});")
    };
    let book = load(&text(""));
    let policy: Text = book.policy("it").unwrap();
    let script = Script::new([err(BROKEN)]);
    let service = policy.layer(script.clone());
    let calls = async || {
        let before = script.calls();
        service.send(()).await.unwrap_err();
        script.calls() - before
    };
    for _ in 0..5 {
        assert_eq!(calls().await, 2);
    }
    assert_eq!(calls().await, 1, "five are what the floor saves up");
    for rest in [", jitter = none", "", ", on = transient"] {
        book.reload(text(rest)).unwrap();
        assert_eq!(calls().await, 1, "{rest}");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(calls().await, 2, "it fills up on the old books");
    assert_eq!(calls().await, 1);
    let larger = text("").replace("1/s, window = 5s", "1/s, window = 9s");
    assert!(book.reload(larger).unwrap().layers().iter().all(|it| it.fate == Fate::Kept));
    for _ in 0..4 {
        assert_eq!(calls().await, 2, "a larger one has room for so many more");
    }
    assert_eq!(calls().await, 1);
    book.reload("policy it = retry(2, backoff = fixed(1ms), budget = off);").unwrap();
    assert_eq!(calls().await, 2);
    book.reload(text("")).unwrap();
    assert_eq!(calls().await, 2, "between them there was none, so this one is new");
}

#[tokio::test(start_paused = true)]
async fn latencies_stay_known() {
    let text = |attempts: u32| {
        format!("policy it = timeout(1s) + hedge(min_samples = 20, max_attempts = {attempts});")
    };
    let book = load(&text(2));
    let policy: Text = book.policy("it").unwrap();
    let quick = ok("answer").after(ms(10));
    let steps = (0..20).map(|_| quick.clone()).chain([hang(), quick.clone()]);
    let service = policy.layer(Script::new(steps));
    for _ in 0..20 {
        service.send(()).await.unwrap();
    }
    book.reload(text(3)).unwrap();
    let began = tokio::time::Instant::now();
    assert_eq!(service.send(()).await, Ok("answer"), "without samples there is no hedge");
    assert!(began.elapsed() < ms(30), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_thousand_reloads_that_change_nothing_keep_everything() {
    let text =
        "policy it = retry(2, backoff = fixed(1ms), budget = budget(1%, min = 1/s, window = 1s))
        + bulkhead(2) + circuit_breaker(consecutive = 3, cooldown = 1h);";
    let book = load(text);
    let policy: Text = book.policy("it").unwrap();
    let script = Script::new([err(BROKEN), err(BROKEN), hang(), err(BROKEN)]);
    let service = policy.layer(script.clone());
    service.send(()).await.unwrap_err();
    let held = tokio::spawn(service.send(()));
    tokio::task::yield_now().await;
    assert_eq!(script.calls(), 3, "two failed, one hangs");
    for round in 0..1_000 {
        // Now and then another text that means the same.
        let same = if round % 10 == 9 { format!("// {round}\n{text}") } else { text.to_owned() };
        let reloaded = book.reload(same).unwrap();
        assert!(reloaded.layers().iter().all(|layer| layer.fate == Fate::Kept));
        assert_eq!(reloaded.layers().len(), 3);
    }
    assert_eq!(book.generation(), 200, "there and back, a hundred times");
    service.send(()).await.unwrap_err();
    assert_eq!(script.calls(), 4, "the budget is spent");
    assert!(is_refused(service.send(()).await), "three failures in a row were counted");
    held.abort();
}
