//! `nl fmt`: every file in the one layout, or what would change.

mod rust;
pub(crate) mod text;

use crate::args::Fmt;
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::output::Output;
use crate::render::human;
use crate::write;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::format::{Refusal, declarations};
use ninelives_dsl::load::Load;
use ninelives_dsl::source::SourceFile;
use similar::TextDiff;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::time::Duration;
use text::Text;

/// The smallest diff of two texts can take the square of their size; after this long a diff that is
/// not the smallest will do.
const DIFF_TIME: Duration = Duration::from_secs(2);

/// Formats what `options` name.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Fmt, output: &mut Output) -> io::Result<Exit> {
    let mut run = Run { options, output };
    let mut exit = Exit::Clean;
    for source in input::sources_ending_in(&options.inputs, &["nl", "rs"]) {
        let result = match source {
            Ok(source) => run.format(&source)?,
            Err(problem) => run.fail(&problem)?,
        };
        exit = exit.max(result);
    }
    Ok(exit)
}

/// Why there is nothing to write.
enum Failure {
    Refused(Refusal),
    /// The tokens of a `.rs` file are not Rust's.
    NotRust(String),
}

/// One run of the verb.
struct Run<'a> {
    options: &'a Fmt,
    output: &'a mut Output,
}

impl Run<'_> {
    fn format(&mut self, source: &Source) -> io::Result<Exit> {
        let name = match source {
            Source::Stdin => self.options.stdin_filename.as_deref().unwrap_or(source.name()),
            Source::Named(_) | Source::Found(_) => source.name(),
        };
        let bytes = match source.bytes() {
            Ok(bytes) => bytes,
            Err(problem) => return self.fail(&problem),
        };
        let text = match Text::read(&bytes) {
            Ok(text) => text,
            Err(diagnostic) => {
                return self.refuse(name, &String::from_utf8_lossy(&bytes), vec![diagnostic]);
            }
        };
        let formatted = if name.extension() == Some(OsStr::new("rs")) {
            rust::format(&text.content)
        } else {
            declarations(&text.content, "").map_err(Failure::Refused)
        };
        match formatted {
            Ok(formatted) => self.deliver(source, name, &text, &formatted),
            Err(Failure::Refused(Refusal::Invalid(diagnostics))) => {
                self.refuse(name, &text.content, diagnostics)
            }
            Err(Failure::Refused(Refusal::Unfaithful)) => self.fail(&format!(
                "internal error: `{}` would not say the same; it is left as it is",
                name.display()
            )),
            Err(Failure::NotRust(problem)) => {
                self.output.problem(&format!("`{}` is not Rust: {problem}", name.display()))?;
                Ok(Exit::Findings)
            }
        }
    }

    /// Writes the formatted text, or says what would be written.
    fn deliver(
        &mut self,
        source: &Source,
        name: &Path,
        text: &Text,
        formatted: &str,
    ) -> io::Result<Exit> {
        let changed = text.content != formatted;
        if !(self.options.check || self.options.diff) {
            if *source == Source::Stdin {
                self.output.exact(&text.written(formatted))?;
            } else if changed {
                if let Err(error) = write::replace(name, &text.written(formatted)) {
                    return self.fail(&format!("cannot write `{}`: {error}", name.display()));
                }
                self.output.result(&format!("{}\n", name.display()))?;
            }
            return Ok(Exit::Clean);
        }
        if !changed {
            return Ok(Exit::Clean);
        }
        if self.options.diff {
            self.output.exact(&diff(name, &text.content, formatted))?;
        } else {
            self.output.result(&format!("{}\n", name.display()))?;
        }
        Ok(Exit::Findings)
    }

    fn refuse(
        &mut self,
        name: &Path,
        text: &str,
        diagnostics: Vec<Diagnostic>,
    ) -> io::Result<Exit> {
        let mut load = Load::default();
        load.files.push(SourceFile::new(name.to_string_lossy(), text));
        for diagnostic in diagnostics {
            self.output.finding(&human::draw(&load, &diagnostic, self.output.coloured()))?;
        }
        Ok(Exit::Findings)
    }

    fn fail(&mut self, problem: &str) -> io::Result<Exit> {
        self.output.problem(problem)?;
        Ok(Exit::Failed)
    }
}

fn diff(name: &Path, old: &str, new: &str) -> String {
    let name = name.to_string_lossy();
    let changes = TextDiff::configure().timeout(DIFF_TIME).diff_lines(old, new);
    changes.unified_diff().header(&name, &name).to_string()
}
