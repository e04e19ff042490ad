//! `nl explain`: what a file's policies do, or what a finding means.

use crate::args::Explain;
use crate::exit::Exit;
use crate::input::Source;
use crate::output::Output;
use crate::render::human;
use annotate_snippets::normalize_untrusted_str;
use ninelives_dsl::codes::{self, Code};
use ninelives_dsl::explain::explain;
use ninelives_dsl::suggest::nearest;
use std::io;
use std::path::Path;

/// Explains the subject: a code or name of a finding, else a file of that name.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Explain, output: &mut Output) -> io::Result<Exit> {
    if let Some(code) = options.subject.to_str().and_then(codes::find) {
        output.result(&format!("{code} {}\n\n{}\n", code.name(), code.summary()))?;
        return Ok(Exit::Clean);
    }
    if let Some(problem) = no_such_finding(&options.subject) {
        output.problem(&problem)?;
        return Ok(Exit::Failed);
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

/// What to say of a subject that is meant to be a finding and is none.
fn no_such_finding(subject: &Path) -> Option<String> {
    let name = subject.to_str()?;
    let is_path = name.contains(['.', '/', '\\']) || name == "-";
    if is_path || subject.exists() {
        return None;
    }
    let number = name.get(..2).filter(|letters| letters.eq_ignore_ascii_case("NL"));
    let is_code = number.and(name.get(2..)).is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    let words = codes::all().map(if is_code { Code::code } else { Code::name });
    match nearest(name, words) {
        Some(near) => Some(format!("no finding is called `{name}`: did you mean `{near}`?")),
        None if is_code => {
            let ranges = [codes::ERRORS, codes::WARNINGS].map(range).join(" and ");
            Some(format!("no finding is called `{name}`: there are {ranges}"))
        }
        None => None,
    }
}

fn range(codes: &[Code]) -> String {
    match codes {
        [first, .., last] => format!("{first} to {last}"),
        _ => String::new(),
    }
}
