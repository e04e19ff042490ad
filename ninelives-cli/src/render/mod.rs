//! A finding in its dresses, one file each: for people, for editors, for machines, for the pages of
//! build servers.

pub(crate) mod concise;
pub(crate) mod data;
pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod sarif;

use crate::args::Format;
use crate::exit::Exit;
use crate::output::Output;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::load::Load;
use ninelives_dsl::source::{FileId, Position, SourceFile, Span};
use serde::Serialize;
use std::fmt;
use std::io;

/// A way to report findings. Each comes once, by file and place; then the report is finished, once.
pub(crate) trait Report {
    /// Takes a finding in.
    ///
    /// # Errors
    /// When it cannot be printed.
    fn finding(&mut self, load: &Load, finding: &Diagnostic, output: &mut Output)
    -> io::Result<()>;

    /// Prints what is still to be said.
    ///
    /// # Errors
    /// When it cannot be printed.
    fn finish(&mut self, summary: &Summary, output: &mut Output) -> io::Result<()>;
}

/// The report in a format.
pub(crate) fn report(format: Format) -> Box<dyn Report> {
    match format {
        Format::Human => Box::new(human::Snippets),
        Format::Concise => Box::new(concise::Lines),
        Format::Json => Box::<json::Object>::default(),
        Format::Sarif => Box::<sarif::Log>::default(),
        Format::Github => Box::new(github::Commands),
        Format::Junit => Box::<junit::Suites>::default(),
    }
}

/// What a run has seen.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// The names of the files, in the order they were seen.
    pub(crate) files: Vec<String>,
    /// How many errors.
    pub(crate) errors: usize,
    /// How many warnings.
    pub(crate) warnings: usize,
    /// Why something could not be read, for each place with nothing to read.
    pub(crate) problems: Vec<String>,
}

impl Summary {
    /// The verdict.
    pub(crate) fn exit(&self) -> Exit {
        if !self.problems.is_empty() {
            Exit::Failed
        } else if self.errors > 0 {
            Exit::Findings
        } else {
            Exit::Clean
        }
    }
}

/// `checked 3 files: 1 error, 2 warnings`
impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found: Vec<String> = [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.problems.len(), "unreadable input"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| counted(count, what))
        .collect();
        let found =
            if found.is_empty() { "nothing to report".to_owned() } else { found.join(", ") };
        write!(out, "checked {}: {found}", counted(self.files.len(), "file"))
    }
}

/// `1 file`, `2 files`
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// A span as the outside world counts: a file's name, lines and characters from 1, the end one
/// past the last.
pub(crate) struct Place<'a> {
    pub(crate) file: &'a str,
    pub(crate) start: Position,
    pub(crate) end: Position,
}

impl<'a> Place<'a> {
    pub(crate) fn new(load: &'a Load, span: Span) -> Self {
        const NOWHERE: Position = Position { line: 1, column: 1 };
        match source(load, span.file) {
            Some(file) => Self {
                file: file.name(),
                start: file.position(span.start),
                end: file.position(span.end),
            },
            None => Self { file: "", start: NOWHERE, end: NOWHERE },
        }
    }
}

/// The file of a load.
fn source(load: &Load, id: FileId) -> Option<&SourceFile> {
    load.files.get(id.index())
}

/// `error[NL002 unknown-name]: unknown policy `timeuot``
fn title(finding: &Diagnostic) -> String {
    let Diagnostic { code, severity, message, .. } = finding;
    format!("{}[{code} {}]: {message}", severity.word(), code.name())
}

/// A value as one line of JSON.
fn json_line(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_follows_the_worst() {
        let exit = |errors, warnings, problems: &[&str]| {
            let problems = problems.iter().map(|problem| (*problem).to_owned()).collect();
            Summary { errors, warnings, problems, ..Summary::default() }.exit()
        };
        assert_eq!(exit(0, 0, &[]), Exit::Clean);
        assert_eq!(exit(0, 1, &[]), Exit::Clean);
        assert_eq!(exit(1, 0, &[]), Exit::Findings);
        assert_eq!(exit(1, 1, &["unreadable"]), Exit::Failed);
    }
}
