//! `nl completions` and `nl man`.

use crate::sandbox::{Sandbox, transcript};
use insta::assert_snapshot;
use std::fs;
use std::process::Command;

#[test]
fn every_shell_has_a_script_that_knows_the_verbs_and_flags() {
    let sandbox = Sandbox::new("completions");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = sandbox.run(&format!("completions {shell}"));
        assert!(script.starts_with("exit 0\n"), "{script}");
        for word in ["check", "explain", "output-file"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert!(sandbox.run("completions tcsh").starts_with("exit 2\n"));
}

#[test]
fn the_other_binary_completes_its_own_name() {
    let script = |binary| transcript(Command::new(binary).args(["completions", "fish"]));
    assert!(script(env!("CARGO_BIN_EXE_nl")).contains("complete -c nl "));
    assert!(script(env!("CARGO_BIN_EXE_ninelives")).contains("complete -c ninelives "));
}

#[test]
fn the_page_of_the_program_is_printed() {
    assert_snapshot!(Sandbox::new("man").run("man"), @r#"
    exit 0
    ── stdout
    .ie \n(.g .ds Aq \(aq
    .el .ds Aq '
    .TH nl 1  "nl 0.1.0" 
    .SH NAME
    nl \- Checks and explains Nine Lives policy files
    .SH SYNOPSIS
    \fBnl\fR [\fB\-\-color\fR] [\fB\-h\fR|\fB\-\-help\fR] [\fB\-V\fR|\fB\-\-version\fR] <\fIsubcommands\fR>
    .SH DESCRIPTION
    Checks and explains Nine Lives policy files
    .SH OPTIONS
    .TP
    \fB\-\-color\fR \fI<auto|always|never>\fR [default: auto]
    Use colours; `auto` asks the terminal and NO_COLOR
    .TP
    \fB\-h\fR, \fB\-\-help\fR
    Print help
    .TP
    \fB\-V\fR, \fB\-\-version\fR
    Print version
    .SH SUBCOMMANDS
    .TP
    nl\-check(1)
    Find what is wrong in policy files
    .TP
    nl\-fmt(1)
    Lay out policy files, and the bodies of `policy!` in Rust files
    .TP
    nl\-explain(1)
    Print what policies do, every default written out; or what a finding means
    .TP
    nl\-diff(1)
    Print what a change means: policies, bounds, and the state that a reload keeps
    .TP
    nl\-lsp(1)
    Answer an editor: the language server, over stdin and stdout
    .TP
    nl\-completions(1)
    Print the script with which a shell completes this command line
    .TP
    nl\-man(1)
    Print the manual page, or write the pages of all verbs
    .SH EXTRA
    Exit codes: 0 nothing to report, 1 errors found, 2 it could not be done: wrong use, an unreadable
    file, a broken nl.toml.
    The same program is installed as `ninelives`, for systems where `nl` is coreutils\*(Aq line numberer.
    .SH VERSION
    v0.1.0
    "#);
}

#[test]
fn a_page_for_each_verb_is_written_into_a_directory() {
    let sandbox = Sandbox::new("man_out");
    assert_eq!(sandbox.run("man --out share/man1"), "exit 0\n");
    let pages = fs::read_dir(sandbox.0.join("share/man1")).unwrap();
    let mut names: Vec<_> =
        pages.map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_snapshot!(names.join(" "), @"nl-check.1 nl-completions.1 nl-diff.1 nl-explain.1 nl-fmt.1 nl-lsp.1 nl-man.1 nl.1");
    let check = fs::read_to_string(sandbox.0.join("share/man1/nl-check.1")).unwrap();
    assert!(check.contains("Exit codes: 0"), "{check}");
}

#[test]
fn a_directory_that_cannot_be_made_exits_with_2() {
    let sandbox = Sandbox::new("man_nowhere").with("file", "");
    assert_snapshot!(sandbox.run("man --out file/man1"), @"
    exit 2
    ── stderr
    error: cannot write into `file/man1`: Not a directory (os error 20)
    ");
}
