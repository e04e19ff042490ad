//! Hover and signature help.

use crate::client::{Client, range};
use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::{Value, json};

/// What is shown at the mark.
fn hover(name: &str, marked: &str) -> String {
    let mut client = Client::new(name);
    let hover = client.at("textDocument/hover", "a.nl", marked, json!({})).unwrap();
    shown(&hover)
}

fn shown(hover: &Value) -> String {
    if hover.is_null() {
        return "nothing".to_owned();
    }
    assert_eq!(hover["contents"]["kind"], "markdown");
    format!("{}\n{}", range(&hover["range"]), hover["contents"]["value"].as_str().unwrap())
}

#[test]
fn policy_shows_its_text_its_documentation_and_its_bounds() {
    let text = "/// Calls to the search service.\n/// Twice.\npolicy search =\n    \
                timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge);\n\
                policy all = sea‸rch + bulkhead(4);\n";
    assert_snapshot!(hover("hover_policy", text), @"
    4:13-4:19
    ```nl
    policy search =
        timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge);
    ```

    Calls to the search service.
    Twice.

    ```text
    worst case  2s, and the handler's time; 5 calls
    long run    2.3 calls a request
    failures    none
    degraded    maybe
    in flight   2 a request, any number in all
    ```
    ");
}

#[test]
fn policy_with_errors_has_no_bounds() {
    assert_snapshot!(hover("hover_error", "policy ‸a = timeout(1s) + retry(0);"), @"
    0:7-0:8
    ```nl
    policy a = timeout(1s) + retry(0);
    ```

    ```text
    no bounds: it has errors, or what it refers to has
    ```
    ");
}

/// Whether the policies of a text that begin with `y` have bounds, and no others.
#[track_caller]
fn bounds(folder: Sandbox, text: &str) {
    let mut client = Client::within(folder);
    client.open("a.nl", text);
    let mut names = 0;
    for (line, written) in text.lines().enumerate() {
        let Some(at) = written.find("policy ") else { continue };
        let name = &written[at + 7..];
        let place = json!({"line": line, "character": at + 7});
        let hover = client.here("textDocument/hover", "a.nl", place, json!({})).unwrap();
        let has = shown(&hover).contains("worst case");
        assert_eq!(has, name.starts_with('y'), "{written} of\n{text}");
        names += 1;
    }
    assert!(names > 0);
    let all = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let params = json!({"textDocument": {"uri": client.uri("a.nl")}, "range": all});
    let hints = client.ask("textDocument/inlayHint", params).unwrap();
    let hints = hints.as_array().unwrap().iter().filter(|hint| hint["paddingLeft"] == true);
    assert_eq!(hints.count(), text.matches("policy y").count(), "{text}");
}

#[test]
fn errors_take_the_bounds_of_what_they_touch_and_of_nothing_else() {
    let folder = |name: &str| Sandbox::new(&format!("lsp_sound_{name}"));
    for (name, text) in [
        ("range", "policy y1 = timeout(1s);\npolicy n1 = retry(0);\npolicy y2 = y1 + retry(3);"),
        (
            "through",
            "policy n1 = retry(0);\npolicy n2 = timeout(1s) + n1;\npolicy y = timeout(1s);",
        ),
        ("let", "let x = 0s;\npolicy n1 = timeout(x);\npolicy y = timeout(1s);"),
        (
            "syntax",
            "policy y1 = timeout(1s);\npolicy n1 = timeout(1s) + ;\npolicy y2 = timeout(1s);",
        ),
        ("open", "policy y1 = timeout(1s);\npolicy n1 = timeout((\npolicy y2 = timeout(1s);"),
        ("doubled", "policy n1 = timeout(1s) || pass;\npolicy n2 = n1;\npolicy y = timeout(1s);"),
        ("unfinished", "policy y = timeout(1s);\npolicy n1 = timeout(1s)"),
        ("rest", "policy y = timeout(1s);\npolicy n1 = timeout(1s); + retry(3);"),
        (
            "twice",
            "policy n1 = timeout(1s);\npolicy n1 = timeout(2s);\npolicy n2 = n1;\npolicy y = pass;",
        ),
        ("layer", "policy n1 = @x | timeout(1s);\npolicy n2 = n1;\npolicy y = timeout(1s) + @x;"),
        ("cycle", "policy n1 = n2;\npolicy n2 = n1;\npolicy y = timeout(1s);"),
        ("unknown", "policy n1 = timeout(1s) + what;\npolicy y = timeout(1s);"),
        ("import", "use \"none.nl\";\npolicy n1 = timeout(1s) + what;\npolicy y = timeout(1s);"),
        ("denied", "#[deny(no-jitter)]\npolicy y = timeout(9s) + retry(3, jitter = none);"),
        ("queue", "policy n1 = bulkhead(1, queue = 2);\npolicy y = timeout(1s);"),
    ] {
        bounds(folder(name), text);
    }
    let shared = "policy t(n: count) = timeout(1s) + retry(n);\npolicy bad = retry(0);";
    bounds(
        folder("used").with("b.nl", shared),
        "use \"b.nl\";\npolicy n1 = timeout(1s) + bad;\npolicy n2 = t(0);\npolicy y = t(2);",
    );
    let many: String = (0..200).map(|at| format!("policy n{at} = retry(0);\n")).collect();
    bounds(folder("many"), &format!("{many}policy n = timeout(1s);"));
}

#[test]
fn layer_shows_what_holds_in_its_place() {
    let text = "policy a = timeout(1s) + re‸try(2, jitter = none);";
    assert_snapshot!(hover("hover_layer", text), @"
    0:25-0:30
    ```nl
    retry(max_attempts, backoff, jitter, on, budget, retry_after)
    ```

    tries again after a failure, with backoff, jitter and a shared budget

    `a.retry`: 1s; 2 calls

    - `max_attempts` = `2`: how many attempts in all, the first call included
    - `backoff` = `exponential(100ms, factor = 2, max = 10s)` (default): how the wait between attempts grows: `fixed`, `linear` or `exponential`
    - `jitter` = `none`: how the wait is spread: `none`, `full`, `equal` or `decorrelated`
    - `on` = `timeout | overloaded | transient` (default): the outcome classes that are tried again
    - `budget` = `budget(20%, min = 10/s, window = 10s)` (default): the share of calls that retries may add, over all clones; `off` for no bound
    - `retry_after` = `30s` (default): the longest retry-after hint obeyed; a longer one ends the retry, `off` ignores hints
    ");
    assert_snapshot!(hover("hover_bulkhead", "policy a = bulk‸head"), @"
    0:11-0:19
    ```nl
    bulkhead(max_concurrency, queue, wait)
    ```

    bounds the calls in flight; refuses or queues what is above

    - `max_concurrency` (required): how many calls may be in flight at once
    - `queue` = `0` (default): how many calls may wait for a place, first come first served
    - `wait` (until the earliest deadline): how long a call waits in the queue; until the earliest deadline when not written
    ");
}

#[test]
fn layer_of_a_template_has_as_many_places_as_the_template_has_calls() {
    let text = "policy t(d: duration) = tim‸eout(d); policy a = t(1s); policy b = t(2s);";
    assert_snapshot!(hover("hover_template", text), @"
    0:24-0:31
    ```nl
    timeout(duration)
    ```

    a deadline for everything inside; what is still running then is dropped

    in 2 places of expanded templates

    - `duration` (required): how long the call may take, from when it begins
    ");
}

#[test]
fn call_of_a_template_shows_the_bounds_of_this_call() {
    let template = "policy t(d: duration, n: count = 2) = timeout(d) + retry(n);\n";
    let text =
        format!("{template}policy a = timeout(9s) + x: ‸t(2s, n = (4));\npolicy b = retry(0);");
    assert_snapshot!(hover("hover_call_of_template", &text), @"
    1:28-1:29
    ```nl
    policy t(d: duration, n: count = 2) = timeout(d) + retry(n);
    ```

    ```nl
    t(2s, n = (4))
    ```

    ```text
    worst case  2s; 4 calls
    long run    1.2 calls a request
    failures    timeout, overloaded, transient, permanent
    degraded    never
    in flight   1 a request, any number in all
    ```
    ");
    let of = |text: &str| hover("hover_calls", &format!("{template}{text}"));
    assert!(of("policy u(d: duration = 3s) = t(d); policy a = ‸u() | fail;").contains("\nu()\n"));
    for none in [
        // It stands for nothing by itself, or is wrong, or is not there yet.
        "policy u(d: duration) = ‸t(d);",
        "policy a = ‸t(0s);",
        "policy a = ‸t(",
        "policy q() = bulkhead(1, queue = 1); policy a = timeout(1s) + ‸q();",
    ] {
        assert!(!of(none).contains("worst case"), "{none}");
    }
    assert!(!hover("hover_template_itself", &template.replace("t(", "‸t(")).contains("worst case"));
}

#[test]
fn parameter_shows_type_default_and_range() {
    assert_snapshot!(hover("hover_parameter", "policy a = retry(max_att‸empts = 2);"), @"
    0:17-0:29
    `max_attempts` of `retry`: how many attempts in all, the first call included

    - takes a count
    - default `3`
    - range 1 to 100
    - can be set while requests run
    ");
    assert_snapshot!(hover("hover_wait", "policy a = bulkhead(1, wa‸it = 2s);"), @"
    0:23-0:27
    `wait` of `bulkhead`: how long a call waits in the queue; until the earliest deadline when not written

    - takes a duration
    - default: until the earliest deadline
    - range 0s to 30d
    - can be set while requests run
    ");
    let text = "policy a = retry(3, backoff = expo‸nential(1s));";
    assert_snapshot!(hover("hover_call", text), @"
    0:30-0:41
    ```nl
    exponential(base, factor, max)
    ```

    a backoff: a wait that is multiplied each time

    - `base`, a duration: the first wait
    - `factor`, a number: how many times the wait before; 2 when not given
    - `max`, a duration: the longest wait; 10s when not given
    ");
}

#[test]
fn value_shows_the_parameter_that_it_binds_to() {
    assert_snapshot!(hover("hover_value", "policy a = timeout(1‸s);"), @"
    0:19-0:21
    `duration` of `timeout`: how long the call may take, from when it begins

    - takes a duration
    - required
    - range 1ms to 30d
    - can be set while requests run
    ");
    let of = |text: &str| hover("hover_values", text).replace('\n', " ⏎ ");
    assert_snapshot!(of("policy a = circuit_breaker(50‸%);"), @"0:27-0:30 ⏎ `failure_rate` of `circuit_breaker`: the share of failures in the window that opens the circuit ⏎  ⏎ - takes a ratio ⏎ - default `50%` ⏎ - range 0.0001% to 100% ⏎ - can be set while requests run ⏎");
    assert_snapshot!(of("policy a = retry(backoff = fixed(‸1s));"), @"0:33-0:35 ⏎ `base` of `fixed`, a duration: the first wait");
    assert_snapshot!(of("policy t(d: duration = 9s) = timeout(d); policy a = t(‸2s);"), @"0:54-0:56 ⏎ parameter ⏎ ```nl ⏎ d: duration = 9s ⏎ ``` ⏎");
    assert_snapshot!(of("policy a = fallback(‸@cached);"), @"0:20-0:27 ⏎ `@cached`: a handler of the host program");
}

#[test]
fn words_templates_lets_findings_and_files_are_told() {
    let of = |text: &str| hover("hover_words", text).replace('\n', " ⏎ ");
    assert_snapshot!(of("policy a = retry(3, on = time‸out);"), @"0:25-0:32 ⏎ outcome class `timeout`: a deadline passed: ours, or the service says so");
    assert_snapshot!(of("policy a = retry(3, jitter = eq‸ual);"), @"0:29-0:34 ⏎ jitter `equal`: half the wait, and uniform up to the whole");
    assert_snapshot!(of("/// Patience.\nlet patient = 2s;\npolicy a = timeout(pa‸tient);"), @"2:19-2:26 ⏎ ```nl ⏎ let patient = 2s; ⏎ ``` ⏎  ⏎ Patience. ⏎");
    assert_snapshot!(of("policy t(d: duration = 1s) = timeout(‸d);"), @"0:37-0:38 ⏎ parameter ⏎ ```nl ⏎ d: duration = 1s ⏎ ``` ⏎");
    assert_snapshot!(of("policy a = first: timeout(1s) + firs‸t: retry(3);"), @"0:32-0:37 ⏎ label `first` of a part of `a`: its name in paths");
    assert_snapshot!(of("policy a = fallback(@ca‸ched);"), @"0:20-0:27 ⏎ `@cached`: a handler of the host program");
    assert_snapshot!(of("#[allow(no-ji‸tter)] policy a = pass;"), @"0:8-0:17 ⏎ NL104 no-jitter ⏎  ⏎ A retry waits without jitter. ⏎  ⏎ `nl explain NL104` says more.");
    assert_snapshot!(of("policy a = pa‸ss;"), @"0:11-0:15 ⏎ `pass`: calls the service as it is");
    assert_snapshot!(of("policy a = cac‸he;"), @"0:11-0:16 ⏎ `cache`: reserved; it cannot be run yet");
    assert_snapshot!(of("policy a = pass ‸+ fail;"), @"nothing");
    assert_snapshot!(of("// pa‸ss"), @"nothing");
}

#[test]
fn name_of_another_file_is_told_from_there() {
    let folder = Sandbox::new("lsp_hover_used")
        .with("b.nl", "//! What others share.\n/// Of b.\npolicy b = timeout(2s);");
    let mut client = Client::within(folder);
    let text = "use \"b.‸nl\";\npolicy a = b;";
    let hover = client.at("textDocument/hover", "a.nl", text, json!({})).unwrap();
    assert_snapshot!(shown(&hover), @"
    0:4-0:10
    `b.nl`

    What others share.
    ");
    let text = "use \"b.nl\";\npolicy a = ‸b;";
    let hover = client.at("textDocument/hover", "a.nl", text, json!({})).unwrap();
    assert_snapshot!(shown(&hover), @"
    1:11-1:12
    ```nl
    policy b = timeout(2s);
    ```

    Of b.

    ```text
    worst case  2s; 1 call
    long run    1 call a request
    failures    timeout, overloaded, transient, permanent
    degraded    never
    in flight   1 a request, any number in all
    ```
    ");
}

#[test]
fn client_without_markdown_gets_plain_text() {
    let mut client = Client::silent(Sandbox::new("lsp_hover_plain"), &[]);
    client.hello(&json!({"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}));
    let mut of = |text: &str| {
        let hover = client.at("textDocument/hover", "a.nl", text, json!({})).unwrap();
        assert_eq!(hover["contents"]["kind"], "plaintext");
        hover["contents"]["value"].as_str().unwrap().to_owned()
    };
    assert_snapshot!(of("policy a = time‸out(1s);"), @"
    timeout(duration)

    a deadline for everything inside; what is still running then is dropped

    `a.timeout`: 1s; 1 call

    - `duration` = `1s`: how long the call may take, from when it begins
    ");
    assert_snapshot!(of("/// Calls `b`.\npolicy ‸a = timeout(1s);"), @"
    policy a = timeout(1s);

    Calls `b`.

    worst case  1s; 1 call
    long run    1 call a request
    failures    timeout, overloaded, transient, permanent
    degraded    never
    in flight   1 a request, any number in all
    ");
}

#[test]
fn signature_says_which_parameter_is_being_written() {
    let of = |text: &str| {
        let mut client = Client::new("signature");
        let help = client.at("textDocument/signatureHelp", "a.nl", text, json!({})).unwrap();
        let signature = &help["signatures"][0];
        let active = signature["activeParameter"].as_u64().map(|at| {
            let at = usize::try_from(at).unwrap();
            signature["parameters"][at]["label"].as_str().unwrap().to_owned()
        });
        format!(
            "{} | {}",
            signature["label"].as_str().unwrap_or("none"),
            active.unwrap_or_default()
        )
    };
    assert_snapshot!(of("policy a = timeout(‸"), @"timeout(duration) | duration");
    assert_snapshot!(of("policy a = hedge(p95, budget = ‸"), @"hedge(after = p95, initial, min_samples = 100, max_attempts = 2, budget = budget(10%, min = 1/s, window = 10s), on = timeout | overloaded | transient) | budget = budget(10%, min = 1/s, window = 10s)");
    assert_snapshot!(of("policy t(d: duration, n: count) = timeout(d) + retry(n);\npolicy a = t(1s, ‸"), @"t(d, n) | n");
    assert_snapshot!(of("policy a = retry(backoff = linear(1s, max = ‸"), @"linear(base, max) | max");
    assert_snapshot!(of("policy a = (‸"), @"none |");
}
