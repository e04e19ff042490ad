//! `nl diff`.

use crate::sandbox::Sandbox;
use insta::assert_snapshot;

const OLD: &str = "\
policy search = bulkhead(64) + timeout(1s) + retry(3) + circuit_breaker | fallback;
policy api = search + hedge;
policy before = timeout(1s) + retry;
policy same = pass;
";

const NEW: &str = "\
// Another layout, and another search.
policy same = (pass);
policy search =
    bulkhead(32) + retry(5) + attempt: timeout(1s) + circuit_breaker(window = 30s);
policy api = search + hedge;
policy after = timeout(1s) + retry(3);
";

fn two(name: &str) -> Sandbox {
    Sandbox::new(name).with("old.nl", OLD).with("new.nl", NEW)
}

#[test]
fn a_change_is_shown_by_what_it_means() {
    assert_snapshot!(two("diff").run("diff old.nl new.nl"), @"
    exit 0
    ── stdout
    policy before  removed
      the same as `after` but for its name, and state belongs to the name
      state       before.retry  gone

    policy after  added
      the same as `before` but for its name, and state belongs to the name
      state       after.retry  new

    policy search
      layers      search.timeout   timeout   removed
                  search.fallback  fallback  removed
                  search.attempt   timeout   added
      parameters  search.bulkhead.max_concurrency  64 → 32
                  search.retry.max_attempts        3 → 5
                  search.circuit_breaker.window    100 (default) → 30s
      structure   bulkhead + timeout + retry + circuit_breaker | fallback
                  → bulkhead + retry + attempt: timeout + circuit_breaker
      bounds      worst-case latency          1s → 2m5s      worse
                  a handler's time beside it  yes → no       better
                  most calls                  3 → 5          worse
                  degraded answers            maybe → never  better
                  in flight, all requests     64 → 32        better
      failures    timeout, rejected, overloaded, transient, permanent  can come  worse
      state       search.bulkhead         resized  max_concurrency
                  search.retry            kept
                  search.circuit_breaker  resized  window

    policy api
      bounds      worst-case latency          1s → 2m5s      worse
                  a handler's time beside it  yes → no       better
                  most calls                  6 → 10         worse
                  degraded answers            maybe → never  better
                  in flight, all requests     128 → 64       better
      failures    timeout, rejected, overloaded, transient, permanent  can come  worse
      state       api.hedge  kept

    policies: 1 removed, 1 added, 2 changed, 1 the same; bounds: 14 worse, 6 better; state: 2 kept, 2 resized, 1 new, 1 gone
    ");
}

#[test]
fn text_alone_is_no_difference() {
    let sandbox = two("diff_same");
    assert_snapshot!(sandbox.pipe(format!("// Later.\n{OLD}"), "diff old.nl - --deny changes"), @"
    exit 0
    ── stdout
    nothing differs: 4 policies are the same
    ");
}

#[test]
fn what_is_denied_exits_with_1() {
    let sandbox = Sandbox::new("diff_deny")
        .with("a.nl", "policy a = timeout(1s) + bulkhead(1);")
        .with("b.nl", "policy a = timeout(2s) + bulkhead(1);")
        .with("c.nl", "policy a = timeout(1s);");
    let exit = |arguments: &str| {
        let run = sandbox.run(&format!("diff {arguments}"));
        run.lines().next().unwrap_or_default().to_owned()
    };
    for (arguments, wanted) in [
        ("a.nl b.nl", "exit 0"),
        ("a.nl b.nl --deny worse", "exit 1"),
        ("b.nl a.nl --deny worse", "exit 0"),
        ("b.nl a.nl --deny worse,changes", "exit 1"),
        ("a.nl b.nl --deny lost-state", "exit 0"),
        ("a.nl c.nl --deny lost-state", "exit 1"),
        ("c.nl a.nl --deny lost-state", "exit 0"),
        ("a.nl a.nl --deny changes,worse,lost-state", "exit 0"),
    ] {
        assert_eq!(exit(arguments), wanted, "{arguments}");
    }
}

#[test]
fn machines_get_numbers_with_their_units() {
    let sandbox = Sandbox::new("diff_json")
        .with("old.nl", "policy a = timeout(1s) + retry(2, backoff = fixed(1ms)); policy b = pass;")
        .with("new.nl", "policy a = hedge + to(@east) | x: bulkhead(1); policy c = pass;");
    assert_snapshot!(sandbox.run("diff old.nl new.nl --format json"), @r#"
    exit 0
    ── stdout
    {"added":[{"name":"c","same_as":"b","state":[]}],"removed":[{"name":"b","same_as":"c","state":[]}],"changed":[{"name":"a","entry":null,"layers_added":[{"path":"a.hedge","layer":"hedge"},{"path":"a.to","layer":"to"},{"path":"a.x","layer":"bulkhead"}],"layers_removed":[{"path":"a.timeout","layer":"timeout"},{"path":"a.retry","layer":"retry"}],"parameters":[],"structure":{"old":"timeout + retry","new":"hedge + to | x: bulkhead"},"bounds":[{"bound":"latency","worse":true,"old":{"latency_ms":1000,"unbounded_through":null},"new":{"latency_ms":null,"unbounded_through":"a.to"}},{"bound":"calls","service":null,"worse":false,"old":{"calls":2},"new":{"calls":1}},{"bound":"calls","service":"east","worse":true,"old":{"calls":0},"new":{"calls":2}},{"bound":"long_run","service":null,"worse":false,"old":{"calls_per_request":1.2},"new":{"calls_per_request":1.0}},{"bound":"long_run","service":"east","worse":true,"old":{"calls_per_request":0.0},"new":{"calls_per_request":1.1}},{"bound":"failure","class":"rejected","worse":true,"old":{"possible":false},"new":{"possible":true}},{"bound":"in_flight_calls","worse":true,"old":{"calls":1},"new":{"calls":2}}],"state":[{"path":"a.hedge","layer":"hedge","state":"new"},{"path":"a.x","layer":"bulkhead","state":"new"},{"path":"a.retry","layer":"retry","state":"gone"}]}],"unchanged":0}
    "#);
    let parameters = Sandbox::new("diff_json_parameters")
        .with("old.nl", "policy a = bulkhead(3) + retry(on = timeout, budget = off);")
        .with("new.nl", "policy a = bulkhead(4) + retry(backoff = linear(15ms), budget = 5%);");
    assert_snapshot!(parameters.run("diff old.nl new.nl --format json"), @r#"
    exit 0
    ── stdout
    {"added":[],"removed":[],"changed":[{"name":"a","entry":null,"layers_added":[],"layers_removed":[],"parameters":[{"path":"a.bulkhead.max_concurrency","old":{"value":{"kind":"count","count":3},"text":"3","default":false},"new":{"value":{"kind":"count","count":4},"text":"4","default":false}},{"path":"a.retry.backoff","old":{"value":{"kind":"exponential","delay_ms":100,"factor":2.0,"max_ms":10000},"text":"exponential(100ms, factor = 2, max = 10s)","default":true},"new":{"value":{"kind":"linear","delay_ms":15,"max_ms":10000},"text":"linear(15ms, max = 10s)","default":false}},{"path":"a.retry.on","old":{"value":{"kind":"classes","classes":["timeout"]},"text":"timeout","default":false},"new":{"value":{"kind":"classes","classes":["timeout","overloaded","transient"]},"text":"timeout | overloaded | transient","default":true}},{"path":"a.retry.budget","old":{"value":{"kind":"off"},"text":"off","default":false},"new":{"value":{"kind":"budget","ratio":0.05,"min_count":10,"min_period_ms":1000,"window_ms":10000},"text":"budget(5%, min = 10/s, window = 10s)","default":false}}],"structure":null,"bounds":[{"bound":"long_run","service":null,"worse":false,"old":{"calls_per_request":3.0},"new":{"calls_per_request":1.05}},{"bound":"in_flight_calls_of_all","worse":true,"old":{"calls":3},"new":{"calls":4}}],"state":[{"path":"a.bulkhead","layer":"bulkhead","state":"resized","parameters":["max_concurrency"]},{"path":"a.retry","layer":"retry","state":"new"}]}],"unchanged":0}
    "#);
}

#[test]
fn what_got_worse_is_red() {
    let sandbox = Sandbox::new("diff_colour")
        .with("old.nl", "policy a = timeout(1s);")
        .with("new.nl", "policy a = timeout(2s);");
    let run = sandbox.run("diff old.nl new.nl --color always");
    assert!(run.contains("\u{1b}[31mworse\u{1b}[0m"), "{run}");
    let run = sandbox.run("diff new.nl old.nl --color always");
    assert!(run.contains("\u{1b}[32mbetter\u{1b}[0m"), "{run}");
    assert!(!sandbox.run("diff new.nl old.nl").contains('\u{1b}'));
}

#[test]
fn a_long_arrangement_is_shown_around_its_difference() {
    let long = |middle: &str| {
        let arms: Vec<_> = (0..20).map(|arm| format!("a{arm}: timeout(1s)")).collect();
        let text = arms.join(" + ").replace("a10: timeout(1s)", middle);
        format!("policy a = {text};")
    };
    let sandbox = Sandbox::new("diff_long")
        .with("old.nl", long("a10: timeout(1s)"))
        .with("new.nl", long("pass"));
    assert_snapshot!(sandbox.run("diff old.nl new.nl"), @"
    exit 0
    ── stdout
    policy a
      layers      a.a10  timeout  removed
      structure   …timeout + a9: timeout + a10: timeout + a11: timeout + a12: t…
                  → …timeout + a9: timeout + pass + a11: timeout + a12: t…

    policies: 1 changed
    ");
}

#[test]
fn errors_of_either_text_are_shown_instead() {
    let sandbox = Sandbox::new("diff_errors")
        .with("old.nl", "policy a = pass;")
        .with("new.nl", "policy a = retry(0);");
    assert_snapshot!(sandbox.run("diff old.nl new.nl"), @"
    exit 1
    ── stderr
    error[NL004 out-of-range]: `0` must be between 1 and 100
     --> new.nl:1:18
      |
    1 | policy a = retry(0);
      |                  ^
      |
      = help: `max_attempts` is how many attempts in all, the first call included
    ");
}

#[test]
fn texts_that_cannot_be_read_are_all_named() {
    assert_snapshot!(Sandbox::new("diff_unreadable").run("diff one.nl two.nl"), @"
    exit 2
    ── stderr
    error: cannot read `one.nl`: No such file or directory (os error 2)
    error: cannot read `two.nl`: No such file or directory (os error 2)
    ");
}

#[test]
fn stdin_is_one_text() {
    assert_snapshot!(Sandbox::new("diff_stdin").pipe("policy a = pass;", "diff - -"), @"
    exit 2
    ── stderr
    error: stdin is one text: only one of the two can be `-`
    ");
}
