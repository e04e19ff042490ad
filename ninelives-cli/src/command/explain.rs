//! `nl explain`: what a file's policies do, or what a finding means.

use crate::args::Explain;
use crate::exit::Exit;
use crate::input::Source;
use crate::output::Output;
use crate::render::human;
use annotate_snippets::normalize_untrusted_str;
use ninelives_dsl::codes::{self, Code};
use ninelives_dsl::explain::explain;
use std::io;
use std::path::Path;

/// Explains the subject: a code or name of a finding, else a file of that name.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Explain, output: &mut Output) -> io::Result<Exit> {
    if let Some(code) = find_code(&options.subject) {
        output.result(&format!("{code} {}\n\n{}\n", code.name(), code.summary()))?;
        return Ok(Exit::Clean);
    }
    let load = match Source::named(&options.subject).load() {
        Ok(load) => load,
        Err(problem) => {
            output.problem(&problem)?;
            return Ok(Exit::Failed);
        }
    };
    for diagnostic in &load.diagnostics {
        output.finding(&human::draw(&load, diagnostic, output.coloured()))?;
    }
    if load.has_errors() {
        return Ok(Exit::Findings);
    }
    let policies = load.plan.as_written();
    let trees: Vec<_> = policies.iter().map(|policy| explain(&load, policy)).collect();
    // Doc comments and texts of the file are part of a tree.
    output.result(&normalize_untrusted_str(&trees.join("\n")))?;
    Ok(Exit::Clean)
}

fn find_code(subject: &Path) -> Option<&'static Code> {
    let subject = subject.to_str()?;
    codes::ALL
        .iter()
        .find(|code| code.code().eq_ignore_ascii_case(subject) || code.name() == subject)
}
