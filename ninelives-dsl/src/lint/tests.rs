use super::*;
use crate::load::{Front, load_bytes};

fn found(text: &str) -> Vec<String> {
    let load = load_bytes("test", text.as_bytes(), None, Front::Text);
    assert!(!load.has_errors(), "{text}: {:?}", load.diagnostics);
    let place = |it: &Diagnostic| {
        let written = load.files[it.span.file.index()].slice(it.span);
        format!("{} {} {written}", it.code.code(), it.severity.word())
    };
    warnings(&load, &Settings::default()).iter().map(place).collect()
}

/// The policy has this one warning, at this text.
#[track_caller]
fn warns(body: &str, code: &str, at: &str) {
    let expected = format!("{code} warning {at}");
    let found = found(&format!("policy p = {body};"));
    assert_eq!(found, [expected], "{body}");
}

#[track_caller]
fn silent(body: &str) {
    assert_eq!(found(&format!("policy p = {body};")), Vec::<String>::new(), "{body}");
}

#[test]
fn attempt_that_cannot_start() {
    let retry = "retry(4, backoff = fixed(250ms), jitter = equal)";
    warns(&format!("timeout(370ms) + {retry}"), "NL101", retry);
    // The shortest waits are 125 ms each: 375 ms end before this deadline.
    silent(&format!("timeout(376ms) + {retry}"));
    silent("timeout(1s) + retry(100)");
}

#[test]
fn repetitions_that_multiply() {
    let outer = "retry(4, on = timeout, budget = 20%)";
    let text = format!("timeout(9s) + {outer} + hedge(max_attempts = 3)");
    warns(&text, "NL102", outer);
    silent("timeout(9s) + retry(3) + hedge(max_attempts = 3)");
    silent("timeout(9s) + retry(20)");
}

#[test]
fn retry_that_hammers_an_open_circuit() {
    let on = "rejected | transient";
    let text = |inside: &str| format!("timeout(1s) + retry(3, on = {on}) + {inside}");
    warns(&text("circuit_breaker"), "NL103", on);
    silent(&text("bulkhead(4)"));
    silent("timeout(1s) + retry(3) + circuit_breaker");
}

#[test]
fn backoff_without_jitter() {
    warns("timeout(1s) + retry(3, jitter = none)", "NL104", "none");
    silent("timeout(1s) + retry(3, jitter = equal)");
    silent("timeout(1s) + retry(3, jitter = none, backoff = fixed(0s))");
}

#[test]
fn arm_that_can_never_run() {
    warns("timeout(1s) | fallback | to(@other)", "NL105", "to(@other)");
    silent("timeout(1s) | timeout(1s) + to(@other) | fallback");
}

#[test]
fn deadline_that_can_never_pass() {
    warns("timeout(1s) + retry(3) + timeout(1s)", "NL106", "timeout(1s)");
    silent("timeout(1s) + retry(3) + timeout(999ms)");
}

#[test]
fn wait_that_outlasts_the_deadline() {
    warns("timeout(1s) + bulkhead(4, queue = 8, wait = 1s)", "NL107", "1s");
    silent("timeout(1s) + bulkhead(4, queue = 8, wait = 999ms)");
    silent("timeout(1s) + bulkhead(4, queue = 8)");
}

#[test]
fn policy_that_may_take_for_ever() {
    warns("retry(3)", "NL108", "retry(3)");
    warns("timeout(1s) + retry(3) | fallback & hedge", "NL108", "hedge");
    silent("timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge)");
    // The one that uses it has the deadline.
    assert_eq!(found("policy a = retry(3); policy b = timeout(1s) + a;"), Vec::<String>::new());
}

#[test]
fn layer_that_does_nothing() {
    warns("timeout(1s) + retry(1)", "NL109", "retry(1)");
    warns("timeout(1s) + bulkhead(4, wait = 5ms)", "NL109", "5ms");
    silent("timeout(1s) + retry(2)");
}

#[test]
fn layer_that_never_acts() {
    warns("timeout(1s) + retry(3, on = rejected)", "NL110", "retry(3, on = rejected)");
    let breaker = "circuit_breaker + (timeout(1s) | fallback)";
    warns(breaker, "NL110", "circuit_breaker");
    silent("circuit_breaker(slow_call = 500ms) + (timeout(1s) | fallback)");
    silent("circuit_breaker + timeout(1s) | fallback");
}

#[test]
fn breaker_that_cannot_trip() {
    warns("circuit_breaker(slow_call = 1s) + timeout(1s)", "NL118", "1s");
    warns("circuit_breaker(window = 1s) + timeout(600ms)", "NL118", "1s");
    silent("circuit_breaker(slow_call = 999ms, window = 2s) + timeout(1s)");
}

#[test]
fn hedge_that_never_fires() {
    warns("hedge(after = 1s) + timeout(1s)", "NL119", "1s");
    silent("hedge(after = 999ms) + timeout(1s)");
}

#[test]
fn state_under_a_number() {
    let text = "circuit_breaker + timeout(1s) + circuit_breaker";
    warns(text, "NL121", "circuit_breaker");
    silent("circuit_breaker + timeout(1s) + attempt: circuit_breaker");
}

#[test]
fn retry_inside_a_retry() {
    let outer = "retry(2)";
    warns(&format!("timeout(1s) + {outer} + attempt: retry(3)"), "NL122", outer);
    silent("timeout(1s) + retry(2) + hedge");
}

#[test]
fn class_that_never_comes() {
    let on = "rejected | timeout";
    warns(&format!("timeout(1s) + retry(3, on = {on})"), "NL123", on);
    silent(&format!("timeout(1s) + retry(3, on = {on}) + bulkhead(4)"));
    silent("timeout(1s) + retry(3, on = any)");
}

#[test]
fn reserve_without_time() {
    warns("timeout(1s) + (retry(3) | fallback)", "NL126", "fallback");
    silent("timeout(1s) + (timeout(900ms) | fallback)");
    silent("timeout(1s) + retry(3) | fallback");
}

#[test]
fn attributes_allow_and_deny_the_part_they_stand_before() {
    let body = "timeout(1s) + retry(3, jitter = none)";
    let with = |attribute: &str| found(&format!("{attribute} policy p = {body};"));
    assert_eq!(with("#[allow(no-jitter)]"), Vec::<String>::new());
    assert_eq!(with("#[deny(no-jitter)]"), ["NL104 error none"]);
    assert_eq!(with("#![allow(no-jitter)]"), Vec::<String>::new());
    assert_eq!(with("#[allow(no-effect)]"), ["NL104 warning none"]);
    let inner =
        "#![deny(no-jitter)] policy p = timeout(1s) + #[allow(no-jitter)] retry(3, jitter = none);";
    assert_eq!(found(inner), Vec::<String>::new());
}

#[test]
fn text_with_errors_has_no_warnings() {
    let load = load_bytes("test", b"policy a = retry(1); policy b = retry(0);", None, Front::Text);
    assert!(load.has_errors());
    assert_eq!(warnings(&load, &Settings::default()), []);
}
