//! `nl check`: every finding of every text, once.

mod tally;

use crate::args::{Check, Format};
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::output::Output;
use crate::render::{github, human, json};
use ninelives_dsl::lint::{Settings, warnings};
use ninelives_dsl::load::Load;
use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use tally::{Tally, files};

/// Checks what `options` name.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Check, output: &mut Output) -> io::Result<Exit> {
    let mut run = Run {
        format: options.format,
        output,
        tally: Tally::default(),
        report: json::Report::default(),
    };
    let (roots, parts) = divide(run.load(&options.inputs)?);
    for load in &roots {
        run.show(load)?;
    }
    for load in &parts {
        if !run.tally.has_seen(load) {
            run.show(load)?;
        }
    }
    run.finish()?;
    Ok(run.tally.exit(options.deny))
}

/// The loads that speak for themselves, and those that are parts of others.
///
/// A file met in a directory is a part of the file that uses it: alone it may lack what its user
/// gives it, such as the deadline around a queue. Only files that use each other in a circle have
/// no root among them; there the first is shown for all.
fn divide(loads: Vec<(Source, Load)>) -> (Vec<Load>, Vec<Load>) {
    let used: HashSet<PathBuf> = loads.iter().flat_map(|(_, load)| files(load).skip(1)).collect();
    let (mut roots, mut parts) = (Vec::new(), Vec::new());
    for (source, load) in loads {
        let is_used = files(&load).next().is_some_and(|file| used.contains(&file));
        if is_used && matches!(source, Source::Found(_)) {
            parts.push(load);
        } else {
            roots.push(load);
        }
    }
    (roots, parts)
}

/// One run of the verb.
struct Run<'a> {
    format: Format,
    output: &'a mut Output,
    tally: Tally,
    report: json::Report,
}

impl Run<'_> {
    /// Loads what was typed; what cannot be read is said and counted.
    fn load(&mut self, typed: &[PathBuf]) -> io::Result<Vec<(Source, Load)>> {
        let mut loads = Vec::new();
        for source in input::sources(typed) {
            match source.and_then(|source| source.load().map(|load| (source, load))) {
                Ok((source, mut load)) => {
                    load.diagnostics.extend(warnings(&load, &Settings::default()));
                    loads.push((source, load));
                }
                Err(problem) => {
                    self.tally.unreadable += 1;
                    self.output.problem(&problem)?;
                }
            }
        }
        Ok(loads)
    }

    fn show(&mut self, load: &Load) -> io::Result<()> {
        for finding in self.tally.fresh(load) {
            match self.format {
                Format::Human => {
                    let drawing = human::draw(load, finding, self.output.coloured());
                    self.output.finding(&drawing)?;
                }
                Format::Json => self.report.diagnostics.push(json::Finding::new(load, finding)),
                Format::Github => self.output.result(&github::command(load, finding))?,
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        match self.format {
            Format::Human => self.output.result(&self.tally.summary()),
            Format::Json => self.output.result(&self.report.to_line()?),
            Format::Github => Ok(()),
        }
    }
}
