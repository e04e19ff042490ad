//! `nl explain`.

use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::{Value, json};

#[test]
fn a_code_is_explained_by_number_and_by_name() {
    let sandbox = Sandbox::new("explain_code");
    let page = sandbox.run("explain NL002");
    assert_snapshot!(page, @"
    exit 0
    ── stdout
    NL002 unknown-name

    A policy, a parameter, a value, a class, a type or the name of a finding does not exist.

    ## Why

    Nothing is guessed: a misspelt parameter would be a default in force, and a misspelt name in
    `#[allow(…)]` would allow nothing. What was probably meant stands in the help line.

    ## Example

    ```nl
    policy search = timeuot(1s) + retry(3);
    ```

    ## Use instead

    ```nl
    policy search = timeout(1s) + retry(3);
    ```
    ");
    assert_eq!(page, sandbox.run("explain nl002"));
    assert_eq!(page, sandbox.run("explain unknown-name"));
}

#[test]
fn what_is_neither_a_code_nor_a_file_is_named() {
    let sandbox = Sandbox::new("explain_nothing");
    assert_snapshot!(sandbox.run("explain NL999"), @"
    exit 2
    ── stderr
    error: no finding is called `NL999`: there are NL001 to NL018 and NL101 to NL128
    ");
    assert_snapshot!(sandbox.run("explain nl02"), @"
    exit 2
    ── stderr
    error: no finding is called `nl02`: did you mean `NL002`?
    ");
    assert_snapshot!(sandbox.run("explain unkown-name"), @"
    exit 2
    ── stderr
    error: no finding is called `unkown-name`: did you mean `unknown-name`?
    ");
    assert_snapshot!(sandbox.run("explain missing.nl"), @"
    exit 2
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    ");
}

#[test]
fn a_files_policies_are_printed_with_every_default() {
    let sandbox = Sandbox::new("explain_file").with(
        "a.nl",
        "/// Calls to the search service.\n\
         pub policy search = timeout(1s) + retry(3) | fallback;\n\
         policy b = search + bulkhead(4);\n",
    );
    assert_snapshot!(sandbox.run("explain a.nl"), @"
    exit 0
    ── stdout
    pub policy search
      Calls to the search service.
      worst case  1s, and the handler's time; 3 calls
      long run    1.2 calls a request
      failures    none
      degraded    maybe
      in flight   1 a request, any number in all
      |  the next when one fails  [1s; 3 calls]
      ├─ +  each around the next  [1s; 3 calls]
      │  ├─ timeout  search.timeout  [1s; 3 calls]
      │  │    duration = 1s
      │  └─ retry  search.retry  [1s; 3 calls]
      │       max_attempts = 3
      │       backoff      = exponential(100ms, factor = 2, max = 10s)  (default)
      │       jitter       = full  (default)
      │       on           = timeout | overloaded | transient  (default)
      │       budget       = budget(20%, min = 10/s, window = 10s)  (default)
      │       retry_after  = 30s  (default)
      └─ fallback  search.fallback  [0s; 0 calls]
           handler = the response type's own degraded answer  (default)
      note NL116 no-attempt-timeout: one attempt of `search.retry` that hangs takes the whole 1s: the other 2 never start

    policy b
      worst case  1s, and the handler's time; 3 calls
      long run    1.2 calls a request
      failures    none
      degraded    maybe
      in flight   1 a request, 4 in all
      +  each around the next  [1s; 3 calls]
      ├─ policy search, shared
      └─ bulkhead  b.bulkhead  [1s; 1 call]
           max_concurrency = 4
           queue           = 0  (default)
           wait            = until the earliest deadline  (default)
    ");
}

#[test]
fn several_files_and_directories_are_explained_each_under_its_name() {
    let sandbox = Sandbox::new("explain_several")
        .with("d/a.nl", "policy a = pass;")
        .with("d/b.nl", "policy a = fail;")
        .with("c.nl", "policy c = ;");
    assert_snapshot!(sandbox.run("explain d c.nl missing.nl"), @"
    exit 2
    ── stdout
    file d/a.nl

    policy a
      worst case  unbounded through `pass`; 1 call
      long run    1 call a request
      failures    timeout, overloaded, transient, permanent
      degraded    never
      in flight   1 a request, any number in all
      pass

    file d/b.nl

    policy a
      worst case  0s; 0 calls
      long run    0 calls a request
      failures    none
      degraded    never
      in flight   0 a request, 0 in all
      fail
    ── stderr
    error[NL001 syntax]: expected a policy after `=`
     --> c.nl:1:10
      |
    1 | policy c = ;
      |          ^

    error: cannot read `missing.nl`: No such file or directory (os error 2)
    ");
}

#[test]
fn machines_get_every_default_and_every_bound_with_its_unit() {
    let text = "/// Docs.\npolicy a = x: timeout(2s);";
    assert_snapshot!(Sandbox::new("explain_json").pipe(text, "explain - --format json"), @r#"
    exit 0
    ── stdout
    {"codes":[],"policies":[{"policy":"a","file":"<stdin>","line":2,"column":8,"docs":["Docs."],"public":false,"entry":true,"bounds":{"latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}],"handler_time_beside":false,"long_run":[{"service":null,"calls_per_request":1.0}],"failures":["timeout","overloaded","transient","permanent"],"degraded":"never","in_flight_calls":1,"in_flight_calls_of_all":null,"outcomes":[{"outcome":"success","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]},{"outcome":"timeout","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]},{"outcome":"overloaded","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]},{"outcome":"transient","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]},{"outcome":"permanent","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]}]},"notes":[],"body":{"node":"layer","layer":"timeout","path":"a.x","stateful":false,"parameters":[{"name":"duration","path":"a.x.duration","value":{"kind":"duration","duration_ms":2000},"text":"2s","default":false}],"bounds":{"latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}],"handler_time_beside":false,"long_run":[{"service":null,"calls_per_request":1.0}],"failures":["timeout","overloaded","transient","permanent"],"degraded":"never","in_flight_calls":1,"in_flight_calls_of_all":null,"outcomes":[{"outcome":"success","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]},{"outcome":"timeout","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]},{"outcome":"overloaded","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]},{"outcome":"transient","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]},{"outcome":"permanent","latency_ms":2000,"unbounded_through":null,"calls":[{"service":null,"calls":1}]}]}}}]}
    "#);
    let text = "policy a = retry(2, retry_after = off) + timeout(10ms) | to(@b) & fallback(@c); policy b = a + hedge;";
    let run = Sandbox::new("explain_json_tree").pipe(text, "explain - --format json");
    let data: Value = serde_json::from_str(run.lines().nth(2).unwrap()).unwrap();
    for (place, wanted) in [
        ("/policies/0/body/node", json!("fallback")),
        ("/policies/0/body/arms/0/node", json!("sequence")),
        ("/policies/0/body/arms/0/bounds/latency_ms", json!(120)),
        ("/policies/0/body/arms/0/bounds/unbounded_through", json!(null)),
        ("/policies/0/body/arms/0/bounds/calls/0", json!({"service": null, "calls": 2})),
        ("/policies/0/body/arms/0/parts/0/path", json!("a.retry")),
        ("/policies/0/body/arms/0/parts/0/parameters/1/path", json!("a.retry.backoff")),
        (
            "/policies/0/body/arms/0/parts/0/parameters/1/value",
            json!({"kind": "exponential", "delay_ms": 100, "factor": 2.0, "max_ms": 10_000}),
        ),
        ("/policies/0/body/arms/0/parts/0/parameters/1/default", json!(true)),
        ("/policies/0/body/arms/1/node", json!("fork_join")),
        ("/policies/0/body/arms/1/bounds/latency_ms", json!(null)),
        ("/policies/0/body/arms/1/bounds/unbounded_through", json!("a.to")),
        ("/policies/0/body/arms/1/bounds/degraded", json!("maybe")),
        ("/policies/0/body/arms/1/arms/1/parameters/0/value", json!({"kind": "host", "name": "c"})),
        ("/policies/1/body/parts/0/policy", json!("a")),
        ("/policies/1/bounds/long_run/1", json!({"service": "b", "calls_per_request": 1.0})),
        ("/policies/1/bounds/in_flight_calls", json!(2)),
        ("/policies/1/bounds/in_flight_calls_of_all", json!(null)),
    ] {
        assert_eq!(data.pointer(place), Some(&wanted), "{place} of {data:#}");
    }
}

#[test]
fn every_finding_is_a_line_for_people_and_data_for_machines() {
    let sandbox = Sandbox::new("explain_all");
    let all = sandbox.run("explain --all");
    assert!(all.starts_with("exit 0\n── stdout\nNL001  syntax "), "{all}");
    assert_eq!(all.lines().filter(|line| line.starts_with("NL")).count(), 18 + 28);
    let data = sandbox.run("explain --all --format json");
    assert_eq!(data.matches("\"code\":\"NL").count(), 18 + 28);
    for (at, code) in ["NL101", "limit-inside-retry", "nl004"].into_iter().enumerate() {
        let run = sandbox.run(&format!("explain {code} --format json"));
        let data: Value = serde_json::from_str(run.lines().nth(2).unwrap()).unwrap();
        let found = &data["codes"][0];
        let level = ["warn", "allow", "deny"][at];
        let severity = if level == "deny" { "error" } else { "warning" };
        assert_eq!((&found["severity"], &found["level"]), (&json!(severity), &json!(level)));
        for text in ["code", "name", "summary", "page", "example", "instead"] {
            assert!(found[text].as_str().is_some_and(|text| !text.is_empty()), "{text} of {code}");
        }
    }
}

#[test]
fn errors_are_shown_instead_of_a_tree() {
    assert_snapshot!(Sandbox::new("explain_error").pipe("policy a = retry(0);", "explain -"), @"
    exit 1
    ── stderr
    error[NL004 out-of-range]: `0` must be between 1 and 100
     --> <stdin>:1:18
      |
    1 | policy a = retry(0);
      |                  ^
      |
      = help: `max_attempts` is how many attempts in all, the first call included
    ");
}

#[test]
fn terminal_escapes_of_the_text_are_made_visible() {
    let text = "/// \u{1b}[2J\npolicy a = pass;";
    let run = Sandbox::new("explain_escapes").pipe(text, "explain --color always -");
    assert!(!run.contains('\u{1b}'), "{run}");
}
