//! The examples run, end by themselves, and keep what they promise.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failed check ends its test")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// Runs an example as `cargo test` has built it, or builds it where only this test was asked for.
fn run(example: &str) -> Output {
    let test = std::env::current_exe().unwrap();
    let built: PathBuf = test.ancestors().nth(2).unwrap().join("examples").join(example);
    let output = if built.exists() {
        Command::new(built).output()
    } else {
        Command::new(env!("CARGO")).args(["run", "--quiet", "--example", example]).output()
    };
    let output = output.unwrap();
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{example}:\n{stdout}");
    assert!(output.status.success(), "{example}: {}\n{stdout}\n{stderr}", output.status);
    output
}

#[test]
fn quickstart_protects_a_real_server_and_prints_its_table() {
    let output = run("quickstart");
    let table = String::from_utf8_lossy(&output.stdout);
    for row in ["bare", "policy!", ".nl, edited", ".nl, after"] {
        assert!(table.lines().any(|line| line.starts_with(row)), "no row `{row}` in\n{table}");
    }
}

#[test]
fn operators_make_the_types_of_the_macro() {
    run("algebra_composition");
}

#[test]
fn deadline_and_fallback_answer_in_time() {
    run("timeout_fallback");
}

#[test]
fn decorrelated_jitter_spreads_the_callers() {
    run("decorrelated_jitter");
}

#[test]
fn first_of_two_addresses_wins() {
    run("happy_eyeballs");
}

#[test]
fn cache_and_origin_race() {
    run("cache_race");
}

#[test]
fn handler_hides_its_flaky_upstream() {
    run("axum_client");
}

#[test]
fn parameters_are_set_under_load() {
    let output = run("adaptive");
    let transcript = String::from_utf8_lossy(&output.stdout);
    for said in ["four at once", "refused: `search.bulkhead.max_concurrency`: `0` must be between"]
    {
        assert!(transcript.contains(said), "no `{said}` in\n{transcript}");
    }
}

#[test]
fn a_file_is_edited_while_requests_run() {
    let output = run("hot_reload");
    let transcript = String::from_utf8_lossy(&output.stdout);
    for said in ["search.circuit_breaker", "did you mean `retry`?", "no request paid for an edit"] {
        assert!(transcript.contains(said), "no `{said}` in\n{transcript}");
    }
}

#[test]
fn events_are_kept_printed_and_counted() {
    let output = run("telemetry_basic");
    let lines = String::from_utf8_lossy(&output.stdout);
    assert!(lines.contains("search.retry: attempt 1 failed (transient)"), "{lines}");
}

#[test]
fn sinks_are_protected_by_policies_and_composed() {
    run("telemetry_composition");
}

#[test]
fn policies_nodes_and_layers_are_tested_with_the_kit() {
    let output = run("testing_policies");
    let lines = String::from_utf8_lossy(&output.stdout);
    assert!(lines.contains("search: 3 attempts, 1 of them dropped"), "{lines}");
}
