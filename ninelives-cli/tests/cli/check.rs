//! `nl check`.

use crate::sandbox::{Sandbox, transcript};
use insta::assert_snapshot;

#[test]
fn a_clean_file_is_a_clean_exit_in_every_format() {
    let sandbox = Sandbox::new("clean").with("a.nl", "policy a = pass;");
    assert_snapshot!(sandbox.run("check a.nl"), @"
    exit 0
    ── stdout
    checked 1 file: nothing to report
    ");
    assert_snapshot!(sandbox.run("check --format json a.nl"), @r#"
    exit 0
    ── stdout
    {"diagnostics":[]}
    "#);
    assert_snapshot!(sandbox.run("check --format github a.nl"), @"exit 0");
}

#[test]
fn a_directory_is_searched_in_order_and_each_file_checked_once() {
    let sandbox = Sandbox::new("directory")
        .with("policies/b.nl", "policy b = pass;")
        .with("policies/a/z.nl", "policy z = pass;")
        .with("policies/notes.txt", "not a policy")
        .with("policies/.hidden/h.nl", "policy h = pass;");
    assert_snapshot!(sandbox.run("check policies policies/b.nl ./policies/../policies/b.nl"), @"
    exit 0
    ── stdout
    checked 2 files: nothing to report
    ");
    assert_eq!(sandbox.run("check policies"), sandbox.run("check"));
}

#[test]
fn a_directory_without_policies_is_wrong_use() {
    let sandbox = Sandbox::new("no_policies").with("empty/notes.txt", "");
    assert_snapshot!(sandbox.run("check empty"), @"
    exit 2
    ── stdout
    checked 0 files: 1 unreadable input
    ── stderr
    error: no `*.nl` file in `empty`
    ");
}

#[test]
fn an_unreadable_file_is_named_and_the_others_are_checked() {
    let sandbox = Sandbox::new("unreadable").with("a.nl", "policy a = pass;");
    assert_snapshot!(sandbox.run("check missing.nl a.nl"), @"
    exit 2
    ── stdout
    checked 1 file: 1 unreadable input
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    ");
    assert_snapshot!(sandbox.run("check --format json missing.nl a.nl"), @r#"
    exit 2
    ── stdout
    {"diagnostics":[]}
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    "#);
}

#[cfg(unix)]
#[test]
fn a_file_name_need_not_be_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new("not_text");
    let name = OsStr::from_bytes(b"\xff\x1b.nl");
    std::fs::write(sandbox.0.join(name), "policy a = pass;").unwrap();
    let present = transcript(&mut sandbox.nl([OsStr::new("check"), name]));
    assert_snapshot!(present, @"
    exit 0
    ── stdout
    checked 1 file: nothing to report
    ");
    let missing = transcript(&mut sandbox.nl(["check".as_ref(), OsStr::from_bytes(b"\xfe\x1b")]));
    assert_snapshot!(missing, @"
    exit 2
    ── stdout
    checked 0 files: 1 unreadable input
    ── stderr
    error: cannot read `�␛`: No such file or directory (os error 2)
    ");
}

#[test]
fn stdin_is_a_file_too() {
    let sandbox = Sandbox::new("stdin");
    assert_snapshot!(sandbox.pipe("policy a = pass;", "check - -"), @"
    exit 0
    ── stdout
    checked 1 file: nothing to report
    ");
}
