//! `nl check --fix`.

use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use std::fs;

#[test]
fn what_is_certain_is_written_and_the_rest_is_reported() {
    let sandbox = Sandbox::new("fix").with(
        "a.nl",
        "policy a = timeout(1 s) || timeout(30m1h) && hedge;\npolicy b = timeuot(1s)",
    );
    assert_snapshot!(sandbox.run("check --fix --format concise a.nl"), @"
    exit 1
    ── stdout
    a.nl:2:12: error[NL002 unknown-name]: unknown policy `timeuot`
    ── stderr
    fixed 5 findings in `a.nl`
    ");
    let text = fs::read_to_string(sandbox.0.join("a.nl")).unwrap();
    assert_snapshot!(text, @"
    policy a = timeout(1s) | timeout(1h30m) & hedge;
    policy b = timeuot(1s);
    ");
    assert_eq!(
        sandbox.run("check --fix --format concise a.nl"),
        sandbox.run("check --format concise a.nl")
    );
}

#[test]
fn a_clean_exit_is_one_where_nothing_is_left() {
    let sandbox = Sandbox::new("fix_all").with("a.nl", "policy a = timeout(1 s);\n");
    assert_snapshot!(sandbox.run("check --fix"), @"
    exit 0
    ── stdout
    checked 1 file: nothing to report
    ── stderr
    fixed 1 finding in `a.nl`
    ");
}

#[test]
fn warnings_are_fixed_too_and_a_fix_of_two_places_is_one() {
    let sandbox = Sandbox::new("fix_warnings")
        .with("a.nl", "#[allow(no-jitter)]\npolicy a = timeout(1s) & timeout(2s) + retry(3);\n");
    assert_snapshot!(sandbox.run("check --fix"), @"
    exit 0
    ── stdout
    checked 1 file: nothing to report
    ── stderr
    fixed 2 findings in `a.nl`
    ");
    assert_snapshot!(fs::read_to_string(sandbox.0.join("a.nl")).unwrap(), @"policy a = (timeout(1s) & timeout(2s)) + retry(3);");
}

#[test]
fn files_that_are_only_used_are_left_alone() {
    let text = "policy s = timeout(1 s);\n";
    let sandbox = Sandbox::new("fix_imports")
        .with("a.nl", "use \"s.nl\";\npolicy a = s;\n")
        .with("s.nl", text);
    assert!(sandbox.run("check --fix a.nl").starts_with("exit 1"));
    assert_eq!(fs::read_to_string(sandbox.0.join("s.nl")).unwrap(), text);
    assert_snapshot!(sandbox.run("check --fix"), @"
    exit 0
    ── stdout
    checked 2 files: nothing to report
    ── stderr
    fixed 1 finding in `s.nl`
    ");
}

#[test]
fn line_ends_and_byte_order_marks_stay() {
    let sandbox = Sandbox::new("fix_bytes")
        .with("a.nl", "\u{feff}// é\r\npolicy a = timeout(1 s)\r\n    + retry(2);\r\n");
    assert!(sandbox.run("check --fix").starts_with("exit 0"));
    let fixed = fs::read(sandbox.0.join("a.nl")).unwrap();
    let expected = "\u{feff}// é\r\npolicy a = timeout(1s)\r\n    + retry(2);\r\n";
    assert_eq!(fixed, expected.as_bytes());
}

#[test]
fn stdin_cannot_be_written_into() {
    assert_snapshot!(Sandbox::new("fix_stdin").pipe("policy a = pass;", "check --fix -"), @"
    exit 2
    ── stderr
    error: `--fix` writes into files, and `-` is none
    ");
}
