//! `nl check`: every finding of every text, once.

pub(crate) mod fix;
mod tally;
mod texts;

use crate::args::Check;
use crate::exit::Exit;
use crate::judge::Judge;
use crate::output::Output;
use crate::render;
use std::env;
use std::ffi::OsStr;
use std::io;
use tally::Tally;
use texts::Texts;

/// Checks what `options` name.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Check, output: &mut Output) -> io::Result<Exit> {
    let possible = fix::possible(options).and_then(|()| report_apart(options));
    let judge = match possible.and_then(|()| judge(options)) {
        Ok(judge) => judge,
        Err(problem) => {
            output.problem(&problem)?;
            return Ok(Exit::Failed);
        }
    };
    if let Some(file) = &options.output_file {
        output.redirect(file);
    }
    let fixed = if options.fix { fix::run(options, &judge, output)? } else { Exit::Clean };
    let Texts { shown, problems, .. } = Texts::read(&options.inputs, &judge);
    for problem in &problems {
        output.problem(problem)?;
    }
    let mut report = render::report(options.format);
    let mut tally = Tally::default();
    for text in &shown {
        for finding in tally.fresh(text) {
            report.finding(&text.load, finding, output)?;
        }
    }
    let summary = tally.summary(problems);
    report.finish(&summary, output)?;
    Ok(fixed.max(summary.exit()))
}

/// The judge of the current directory.
///
/// # Errors
/// What is wrong with `nl.toml`.
fn judge(options: &Check) -> Result<Judge, String> {
    let here = env::current_dir()
        .map_err(|error| format!("cannot tell the current directory: {error}"))?;
    Judge::new(&options.levels, &options.project, &here)
}

/// Whether the report has a file of its own: a flag that is misplaced must not cost a policy.
///
/// # Errors
/// Why not.
fn report_apart(options: &Check) -> Result<(), String> {
    let Some(file) = &options.output_file else {
        return Ok(());
    };
    let is_policy = file.extension() == Some(OsStr::new("nl"));
    let is_config = file.file_name() == Some(OsStr::new("nl.toml"));
    if is_policy || is_config || options.inputs.contains(file) {
        return Err(format!("`--output-file` would write the report over `{}`", file.display()));
    }
    Ok(())
}
