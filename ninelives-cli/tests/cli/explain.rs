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
    assert_snapshot!(Sandbox::new("explain_nothing").run("explain NL999"), @"
    exit 2
    ── stderr
    error: cannot read `NL999`: No such file or directory (os error 2)
    ");
}
