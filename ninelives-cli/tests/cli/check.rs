//! `nl check`.

use crate::sandbox::{Sandbox, transcript};
use insta::assert_snapshot;
use std::process::Command;

#[test]
fn a_clean_file_is_a_clean_exit_in_every_format() {
    let sandbox = Sandbox::new("clean").with("a.nl", "policy a = timeout(1s);");
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

const TYPO: &str = "policy a = timeuot(1s);";

#[test]
fn the_flagship_from_stdin_has_a_warning_that_its_long_form_has_not() {
    let flagship = "policy a = timeout(1s) + retry(3) | fallback & hedge;";
    let sandbox = Sandbox::new("flagship");
    assert_snapshot!(sandbox.pipe(flagship, "check -"), @"
    exit 0
    ── stdout
    checked 1 file: 1 warning
    ── stderr
    warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
     --> <stdin>:1:48
      |
    1 | policy a = timeout(1s) + retry(3) | fallback & hedge;
      |        - of this policy                        ^^^^^
      |
      = help: put a deadline around it: `timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge)`
    ");
    let denied = sandbox.pipe(flagship, "check --deny warnings --format json -");
    assert!(denied.starts_with("exit 1"), "{denied}");
    let code = "\"code\":\"NL108\",\"name\":\"unbounded-latency\",\"severity\":\"error\"";
    assert!(denied.contains(code), "{denied}");
    let long_form = "policy a = timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge);";
    assert_snapshot!(sandbox.pipe(long_form, "check --deny warnings -"), @"
    exit 0
    ── stdout
    checked 1 file: nothing to report
    ");
}

#[test]
fn an_error_exits_with_1_in_every_format() {
    let sandbox = Sandbox::new("error");
    assert_snapshot!(sandbox.pipe(TYPO, "check -"), @"
    exit 1
    ── stdout
    checked 1 file: 1 error
    ── stderr
    error[NL002 unknown-name]: unknown policy `timeuot`
     --> <stdin>:1:12
      |
    1 | policy a = timeuot(1s);
      |            ^^^^^^^
      |
      = help: did you mean `timeout`?
    ");
    assert_snapshot!(sandbox.pipe(TYPO, "check --format json -"), @r#"
    exit 1
    ── stdout
    {"diagnostics":[{"file":"<stdin>","code":"NL002","name":"unknown-name","severity":"error","message":"unknown policy `timeuot`","help":"did you mean `timeout`?","line":1,"column":12,"end_line":1,"end_column":19,"labels":[],"fix":null}]}
    "#);
    assert_snapshot!(sandbox.pipe(TYPO, "check --format github -"), @"
    exit 1
    ── stdout
    ::error file=<stdin>,line=1,col=12,endLine=1,endColumn=19,title=NL002 unknown-name::unknown policy `timeuot`%0Ahelp: did you mean `timeout`?
    ");
}

#[test]
fn every_error_of_every_file_is_shown_and_counted() {
    let sandbox = Sandbox::new("several")
        .with("a.nl", "policy a = timeout(1500us) retry(3);\npolicy a = bulkhead;\n")
        .with("b.nl", "use \"c.nl\";\npolicy b = c + retry(0);\n")
        .with("c.nl", "policy c = timeout(5);\n");
    assert_snapshot!(sandbox.run("check"), @"
    exit 1
    ── stdout
    checked 3 files: 5 errors
    ── stderr
    error[NL001 syntax]: expected `+`, `|`, `&` or `;`, found `retry`
     --> a.nl:1:28
      |
    1 | policy a = timeout(1500us) retry(3);
      |                            ^^^^^
      |
      = help: two policies need an operator between them

    error[NL005 duplicate]: `a` is declared twice
     --> a.nl:2:8
      |
    1 | policy a = timeout(1500us) retry(3);
      |        - first declared here
    2 | policy a = bulkhead;
      |        ^
      |
      = help: names are unique in the whole load: choose another

    error[NL006 missing]: `bulkhead` needs `max_concurrency`
     --> a.nl:2:12
      |
    2 | policy a = bulkhead;
      |            ^^^^^^^^
      |
      = help: for example `bulkhead(10)`: how many calls may be in flight at once

    error[NL004 out-of-range]: `0` must be between 1 and 100
     --> b.nl:2:22
      |
    2 | policy b = c + retry(0);
      |                      ^
      |
      = help: `max_attempts` is how many attempts in all, the first call included

    error[NL003 wrong-type]: expected a duration, found a count
     --> c.nl:1:20
      |
    1 | policy c = timeout(5);
      |                    ^
      |
      = help: `5s` or `5ms`?
    ");
}

#[test]
fn an_import_of_several_files_is_reported_once() {
    let sandbox = Sandbox::new("imported")
        .with("a.nl", "use \"shared/s.nl\";\npolicy a = s;")
        .with("b.nl", "use \"shared/s.nl\";\npolicy b = s;")
        .with("shared/s.nl", "policy s = timeuot(1s);");
    assert_snapshot!(sandbox.run("check --format github"), @"
    exit 1
    ── stdout
    ::error file=shared/s.nl,line=1,col=12,endLine=1,endColumn=19,title=NL002 unknown-name::unknown policy `timeuot`%0Ahelp: did you mean `timeout`?
    ");
    assert_eq!(
        sandbox.run("check --format github . ./shared/s.nl shared"),
        sandbox.run("check --format github shared/s.nl a.nl b.nl a.nl")
    );
}

#[test]
fn a_file_that_others_use_is_checked_as_a_part_of_them_unless_it_is_named() {
    let sandbox = Sandbox::new("part")
        .with("a.nl", "policy a = bulkhead(1, queue = 1);")
        .with("b.nl", "use \"a.nl\";\npolicy b = timeout(1s) + a;");
    assert_snapshot!(sandbox.run("check"), @"
    exit 0
    ── stdout
    checked 2 files: nothing to report
    ");
    assert_snapshot!(sandbox.run("check . a.nl"), @"
    exit 1
    ── stdout
    checked 2 files: 1 error
    ── stderr
    error[NL006 missing]: `wait` must be written: no deadline ends the wait in this queue
     --> a.nl:1:12
      |
    1 | policy a = bulkhead(1, queue = 1);
      |            ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `wait = 1s`, say, or put a `timeout` around the bulkhead
    ");
}

#[test]
fn a_circle_of_files_is_reported_once() {
    let sandbox = Sandbox::new("circle")
        .with("a.nl", "use \"b.nl\";\npolicy a = pass;")
        .with("b.nl", "use \"a.nl\";\npolicy b = pass;");
    assert_snapshot!(sandbox.run("check --format github"), @"
    exit 1
    ── stdout
    ::error file=b.nl,line=1,col=5,endLine=1,endColumn=11,title=NL007 cycle::files use each other in a circle: `a.nl`, `b.nl`%0Ahelp: move what both need into a file that uses neither
    ");
}

#[test]
fn stdin_may_use_files_of_the_current_directory() {
    let sandbox = Sandbox::new("stdin_imports").with("s.nl", "policy s = timeuot(1s);");
    let text = "use \"s.nl\";\npolicy a = s;";
    assert_snapshot!(sandbox.pipe(text, "check --format github -"), @"
    exit 1
    ── stdout
    ::error file=s.nl,line=1,col=12,endLine=1,endColumn=19,title=NL002 unknown-name::unknown policy `timeuot`%0Ahelp: did you mean `timeout`?
    ");
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let sandbox = Sandbox::new("colours").with("a.nl", TYPO);
    let coloured = |command: &mut Command| transcript(command).contains("\u{1b}[");
    assert!(!coloured(&mut sandbox.nl(["check", "a.nl"])));
    assert!(!coloured(sandbox.nl(["check", "a.nl"]).env("NO_COLOR", "1")));
    assert!(coloured(sandbox.nl(["check", "a.nl"]).env("CLICOLOR_FORCE", "1")));
    let mut always = sandbox.nl(["check", "a.nl", "--color", "always"]);
    assert!(coloured(always.env("NO_COLOR", "1")));
    let mut never = sandbox.nl(["--color", "never", "check", "a.nl"]);
    assert!(!coloured(never.env("CLICOLOR_FORCE", "1")));
    let mut json = sandbox.nl(["check", "a.nl", "--color", "always", "--format", "json"]);
    assert!(!coloured(&mut json));
}

#[test]
fn any_bytes_give_a_finding() {
    let sandbox = Sandbox::new("bytes");
    let texts: [(&str, Vec<u8>); 7] = [
        ("deep", [b"policy a = ".as_slice(), &b"(".repeat(100_000)].concat()),
        ("long line", [b"policy a = ".as_slice(), &b"x".repeat(64 * 1024)].concat()),
        ("nul", b"policy a = \0;".to_vec()),
        ("not text", b"policy \xff\xfe = pass;".to_vec()),
        ("escapes", b"policy a = \x1b[2J;".to_vec()),
        ("many", b"policy = ;\n".repeat(5_000)),
        ("too large", vec![b' '; 16 * 1024 * 1024 + 1]),
    ];
    let mut lines = String::new();
    for (name, text) in texts {
        let run = sandbox.pipe(text, "check -");
        assert!(!run.contains('\u{1b}'), "{run}");
        let first = run.lines().find(|line| line.starts_with("error")).unwrap_or(&run);
        let summary = run.lines().nth(2).unwrap_or(&run);
        lines.push_str(&format!("{name}: {first}; {summary}\n"));
    }
    assert_snapshot!(lines, @"
    deep: error[NL010 limit]: brackets nest deeper than 64; checked 1 file: 1 error
    long line: error[NL001 syntax]: expected `;` after `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`; checked 1 file: 2 errors
    nul: error[NL012 encoding]: the text contains a NUL byte; checked 1 file: 1 error
    not text: error[NL012 encoding]: the text is not valid UTF-8; checked 1 file: 1 error
    escapes: error[NL001 syntax]: the character U+001B is not part of the language; checked 1 file: 1 error
    many: error[NL001 syntax]: expected a name, found `=`; checked 1 file: 101 errors
    too large: error[NL010 limit]: the file has 16777217 bytes; the limit is 16777216 (16 MiB); checked 1 file: 1 error
    ");
}

#[test]
fn a_binary_file_is_a_finding() {
    let sandbox = Sandbox::new("binary").with("a.nl", b"\x7fELF\x02\x01\x01\x00\xff".as_slice());
    assert_snapshot!(sandbox.run("check a.nl"), @"
    exit 1
    ── stdout
    checked 1 file: 1 error
    ── stderr
    error[NL012 encoding]: the text is not valid UTF-8
     --> a.nl:1:9
      |
    1 | ␡ELF␂␁␁␀�
      |         ^
    ");
}

#[test]
fn large_texts_are_checked_like_any_other() {
    let policy = |at| format!("policy api_{at} = timeout({}ms) + retry(2);\n", at % 900 + 100);
    let many: String = (0..10_000).map(policy).collect();
    let long = format!("// {}\npolicy a = timeuot(1s);\n", "x".repeat(10 * 1024 * 1024));
    let sandbox = Sandbox::new("large").with("many.nl", many).with("long.nl", long);
    assert_snapshot!(sandbox.run("check --format concise many.nl"), @"exit 0");
    assert_snapshot!(sandbox.run("check long.nl"), @"
    exit 1
    ── stdout
    checked 1 file: 1 error
    ── stderr
    error[NL002 unknown-name]: unknown policy `timeuot`
     --> long.nl:2:12
      |
    2 | policy a = timeuot(1s);
      |            ^^^^^^^
      |
      = help: did you mean `timeout`?
    ");
}

#[test]
fn a_directory_is_searched_in_order_and_each_file_checked_once() {
    let sandbox = Sandbox::new("directory")
        .with("policies/b.nl", "policy b = timeout(1s);")
        .with("policies/a/z.nl", "policy z = timeout(1s);")
        .with("policies/notes.txt", "not a policy")
        .with("policies/.hidden/h.nl", "policy h = timeout(1s);");
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
    let sandbox = Sandbox::new("unreadable").with("a.nl", "policy a = timeout(1s);");
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
    std::fs::write(sandbox.0.join(name), "policy a = timeout(1s);").unwrap();
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
    assert_snapshot!(sandbox.pipe("policy a = timeout(1s);", "check - -"), @"
    exit 0
    ── stdout
    checked 1 file: nothing to report
    ");
}
