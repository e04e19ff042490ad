//! `nl check --format`: what each prints of a file with an error, a fix, a label and a help, of one
//! with a warning, of one without a finding, and of one that cannot be read.

use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::Value;
use serde_sarif::sarif::Sarif;

const FILES: &str = "bad.nl warned.nl sub/clean.nl missing.nl";

fn sandbox(name: &str) -> Sandbox {
    Sandbox::new(name)
        .with("bad.nl", "policy a = pass || fail;\npolicy a = timeuot(1s);\n")
        .with("warned.nl", "policy b = timeout(1s) + retry(jitter = none);\n")
        .with("sub/clean.nl", "policy c = timeout(1s);\n")
}

fn check(format: &str) -> String {
    let sandbox = sandbox(&format!("format_{format}"));
    sandbox.run(&format!("check --format {format} {FILES}"))
}

#[test]
fn human() {
    assert_snapshot!(check("human"), @"
    exit 2
    ── stdout
    checked 3 files: 3 errors, 1 warning, 1 unreadable input
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    error[NL001 syntax]: `||` is not an operator
     --> bad.nl:1:17
      |
    1 | policy a = pass || fail;
      |                 ^^
      |
    help: operators have one sign: `+`, `|`, `&`
      |
    1 - policy a = pass || fail;
    1 + policy a = pass | fail;
      |

    error[NL005 duplicate]: `a` is declared twice
     --> bad.nl:2:8
      |
    1 | policy a = pass || fail;
      |        - first declared here
    2 | policy a = timeuot(1s);
      |        ^
      |
      = help: names are unique in the whole load: choose another

    error[NL002 unknown-name]: unknown policy `timeuot`
     --> bad.nl:2:12
      |
    2 | policy a = timeuot(1s);
      |            ^^^^^^^
      |
      = help: did you mean `timeout`?

    warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
     --> warned.nl:1:41
      |
    1 | policy b = timeout(1s) + retry(jitter = none);
      |                                         ^^^^
      |
      = help: use `jitter = full`, the default
    ");
}

#[test]
fn concise() {
    assert_snapshot!(check("concise"), @"
    exit 2
    ── stdout
    bad.nl:1:17: error[NL001 syntax]: `||` is not an operator
    bad.nl:2:8: error[NL005 duplicate]: `a` is declared twice
    bad.nl:2:12: error[NL002 unknown-name]: unknown policy `timeuot`
    warned.nl:1:41: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    ");
}

#[test]
fn json() {
    assert_snapshot!(check("json"), @r#"
    exit 2
    ── stdout
    {"diagnostics":[{"file":"bad.nl","code":"NL001","name":"syntax","severity":"error","message":"`||` is not an operator","help":"operators have one sign: `+`, `|`, `&`","line":1,"column":17,"end_line":1,"end_column":19,"labels":[],"fix":{"edits":[{"file":"bad.nl","replacement":"|","line":1,"column":17,"end_line":1,"end_column":19}]}},{"file":"bad.nl","code":"NL005","name":"duplicate","severity":"error","message":"`a` is declared twice","help":"names are unique in the whole load: choose another","line":2,"column":8,"end_line":2,"end_column":9,"labels":[{"file":"bad.nl","message":"first declared here","line":1,"column":8,"end_line":1,"end_column":9}],"fix":null},{"file":"bad.nl","code":"NL002","name":"unknown-name","severity":"error","message":"unknown policy `timeuot`","help":"did you mean `timeout`?","line":2,"column":12,"end_line":2,"end_column":19,"labels":[],"fix":null},{"file":"warned.nl","code":"NL104","name":"no-jitter","severity":"warning","message":"clients that failed together come back together, after exactly 100ms","help":"use `jitter = full`, the default","line":1,"column":41,"end_line":1,"end_column":45,"labels":[],"fix":null}]}
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    "#);
}

#[test]
fn github() {
    assert_snapshot!(check("github"), @"
    exit 2
    ── stdout
    ::error file=bad.nl,line=1,col=17,endLine=1,endColumn=19,title=NL001 syntax::`||` is not an operator%0Ahelp: operators have one sign: `+`, `|`, `&`
    ::error file=bad.nl,line=2,col=8,endLine=2,endColumn=9,title=NL005 duplicate::`a` is declared twice%0Ahelp: names are unique in the whole load: choose another
    ::error file=bad.nl,line=2,col=12,endLine=2,endColumn=19,title=NL002 unknown-name::unknown policy `timeuot`%0Ahelp: did you mean `timeout`?
    ::warning file=warned.nl,line=1,col=41,endLine=1,endColumn=45,title=NL104 no-jitter::clients that failed together come back together, after exactly 100ms%0Ahelp: use `jitter = full`, the default
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    ");
}

#[test]
fn junit() {
    assert_snapshot!(check("junit"), @r#"
    exit 2
    ── stdout
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="nl check" tests="6" skipped="1" failures="3" errors="1">
        <testsuite name="bad.nl" tests="3" skipped="0" errors="0" failures="3">
            <testcase name="NL001 syntax at 1:17" classname="bad.nl">
                <failure message="`||` is not an operator" type="error">bad.nl:1:17: `||` is not an operator
    help: operators have one sign: `+`, `|`, `&amp;`</failure>
            </testcase>
            <testcase name="NL005 duplicate at 2:8" classname="bad.nl">
                <failure message="`a` is declared twice" type="error">bad.nl:2:8: `a` is declared twice
    help: names are unique in the whole load: choose another</failure>
            </testcase>
            <testcase name="NL002 unknown-name at 2:12" classname="bad.nl">
                <failure message="unknown policy `timeuot`" type="error">bad.nl:2:12: unknown policy `timeuot`
    help: did you mean `timeout`?</failure>
            </testcase>
        </testsuite>
        <testsuite name="sub/clean.nl" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="nothing to report" classname="sub/clean.nl"/>
        </testsuite>
        <testsuite name="warned.nl" tests="1" skipped="1" errors="0" failures="0">
            <testcase name="NL104 no-jitter at 1:41" classname="warned.nl">
                <skipped message="clients that failed together come back together, after exactly 100ms" type="warning">warned.nl:1:41: clients that failed together come back together, after exactly 100ms
    help: use `jitter = full`, the default</skipped>
            </testcase>
        </testsuite>
        <testsuite name="unreadable" tests="1" skipped="0" errors="1" failures="0">
            <testcase name="cannot read `missing.nl`: No such file or directory (os error 2)" classname="unreadable">
                <error message="cannot read `missing.nl`: No such file or directory (os error 2)"/>
            </testcase>
        </testsuite>
    </testsuites>
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    "#);
}

#[test]
fn sarif() {
    let run = check("sarif");
    assert_snapshot!(without_pages(&run), @r#"
    exit 2
    ── stdout
    {"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"nl","version":"0.1.0","rules":[{"id":"NL001","name":"syntax","shortDescription":{"text":"The text is not spelled as the grammar wants it."},"help":{…},"defaultConfiguration":{"enabled":true,"level":"error"}},{"id":"NL002","name":"unknown-name","shortDescription":{"text":"A policy, parameter, value or word that does not exist."},"help":{…},"defaultConfiguration":{"enabled":true,"level":"error"}},{"id":"NL005","name":"duplicate","shortDescription":{"text":"A name or an argument is given twice."},"help":{…},"defaultConfiguration":{"enabled":true,"level":"error"}},{"id":"NL104","name":"no-jitter","shortDescription":{"text":"A backoff without jitter makes clients retry in step."},"help":{…},"defaultConfiguration":{"enabled":true,"level":"warning"}}]}},"invocations":[{"executionSuccessful":false,"toolExecutionNotifications":[{"level":"error","message":{"text":"cannot read `missing.nl`: No such file or directory (os error 2)"}}]}],"columnKind":"unicodeCodePoints","results":[{"ruleId":"NL001","ruleIndex":0,"level":"error","message":{"text":"`||` is not an operator\nhelp: operators have one sign: `+`, `|`, `&`"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"bad.nl"},"region":{"startLine":1,"startColumn":17,"endLine":1,"endColumn":19}}}],"fixes":[{"description":{"text":"operators have one sign: `+`, `|`, `&`"},"artifactChanges":[{"artifactLocation":{"uri":"bad.nl"},"replacements":[{"deletedRegion":{"startLine":1,"startColumn":17,"endLine":1,"endColumn":19},"insertedContent":{"text":"|"}}]}]}]},{"ruleId":"NL005","ruleIndex":2,"level":"error","message":{"text":"`a` is declared twice\nhelp: names are unique in the whole load: choose another"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"bad.nl"},"region":{"startLine":2,"startColumn":8,"endLine":2,"endColumn":9}}}],"relatedLocations":[{"message":{"text":"first declared here"},"physicalLocation":{"artifactLocation":{"uri":"bad.nl"},"region":{"startLine":1,"startColumn":8,"endLine":1,"endColumn":9}}}]},{"ruleId":"NL002","ruleIndex":1,"level":"error","message":{"text":"unknown policy `timeuot`\nhelp: did you mean `timeout`?"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"bad.nl"},"region":{"startLine":2,"startColumn":12,"endLine":2,"endColumn":19}}}]},{"ruleId":"NL104","ruleIndex":3,"level":"warning","message":{"text":"clients that failed together come back together, after exactly 100ms\nhelp: use `jitter = full`, the default"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"warned.nl"},"region":{"startLine":1,"startColumn":41,"endLine":1,"endColumn":45}}}]}]}]}
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    "#);
    assert!(is_sarif(&run).unwrap());
}

/// The pages of the codes are long, and tested where they are.
fn without_pages(run: &str) -> String {
    let mut parts = run.split("\"help\":{");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once("},\"defaultConfiguration\"").unwrap_or_default();
        short.push_str(&format!("\"help\":{{…}},\"defaultConfiguration\"{rest}"));
    }
    short
}

/// Whether a log comes unchanged through the typed model: a key that is misspelt would get lost.
fn is_sarif(run: &str) -> serde_json::Result<bool> {
    let line = run.lines().find(|line| line.starts_with('{')).unwrap_or_default();
    let log: Value = serde_json::from_str(line)?;
    let typed: Sarif = serde_json::from_value(log.clone())?;
    Ok(serde_json::to_value(typed)? == log)
}

#[test]
fn sarif_of_nothing_is_a_log_too() {
    let run = sandbox("sarif_clean").run("check --format sarif sub");
    assert!(run.contains("\"results\":[]"), "{run}");
    assert!(is_sarif(&run).unwrap());
}

#[test]
fn key_that_sarif_has_not_would_be_seen() {
    assert!(!is_sarif("{\"version\":\"2.1.0\",\"runs\":[],\"run\":[]}").unwrap());
    assert!(is_sarif("{\"version\":\"2.1.0\",\"runs\":[{}]}").is_err());
}

#[test]
fn output_file_holds_what_would_be_printed() {
    let sandbox = sandbox("output_file");
    for format in ["human", "concise", "json", "sarif", "github", "junit"] {
        let printed = sandbox.run(&format!("check --format {format} bad.nl warned.nl"));
        let run = sandbox.run(&format!(
            "check --color always --format {format} --output-file report bad.nl warned.nl"
        ));
        assert_eq!(run, "exit 1\n");
        let report = std::fs::read_to_string(sandbox.0.join("report")).unwrap();
        assert!(!report.contains('\u{1b}'), "{report}");
        if format == "human" {
            assert!(report.starts_with("error[NL001 syntax]"), "{report}");
            assert!(report.ends_with("checked 2 files: 3 errors, 1 warning\n"), "{report}");
        } else {
            assert_eq!(printed, format!("exit 1\n── stdout\n{}\n", report.trim_end()));
        }
    }
}

#[test]
fn output_file_that_cannot_be_written_exits_with_2() {
    assert_snapshot!(sandbox("output_nowhere").run("check --output-file no/report bad.nl"), @"
    exit 2
    ── stderr
    error: cannot write: `no/report`: No such file or directory (os error 2)
    ");
}

#[test]
fn report_is_never_written_over_a_policy() {
    let sandbox = Sandbox::new("output_over").with("a.nl", "policy a = timeout(1s);");
    for over in ["a.nl", "new.nl", "nl.toml"] {
        let said = sandbox.run(&format!("check --output-file {over} a.nl"));
        let refused = format!("error: `--output-file` would write the report over `{over}`");
        assert!(said.contains("exit 2") && said.contains(&refused), "{said}");
    }
    assert_snapshot!(sandbox.run("check a.nl"), @"
    exit 0
    ── stdout
    checked 1 file: nothing to report
    ");
}
