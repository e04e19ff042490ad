//! `nl check`: every finding of every text, once.

mod fix;
mod judge;
mod tally;
mod texts;

use crate::args::Check;
use crate::exit::Exit;
use crate::output::Output;
use crate::render;
use judge::Judge;
use std::io;
use tally::Tally;
use texts::Texts;

/// Checks what `options` name.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Check, output: &mut Output) -> io::Result<Exit> {
    let judge = match fix::possible(options).and_then(|()| Judge::new(options)) {
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
