//! `--allow`, `--warn`, `--deny`.

use crate::sandbox::Sandbox;
use insta::assert_snapshot;

fn check(flags: &str) -> String {
    Sandbox::new(&format!("levels{}", flags.replace(' ', "_")))
        .with("a.nl", "policy a = timeout(1s) + retry(2, jitter = none) + bulkhead(10);")
        .run(&format!("check --format concise a.nl {flags}"))
}

#[test]
fn a_warning_is_said_and_no_more() {
    assert_snapshot!(check(""), @"
    exit 0
    ── stdout
    a.nl:1:44: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    ");
}

#[test]
fn an_allowed_warning_is_left_out() {
    assert_snapshot!(check("--allow no-jitter"), @"exit 0");
    assert_eq!(check("--allow nl104"), check("--allow no-jitter"));
}

#[test]
fn a_denied_warning_is_an_error() {
    assert_snapshot!(check("--deny no-jitter"), @"
    exit 1
    ── stdout
    a.nl:1:44: error[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    ");
    assert_eq!(check("--deny no-jitter"), check("--deny warnings"));
}

#[test]
fn of_several_flags_the_strictest_holds() {
    assert_eq!(check("--deny no-jitter --allow no-jitter"), check("--deny no-jitter"));
    assert_eq!(check("--warn no-jitter --allow no-jitter"), check(""));
    assert_eq!(check("--deny warnings --allow no-jitter"), check("--allow no-jitter"));
}

#[test]
fn a_name_that_is_none_is_wrong_use() {
    assert_snapshot!(check("--deny no-jiter"), @"
    exit 2
    ── stderr
    error: invalid value 'no-jiter' for '--deny <NAME|warnings>': no finding is called `no-jiter`: did you mean `no-jitter`?

    For more information, try '--help'.
    ");
    assert_snapshot!(check("--allow syntax"), @"
    exit 2
    ── stderr
    error: invalid value 'syntax' for '--allow <NAME>': NL001 syntax is an error whatever is said of it

    For more information, try '--help'.
    ");
    assert!(check("--warn whatever").starts_with("exit 2"));
}
