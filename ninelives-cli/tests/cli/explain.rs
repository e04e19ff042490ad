//! `nl explain`.

use crate::sandbox::Sandbox;
use insta::assert_snapshot;

#[test]
fn a_code_is_explained_by_number_and_by_name() {
    let sandbox = Sandbox::new("explain_code");
    let page = sandbox.run("explain NL002");
    assert_snapshot!(page, @"
    exit 0
    ── stdout
    NL002 unknown-name

    A policy, parameter, value or word that does not exist.
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
    error: no finding is called `NL999`: there are NL001 to NL018 and NL101 to NL126
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
