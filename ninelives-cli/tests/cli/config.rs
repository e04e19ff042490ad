//! `nl.toml`, `--config`, `--no-config`.

use crate::sandbox::{Sandbox, transcript};
use insta::assert_snapshot;

const JITTERLESS: &str = "policy a = timeout(1s) + retry(2, jitter = none);";

#[test]
fn levels_hold_for_the_project_and_flags_are_stronger() {
    let sandbox = Sandbox::new("config_levels")
        .with("nl.toml", "[levels]\nno-jitter = \"allow\"\nNL108 = \"deny\"\n")
        .with("a.nl", JITTERLESS)
        .with("b.nl", "policy b = pass;");
    assert_snapshot!(sandbox.run("check --format concise"), @"
    exit 1
    ── stdout
    b.nl:1:12: error[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
    ");
    assert_snapshot!(sandbox.run("check --format concise --deny NL104 --warn NL108"), @"
    exit 1
    ── stdout
    a.nl:1:44: error[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    b.nl:1:12: warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
    ");
    assert_snapshot!(sandbox.run("check --format concise --no-config"), @"
    exit 0
    ── stdout
    a.nl:1:44: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    b.nl:1:12: warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
    ");
}

#[test]
fn the_nearest_file_above_the_current_directory_holds_alone() {
    let sandbox = Sandbox::new("config_nearest")
        .with("nl.toml", "[levels]\nno-jitter = \"allow\"\n")
        .with("near/nl.toml", "[levels]\nunbounded-latency = \"deny\"\n")
        .with("near/sub/a.nl", JITTERLESS)
        .with("far/a.nl", JITTERLESS);
    let check = |directory: &str| {
        let mut nl = sandbox.nl(["check", "--format", "concise"]);
        transcript(nl.current_dir(sandbox.0.join(directory)))
    };
    assert_eq!(check("far"), "exit 0\n");
    assert_snapshot!(check("near/sub"), @"
    exit 0
    ── stdout
    a.nl:1:44: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    ");
}

#[test]
fn another_file_can_be_named() {
    let sandbox = Sandbox::new("config_named")
        .with("nl.toml", "broken")
        .with("strict.toml", "[levels]\nno-jitter = \"deny\"\n")
        .with("a.nl", JITTERLESS);
    assert_snapshot!(sandbox.run("check --format concise --config strict.toml"), @"
    exit 1
    ── stdout
    a.nl:1:44: error[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    ");
    assert_snapshot!(sandbox.run("check --config missing.toml"), @"
    exit 2
    ── stderr
    error: cannot read `missing.toml`: No such file or directory (os error 2)
    ");
    assert!(sandbox.run("check --config strict.toml --no-config").starts_with("exit 2\n"));
}

#[test]
fn names_of_the_host_are_checked_when_they_are_listed() {
    let sandbox = Sandbox::new("config_host")
        .with("nl.toml", "[host]\nhandlers = [\"cached\"]\nservices = [\"us_east\"]\n")
        .with(
            "a.nl",
            "policy a = timeout(1s) + retry(2) | to(@us_esat) | fallback(@us_east);\n\
             policy b = timeout(1s) + @trace;\n\
             policy c = timeout(1s) + retry(jitter = none) + to(@us_east) | fallback(@cached);\n",
        );
    assert_snapshot!(sandbox.run("check"), @"
    exit 1
    ── stdout
    checked 1 file: 3 errors, 2 warnings
    ── stderr
    warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
     --> a.nl:1:37
      |
    1 | policy a = timeout(1s) + retry(2) | to(@us_esat) | fallback(@us_east);
      |        - of this policy             ^^^^^^^^^^^^
      |
      = help: put a deadline around it: `timeout(1s) + retry(2) | timeout(1s) + to(@us_esat) | fallback(@us_east)`

    error[NL018 unknown-host-name]: the host program has no service `@us_esat`
     --> a.nl:1:40
      |
    1 | policy a = timeout(1s) + retry(2) | to(@us_esat) | fallback(@us_east);
      |                                        ^^^^^^^^
      |
      = help: did you mean `@us_east`? services in `nl.toml`: `@us_east`

    error[NL018 unknown-host-name]: `@us_east` is a service, and a handler is needed here
     --> a.nl:1:61
      |
    1 | policy a = timeout(1s) + retry(2) | to(@us_esat) | fallback(@us_east);
      |                                                             ^^^^^^^^
      |
      = help: handlers in `nl.toml`: `@cached`

    error[NL018 unknown-host-name]: the host program has no layer `@trace`
     --> a.nl:2:26
      |
    2 | policy b = timeout(1s) + @trace;
      |                          ^^^^^^
      |
      = help: layers in `nl.toml`: none; add it to `layers` of `[host]`

    warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
     --> a.nl:3:41
      |
    3 | policy c = timeout(1s) + retry(jitter = none) + to(@us_east) | fallback(@cached);
      |                                         ^^^^
      |
      = help: use `jitter = full`, the default
    ");
    assert!(sandbox.run("check --no-config --format concise").starts_with("exit 0\n"));
}

#[test]
fn a_broken_file_ends_the_run() {
    let broken = [
        ("syntax", "[levels\n"),
        ("key", "[levels]\nno-jitter = \"allow\"\n\n[hosts]\n"),
        ("level", "[levels]\nno-jitter = \"forbid\"\n"),
        ("type", "[host]\nlayers = \"cached\"\n"),
        ("finding", "[levels]\nno-jiter = \"allow\"\n"),
        ("error", "[levels]\n\"NL001\" = \"warn\"\n"),
        ("sign", "[host]\nlayers = [\"a\", \"@cached\"]\n"),
        ("twice", "[host]\nlayers = []\nlayers = []\n"),
    ];
    let runs = broken.map(|(name, text)| {
        let sandbox = Sandbox::new(&format!("config_broken_{name}"))
            .with("nl.toml", text)
            .with("a.nl", "policy a = pass;");
        sandbox.run("check")
    });
    assert!(runs.iter().all(|run| run.starts_with("exit 2\n── stderr\n")), "{runs:#?}");
    let said = runs.iter().filter_map(|run| run.strip_prefix("exit 2\n── stderr\n"));
    assert_snapshot!(said.collect::<String>(), @r#"
    error: nl.toml:1:8: unclosed table, expected `]`
    error: nl.toml:4:2: unknown field `hosts`, expected `levels` or `host`
    error: nl.toml:2:13: unknown variant `forbid`, expected one of `allow`, `warn`, `deny`
    error: nl.toml:2:10: invalid type: string "cached", expected a sequence
    error: nl.toml:2:1: no finding is called `no-jiter`: did you mean `no-jitter`?
    error: nl.toml:2:1: NL001 syntax is an error whatever is said of it
    error: nl.toml:2:16: names stand here without the `@`: `cached`
    error: nl.toml:3:1: duplicate key
    "#);
}

#[test]
fn a_file_that_is_not_text_ends_the_run() {
    let sandbox = Sandbox::new("config_bytes").with("nl.toml", b"\xff");
    assert_snapshot!(sandbox.run("check -"), @"
    exit 2
    ── stderr
    error: cannot read `nl.toml`: stream did not contain valid UTF-8
    ");
}

#[test]
fn one_finding_has_one_level() {
    let sandbox = Sandbox::new("config_twice")
        .with("nl.toml", "[levels]\nno-jitter = \"allow\"\nNL104 = \"deny\"\n")
        .with("a.nl", JITTERLESS);
    assert_snapshot!(sandbox.run("check"), @"
    exit 2
    ── stderr
    error: nl.toml:2:1: the level of NL104 no-jitter is said twice
    ");
}
