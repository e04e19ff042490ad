//! `cargo xtask verify`: everything that shows that this works and what it costs, at full length; its
//! report is `docs/verified.md`. A step that fails fails the run, and the others run all the same.

mod report;
mod steps;

use ninelives_report::Others;
use report::{Run, Verdict};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use steps::{STEPS, Step};

const USAGE: &str = "usage: cargo xtask verify [--list] [--only STEP]…";

/// What the command line asks for.
#[derive(Debug, Eq, PartialEq)]
enum Asked<'a> {
    List,
    Run {
        /// Nothing named is everything.
        only: Vec<&'a str>,
    },
}

/// Runs what was asked for; what it says at the end.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<String, String> {
    let only = match parse(arguments)? {
        Asked::List => return Ok(list()),
        Asked::Run { only } => only,
    };
    let logs = root.join("target/verify");
    fs::create_dir_all(&logs).map_err(|error| error.to_string())?;
    let others = Others::from_now().map_err(|error| error.to_string())?;
    let mut runs = Vec::new();
    for step in STEPS {
        if only.is_empty() || only.contains(&step.name) {
            let run = perform(root, &logs, step)?;
            crate::say(&format!("{run}"));
            runs.push(run);
            // After each: all of them take hours.
            report::write(root, &runs, &others)?;
        }
    }
    let failed: Vec<_> = runs.iter().filter(|run| run.verdict == Verdict::Failed).collect();
    let log = |run: &&Run| format!("{}: see target/verify/{}.log", run.step.name, run.step.name);
    match failed.as_slice() {
        [] => Ok("all hold".to_owned()),
        failed => Err(failed.iter().map(log).collect::<Vec<_>>().join("\n")),
    }
}

fn parse(arguments: &[String]) -> Result<Asked<'_>, String> {
    let mut only = Vec::new();
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match (argument, arguments.next()) {
            ("--list", None) if only.is_empty() => return Ok(Asked::List),
            ("--only", Some(name)) if STEPS.iter().any(|step| step.name == name) => only.push(name),
            ("--only", Some(name)) => return Err(format!("no step `{name}`\n{}", list())),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(Asked::Run { only })
}

fn list() -> String {
    let line = |step: &Step| format!("{:<14} {}", step.name, step.what);
    STEPS.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What a step says goes to a file of its own.
fn perform(root: &Path, logs: &Path, step: &'static Step) -> Result<Run, String> {
    let path = logs.join(step.name).with_extension("log");
    let open = || {
        let log = File::create(&path)?;
        Ok((log.try_clone()?, log))
    };
    let (out, err) = open().map_err(|error: std::io::Error| error.to_string())?;
    let began = Instant::now();
    let status = Command::new("bash")
        .current_dir(root)
        .args(["-c", step.command])
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .status()
        .map_err(|error| format!("cannot run bash: {error}"))?;
    let took = began.elapsed();
    let said = fs::read(&path).map_err(|error| error.to_string())?;
    Ok(Run::ended(step, status.success(), took, &String::from_utf8_lossy(&said)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Result<usize, String> {
        let arguments: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        parse(&arguments).map(|asked| match asked {
            Asked::List => usize::MAX,
            Asked::Run { only } => only.len(),
        })
    }

    #[test]
    fn steps_are_asked_for_by_name() {
        assert_eq!(asked(""), Ok(0));
        assert_eq!(asked("--list"), Ok(usize::MAX));
        assert_eq!(asked("--only loom --only shuttle"), Ok(2));
        assert!(asked("--only lom").unwrap_err().starts_with("no step `lom`\nquick "));
        for wrong in ["loom", "--only", "--list --only loom", "--fast"] {
            assert_eq!(asked(wrong).unwrap_err(), USAGE, "{wrong}");
        }
    }

    #[test]
    fn names_of_steps_differ() {
        for (at, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..at].iter().all(|other| other.name != step.name), "{}", step.name);
        }
    }
}
