//! How a step ended, and the page that says so.

use super::steps::{STEPS, Step};
use ninelives_report::{Others, output_of, provenance, table};
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const PAGE: &str = "docs/verified.md";

const HEAD: &str = "\
# Verified

Written by `cargo xtask verify`, which runs all of this at full length: what `.ci/run` runs on every change is
its first step. `--list` names the steps, `--only STEP` runs one; what is left out keeps what it said last,
with the commit and the day; the machine is that of the last run. What the steps mean is on [the page about correctness](correctness.md), what they measured on those about
[costs](benchmarks.md) and [load](load.md).
";

/// The crates that did the work.
const WITH: [&str; 4] = ["hyper", "loom", "shuttle", "tokio"];

/// How a step ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Holds,
    Failed,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::Failed => "**failed**",
        })
    }
}

/// A step that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) step: &'static Step,
    pub(crate) verdict: Verdict,
    took: Duration,
    counted: Vec<String>,
}

impl Run {
    /// A step that ran nothing shows nothing: one of tests must have some, one that counts a count.
    pub(crate) fn ended(step: &'static Step, holds: bool, took: Duration, said: &str) -> Self {
        let passed = passed(said);
        let tests = (passed > 0).then(|| format!("{passed} tests"));
        let is_count = |line: &&str| step.counted.iter().any(|mark| line.contains(mark));
        let lines = summed(said.lines().filter(is_count).map(plain));
        let ran = (passed > 0 || !step.command.contains("cargo test"))
            && (!lines.is_empty() || step.counted.is_empty());
        let verdict = if holds && ran { Verdict::Holds } else { Verdict::Failed };
        Self { step, verdict, took, counted: tests.into_iter().chain(lines).collect() }
    }

    fn took(&self) -> String {
        match self.took.as_secs() {
            seconds @ ..60 => format!("{seconds} s"),
            seconds => format!("{} min {} s", seconds / 60, seconds % 60),
        }
    }

    fn row(&self, on: &str) -> Row {
        let (counted, verdict) = (self.counted.join("; "), self.verdict.to_string());
        vec![
            name(self.step),
            self.step.what.to_owned(),
            counted,
            self.took(),
            verdict,
            on.to_owned(),
        ]
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

/// Lines that differ in the number they begin with alone, as one with the sum.
fn summed(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut sums = Vec::<(u64, String)>::new();
    let mut others = Vec::new();
    for line in lines {
        let counted = line.split_once(' ').and_then(|(n, of)| Some((n.parse::<u64>().ok()?, of)));
        match counted {
            Some((count, of)) => match sums.iter_mut().find(|(_, known)| known == of) {
                Some((sum, _)) => *sum = sum.saturating_add(count),
                None => sums.push((count, of.to_owned())),
            },
            None => others.push(line),
        }
    }
    sums.into_iter().map(|(sum, of)| format!("{sum} {of}")).chain(others).collect()
}

/// The cells of a step.
type Row = Vec<String>;

const COLUMNS: [&str; 6] = ["step", "what", "how much", "took", "verdict", "on"];

fn name(step: &Step) -> String {
    format!("`{}`", step.name)
}

/// Writes the page: what has ended now, and of all else what the page says already.
pub(crate) fn write(root: &Path, runs: &[Run], others: &Others) -> Result<(), String> {
    let path = root.join(PAGE);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let lock = fs::read_to_string(root.join("Cargo.lock")).map_err(|error| error.to_string())?;
    let machine = provenance(&lock, &WITH, &[], others).map_err(|error| error.to_string())?;
    let said = |mut command: Command, package| {
        output_of(command.current_dir(root), package).map_err(|error| error.to_string())
    };
    let (mut git, mut date) = (Command::new("git"), Command::new("date"));
    git.args(["rev-parse", "--short", "HEAD"]);
    date.arg("+%F");
    // What the steps write themselves is under `docs`.
    let mut changes = Command::new("git");
    changes.args(["status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs"]);
    let changed = if said(changes, "git")?.is_empty() { "" } else { ", changed" };
    let on = format!("{}{changed}, {}", said(git, "git")?.trim(), said(date, "coreutils")?.trim());
    fs::write(path, page(&machine, &on, runs, &before)).map_err(|error| error.to_string())
}

fn page(machine: &str, on: &str, runs: &[Run], before: &str) -> String {
    let row = |step: &Step| {
        let run = runs.iter().find(|run| run.step.name == step.name);
        run.map(|run| run.row(on)).or_else(|| kept(step, before)).unwrap_or_else(|| never(step))
    };
    let table = table(&COLUMNS, STEPS.iter().map(row).collect());
    format!("{HEAD}\n{machine}\n{table}")
}

/// What the page says of a step.
fn kept(step: &Step, before: &str) -> Option<Row> {
    let cells = |line: &str| -> Row {
        let line = line.trim().trim_start_matches('|').trim_end_matches('|');
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut rows = before.lines().map(cells);
    rows.find(|row| row.len() == COLUMNS.len() && row.first() == Some(&name(step)))
}

fn never(step: &Step) -> Row {
    let mut row = vec![name(step), step.what.to_owned()];
    row.extend(["", "–", "not run", "–"].map(str::to_owned));
    row
}

#[cfg(test)]
mod tests {
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
    fn counts_of_the_same_are_one() {
        let said = "test a ... 20 interleavings\ntest b ... ok\n4 interleavings\n\
                    test result: ok. 2 passed; 0 failed\n";
        let run = Run::ended(step("loom"), true, Duration::ZERO, said);
        assert_eq!(run.counted, ["2 tests", "24 interleavings"]);
    }

    fn rows(page: &str) -> Vec<Row> {
        STEPS.iter().filter_map(|step| kept(step, page)).collect()
    }

    #[test]
    fn a_step_that_ran_nothing_fails() {
        let verdict = |name, said| Run::ended(step(name), true, Duration::ZERO, said).verdict;
        assert_eq!(verdict("outside", "test result: ok. 0 passed; 0 failed"), Verdict::Failed);
        assert_eq!(verdict("outside", "test result: ok. 1 passed; 0 failed"), Verdict::Holds);
        assert_eq!(verdict("growth", "done"), Verdict::Failed);
        assert_eq!(verdict("growth", "58 shapes, none missed"), Verdict::Holds);
    }

    #[test]
    fn the_page_says_what_failed_and_what_was_not_run() {
        let failed =
            Run::ended(step("growth"), false, Duration::from_secs(9), "58 shapes, 1 missed");
        let page = page("On a machine.\n", "abc, today", &[failed], "");
        assert!(page.contains("On a machine."), "{page}");
        let rows = rows(&page);
        assert_eq!(rows.len(), STEPS.len());
        for row in rows {
            let said = ["58 shapes, 1 missed", "9 s", "**failed**", "abc, today"];
            let is_growth = row[0] == "`growth`";
            assert_eq!(row[2..], if is_growth { said } else { ["", "–", "not run", "–"] });
        }
    }

    #[test]
    fn what_is_left_out_keeps_what_it_said_last() {
        let ended = |name| Run::ended(step(name), true, Duration::from_secs(9), "58 shapes, 1");
        let first = page("On a machine.\n", "abc, today", &[ended("growth"), ended("soak")], "");
        let second = page("On another.\n", "def, later", &[ended("soak")], &first);
        let on =
            |name: &str| rows(&second).into_iter().find(|row| row[0] == name).unwrap()[5].clone();
        assert_eq!([on("`growth`"), on("`soak`")], ["abc, today", "def, later"]);
    }
}
