//! How a step ended, and the page that says so.

use super::steps::Step;
use ninelives_report::{output_of, provenance, table};
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const PAGE: &str = "docs/verified.md";

const HEAD: &str = "\
# Verified

Written by `cargo xtask verify`, which runs all of this at full length: what `.ci/run` runs on every change is
its first step. `--list` names the steps, `--only STEP` runs one; what was left out says so. What the steps
mean is on [the page about correctness](correctness.md), what they measured on those about
[costs](benchmarks.md) and [load](load.md).
";

/// The crates that did the work.
const WITH: [&str; 4] = ["hyper", "loom", "shuttle", "tokio"];

/// How a step ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Holds,
    Failed,
    NotRun,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::Failed => "**failed**",
            Self::NotRun => "not run",
        })
    }
}

/// A step that has ended, or was left out.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) step: &'static Step,
    pub(crate) verdict: Verdict,
    took: Duration,
    counted: Vec<String>,
}

impl Run {
    pub(crate) const fn left_out(step: &'static Step) -> Self {
        Self { step, verdict: Verdict::NotRun, took: Duration::ZERO, counted: Vec::new() }
    }

    pub(crate) fn ended(step: &'static Step, holds: bool, took: Duration, said: &str) -> Self {
        let verdict = if holds { Verdict::Holds } else { Verdict::Failed };
        let passed = passed(said);
        let tests = (passed > 0).then(|| format!("{passed} tests"));
        let is_count = |line: &&str| step.counted.iter().any(|mark| line.contains(mark));
        let lines = said.lines().filter(is_count).map(plain);
        Self { step, verdict, took, counted: tests.into_iter().chain(lines).collect() }
    }

    fn took(&self) -> String {
        match (self.verdict, self.took.as_secs()) {
            (Verdict::NotRun, _) => "–".to_owned(),
            (_, seconds @ ..60) => format!("{seconds} s"),
            (_, seconds) => format!("{} min {} s", seconds / 60, seconds % 60),
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, counted) = (self.step.name, self.counted.join("; "));
        write!(f, "{name:<14} {:<12} {:<12} {counted}", self.verdict.to_string(), self.took())
    }
}

/// How many tests a test run says have passed, in all of its programs.
fn passed(said: &str) -> u64 {
    let counts = said.lines().filter_map(|line| {
        let (_, rest) = line.split_once("test result: ")?;
        let (before, _) = rest.split_once(" passed")?;
        before.rsplit(' ').next()?.parse::<u64>().ok()
    });
    counts.sum()
}

/// A line as it can stand in a table: what a test program says of itself before it is left out.
fn plain(line: &str) -> String {
    let line = match line.split_once(" ... ") {
        Some((test, rest)) if test.starts_with("test ") => rest,
        _ => line,
    };
    line.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "/")
}

/// Writes the page.
pub(crate) fn write(root: &Path, runs: &[Run]) -> Result<(), String> {
    let lock = fs::read_to_string(root.join("Cargo.lock")).map_err(|error| error.to_string())?;
    let on = provenance(&lock, &WITH, &[]).map_err(|error| error.to_string())?;
    let mut git = Command::new("git");
    let commit = output_of(git.current_dir(root).args(["rev-parse", "--short", "HEAD"]), "git");
    let commit = commit.map_err(|error| error.to_string())?;
    fs::write(root.join(PAGE), page(&on, commit.trim(), runs)).map_err(|error| error.to_string())
}

fn page(on: &str, commit: &str, runs: &[Run]) -> String {
    let row = |run: &Run| {
        let name = format!("`{}`", run.step.name);
        let verdict = run.verdict.to_string();
        vec![name, run.step.what.to_owned(), run.counted.join("; "), run.took(), verdict]
    };
    let table =
        table(&["step", "what", "how much", "took", "verdict"], runs.iter().map(row).collect());
    format!("{HEAD}\nOn top of commit {commit}. {on}\n{table}")
}

#[cfg(test)]
mod tests {
    use super::super::steps::STEPS;
    use super::*;

    fn step(name: &str) -> &'static Step {
        STEPS.iter().find(|step| step.name == name).unwrap()
    }

    #[test]
    fn what_was_counted_is_found_in_what_a_step_says() {
        let said = "running 1 test\n\
                    test a ... 20 random schedules of random stacks,  7 requests | no\n\
                    test result: ok. 1 passed; 0 failed\n\
                    test result: FAILED. 2 passed; 1 failed\n";
        let run = Run::ended(step("shuttle"), true, Duration::from_secs(83), said);
        assert_eq!(
            run.counted,
            ["3 tests", "20 random schedules of random stacks, 7 requests / no"]
        );
        assert_eq!(run.took(), "1 min 23 s");
        assert_eq!(run.verdict, Verdict::Holds);
    }

    #[test]
    fn the_page_says_what_failed_and_what_was_not_run() {
        let failed =
            Run::ended(step("growth"), false, Duration::from_secs(9), "58 shapes, 1 missed");
        let page = page("On a machine.\n", "abc", &[failed, Run::left_out(step("soak"))]);
        assert!(page.contains("On top of commit abc. On a machine."), "{page}");
        let rows: Vec<_> = page.lines().rev().take(2).collect();
        let cells = |row: &str| row.split('|').map(str::trim).skip(3).map(str::to_owned).collect();
        let cells: Vec<Vec<String>> = rows.into_iter().rev().map(cells).collect();
        assert_eq!(cells[0], ["58 shapes, 1 missed", "9 s", "**failed**", ""]);
        assert_eq!(cells[1], ["", "–", "not run", ""]);
    }
}
