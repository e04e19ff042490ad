use super::*;
use crate::load::{Front, load_bytes};
use crate::value::Written;

/// Latency, calls and failures of a policy, in words.
fn bounds(body: &str) -> String {
    let text = format!("policy p = {body};");
    let load = load_bytes("test", text.as_bytes(), None, Front::Text);
    assert!(!load.has_errors(), "{body}: {:?}", load.diagnostics);
    let mut analysis = Analysis::new(&load.plan);
    let bounds = analysis.policy(0).unwrap();
    let latency = match bounds.outcomes.latency() {
        Latency::AtMost(most) => Written(most).to_string(),
        Latency::Unbounded(span) => format!("unbounded by {}", load.files[0].slice(span)),
    };
    let calls = bounds.outcomes.calls();
    let others =
        calls.others().map(|(target, most)| format!(" {most}@{}", analysis.target(target)));
    let classes: Vec<_> = bounds.outcomes.classes().iter().map(|class| class.word()).collect();
    format!(
        "{latency}, {}{} calls, {}",
        calls.service(),
        others.collect::<String>(),
        classes.join(" ")
    )
}

#[track_caller]
fn check(body: &str, expected: &str) {
    assert_eq!(bounds(body), expected, "{body}");
}

const SERVICE: &str = "timeout overloaded transient permanent";

#[test]
fn deadline_ends_whatever_is_inside() {
    check("pass", &format!("unbounded by pass, 1 calls, {SERVICE}"));
    check("timeout(1s)", &format!("1s, 1 calls, {SERVICE}"));
    check("timeout(1s) + timeout(5s)", &format!("1s, 1 calls, {SERVICE}"));
    check("timeout(1s) + retry(3)", &format!("1s, 3 calls, {SERVICE}"));
}

#[test]
fn retry_adds_its_attempts_and_the_longest_waits() {
    let row = |retry: &str| bounds(&format!("{retry} + timeout(100ms)"));
    let fixed = "backoff = fixed(50ms), retry_after = off";
    assert_eq!(
        row(&format!("retry(3, jitter = none, {fixed})")),
        format!("400ms, 3 calls, {SERVICE}")
    );
    // A hint of an overloaded service is obeyed up to `retry_after`.
    assert_eq!(
        row("retry(3, backoff = fixed(50ms), retry_after = 1s)"),
        format!("2.3s, 3 calls, {SERVICE}")
    );
    assert_eq!(row("retry(3, on = rejected)"), format!("100ms, 1 calls, {SERVICE}"));
    // 60 ms of waits: the third attempt would start at the deadline.
    let late = "timeout(60ms) + retry(3, backoff = fixed(30ms), jitter = none)";
    check(late, &format!("60ms, 2 calls, {SERVICE}"));
}

#[test]
fn decorrelated_waits_triple_up_to_their_ceiling() {
    let body = "retry(4, backoff = exponential(10ms, max = 50ms), jitter = decorrelated, \
                retry_after = off) + timeout(10ms)";
    // 30, 50 and 50 ms of waits.
    check(body, &format!("170ms, 4 calls, {SERVICE}"));
}

#[test]
fn fallback_follows_every_failure_and_the_flagship_cannot_fail() {
    check("timeout(1s) + retry(3) | fallback & hedge", "unbounded by hedge, 5 calls, ");
    check("timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge)", "2s, 5 calls, ");
    check("timeout(1s) | timeout(2s)", &format!("3s, 2 calls, {SERVICE}"));
    check("timeout(1s) | fail", &format!("1s, 1 calls, {SERVICE}"));
    check("fail | fail", "0s, 0 calls, ");
}

#[test]
fn arm_after_a_refusal_alone_has_no_call_before_it() {
    // 2 s and two calls are of the service's own failures; a refusal costs nothing.
    let text = "policy p = circuit_breaker + timeout(1s) + to(@a);";
    let load = load_bytes("test", text.as_bytes(), None, Front::Text);
    let bounds = Analysis::new(&load.plan).policy(0).unwrap();
    let open = bounds.outcomes.get(Outcome::CircuitOpen).unwrap();
    assert_eq!((open.latency, open.calls.total()), (Latency::ZERO, 0));
}

#[test]
fn arms_of_and_run_side_by_side() {
    check("timeout(1s) & timeout(2s)", &format!("2s, 2 calls, {SERVICE}"));
    check(
        "(timeout(1s) + to(@a)) & (timeout(2s) + to(@b))",
        &format!("2s, 0 1@a 1@b calls, {SERVICE}"),
    );
    // An arm that cannot fail ends the race.
    let sure = "(timeout(1s) + to(@a) | fallback & to(@b)) & pass";
    assert!(bounds(sure).starts_with("unbounded"), "its answer may be degraded: {}", bounds(sure));
}

#[test]
fn bulkhead_waits_before_everything_and_bounds_what_is_in_flight() {
    check(
        "bulkhead(4, queue = 8, wait = 30ms) + timeout(100ms)",
        "130ms, 1 calls, timeout rejected overloaded transient permanent",
    );
    let load = load_bytes("test", b"policy p = bulkhead(4) + hedge;", None, Front::Text);
    let bounds = Analysis::new(&load.plan).policy(0).unwrap();
    assert_eq!((bounds.in_flight, bounds.in_flight_of_all), (2, 8));
}

#[test]
fn budgets_bound_the_long_run_and_not_the_request() {
    let long_run = |body: &str| {
        let text = format!("policy p = {body};");
        let load = load_bytes("test", text.as_bytes(), None, Front::Text);
        Analysis::new(&load.plan).policy(0).unwrap().amplification.largest()
    };
    assert!((long_run("retry(3)") - 1.2).abs() < 1e-9);
    assert!((long_run("retry(3, budget = off)") - 3.0).abs() < 1e-9);
    assert!((long_run("retry(3, budget = off) + retry(4, budget = off)") - 12.0).abs() < 1e-9);
}

#[test]
fn policy_with_more_places_than_anyone_can_look_at_is_unbounded() {
    let groups: Vec<_> = (1..=900).map(|at| format!("(timeout({at}ms) | pass)")).collect();
    let text = groups.chunks(100).enumerate().fold(String::new(), |text, (at, groups)| {
        let next = if at == 0 { String::new() } else { format!(" + p{}", at - 1) };
        format!("{text}policy p{at} = {}{next};\n", groups.join(" + "))
    });
    let load = load_bytes("test", text.as_bytes(), None, Front::Text);
    let mut analysis = Analysis::new(&load.plan);
    let last = load.plan.policies.len().saturating_sub(1);
    let bounds = analysis.policy(last);
    assert!(bounds.is_none_or(|bounds| matches!(bounds.outcomes.latency(), Latency::Unbounded(_))));
    assert!(analysis.visits().len() < 30_000);
}
