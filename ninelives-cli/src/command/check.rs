//! `nl check`: every finding of every text, once.

use crate::args::{Check, Deny, Format};
use crate::exit::Exit;
use crate::input;
use crate::output::Output;
use crate::render::{github, human, json, source};
use ninelives_dsl::codes::Code;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::load::Load;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// Checks what `options` name.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Check, output: &mut Output) -> io::Result<Exit> {
    let mut tally = Tally::default();
    let mut report = json::Report::default();
    for source in input::sources(&options.inputs) {
        let load = match source.and_then(|source| source.load()) {
            Ok(load) => load,
            Err(problem) => {
                tally.unreadable += 1;
                output.problem(&problem)?;
                continue;
            }
        };
        for diagnostic in tally.fresh(&load) {
            match options.format {
                Format::Human => {
                    output.finding(&human::draw(&load, diagnostic, output.coloured()))?;
                }
                Format::Json => report
                    .diagnostics
                    .push(json::Finding::new(&load, diagnostic)),
                Format::Github => output.result(&github::command(&load, diagnostic))?,
            }
        }
    }
    match options.format {
        Format::Human => output.result(&tally.summary())?,
        Format::Json => output.result(&report.to_line()?)?,
        Format::Github => {}
    }
    Ok(tally.exit(options.deny))
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Tally {
    files: HashSet<PathBuf>,
    findings: HashSet<Identity>,
    errors: usize,
    warnings: usize,
    unreadable: usize,
}

/// What makes two findings the same one: a file may be checked for itself and again as an import
/// of others, under other names.
type Identity = (PathBuf, u32, u32, Code, String);

impl Tally {
    /// Counts a load, and gives those of its findings that no earlier load had.
    fn fresh<'a>(&mut self, load: &'a Load) -> Vec<&'a Diagnostic> {
        self.files.extend(
            load.files
                .iter()
                .map(|file| input::identity(Path::new(file.name()))),
        );
        let mut fresh: Vec<&Diagnostic> = load.diagnostics.iter().collect();
        fresh.retain(|diagnostic| self.findings.insert(identity(load, diagnostic)));
        for diagnostic in &fresh {
            if diagnostic.is_error() {
                self.errors += 1;
            } else {
                self.warnings += 1;
            }
        }
        fresh
    }

    fn exit(&self, deny: Option<Deny>) -> Exit {
        let denied = match deny {
            Some(Deny::Warnings) => self.warnings,
            None => 0,
        };
        if self.unreadable > 0 {
            Exit::Failed
        } else if self.errors + denied > 0 {
            Exit::Findings
        } else {
            Exit::Clean
        }
    }

    /// `checked 3 files: 1 error, 2 warnings`
    fn summary(&self) -> String {
        let found: Vec<String> = [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.unreadable, "unreadable input"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| counted(count, what))
        .collect();
        let checked = counted(self.files.len(), "file");
        if found.is_empty() {
            format!("checked {checked}: nothing to report\n")
        } else {
            format!("checked {checked}: {}\n", found.join(", "))
        }
    }
}

fn identity(load: &Load, diagnostic: &Diagnostic) -> Identity {
    let span = diagnostic.span;
    let name = source(load, span.file).map_or("", |file| file.name());
    let file = input::identity(Path::new(name));
    (
        file,
        span.start,
        span.end,
        diagnostic.code,
        diagnostic.message.clone(),
    )
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::codes;
    use ninelives_dsl::source::{FileId, SourceFile, Span};

    fn load(findings: &[(&'static str, usize)]) -> Load {
        let mut load = Load::default();
        load.files.push(SourceFile::new("a.nl", "policy a = pass;"));
        for (message, start) in findings {
            let span = Span::new(FileId(0), *start, start + 1);
            load.diagnostics
                .push(Diagnostic::error(codes::SYNTAX, span, *message));
        }
        load
    }

    #[test]
    fn a_finding_seen_in_two_loads_counts_once() {
        let mut tally = Tally::default();
        assert_eq!(tally.fresh(&load(&[("x", 0), ("x", 1)])).len(), 2);
        assert_eq!(tally.fresh(&load(&[("x", 1), ("y", 1)])).len(), 1);
        assert_eq!(tally.summary(), "checked 1 file: 3 errors\n");
    }

    #[test]
    fn the_exit_follows_the_worst() {
        let exit = |errors, warnings, unreadable, deny| {
            Tally {
                errors,
                warnings,
                unreadable,
                ..Tally::default()
            }
            .exit(deny)
        };
        let deny = Some(Deny::Warnings);
        assert_eq!(exit(0, 0, 0, deny), Exit::Clean);
        assert_eq!(exit(0, 1, 0, None), Exit::Clean);
        assert_eq!(exit(0, 1, 0, deny), Exit::Findings);
        assert_eq!(exit(1, 0, 0, None), Exit::Findings);
        assert_eq!(exit(1, 1, 1, None), Exit::Failed);
    }
}
