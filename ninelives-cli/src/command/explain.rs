//! `nl explain`: what a file's policies do, or what a finding means.

mod json;

use crate::args::{Explain, Notation};
use crate::exit::Exit;
use crate::input;
use crate::output::Output;
use crate::render::human;
use annotate_snippets::normalize_untrusted_str;
use ninelives_dsl::codes::{self, Code};
use ninelives_dsl::explain::explain;
use ninelives_dsl::load::Load;
use ninelives_dsl::suggest::nearest;
use std::io;
use std::path::Path;
use std::slice;

/// Explains each subject: a code or name of a finding, else a file of that name.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Explain, output: &mut Output) -> io::Result<Exit> {
    let mut subjects = Subjects::default();
    if options.all {
        subjects.codes.extend(codes::all());
    }
    for subject in &options.subjects {
        subjects.add(subject, output)?;
    }
    let Subjects { codes, loads, exit } = &subjects;
    match options.format {
        Notation::Json => output.result(&json::line(codes, loads)?)?,
        // All of them are a list, not a book.
        Notation::Human if options.all => output.result(&list(codes))?,
        Notation::Human => output.result(&pages(codes, loads))?,
    }
    Ok(*exit)
}

/// What is to be explained.
#[derive(Default)]
struct Subjects {
    codes: Vec<Code>,
    loads: Vec<Load>,
    exit: Exit,
}

impl Subjects {
    fn add(&mut self, subject: &Path, output: &mut Output) -> io::Result<()> {
        if let Some(code) = subject.to_str().and_then(codes::find) {
            self.codes.push(code);
            return Ok(());
        }
        let sources = match no_such_finding(subject) {
            Some(problem) => vec![Err(problem)],
            None => input::sources(slice::from_ref(&subject.to_owned())),
        };
        for source in sources {
            match source.and_then(|source| source.load()) {
                Ok(load) => self.load(load, output)?,
                Err(problem) => {
                    output.problem(&problem)?;
                    self.exit = self.exit.max(Exit::Failed);
                }
            }
        }
        Ok(())
    }

    /// Errors are shown instead of what cannot run.
    fn load(&mut self, load: Load, output: &mut Output) -> io::Result<()> {
        for diagnostic in &load.diagnostics {
            output.finding(&human::draw(&load, diagnostic, output.coloured()))?;
        }
        if load.has_errors() {
            self.exit = self.exit.max(Exit::Findings);
        } else {
            self.loads.push(load);
        }
        Ok(())
    }
}

fn list(codes: &[Code]) -> String {
    let width = codes.iter().map(|code| code.name().len()).max().unwrap_or(0);
    let line = |code: &Code| format!("{code}  {:width$}  {}\n", code.name(), code.summary());
    codes.iter().map(line).collect()
}

fn pages(codes: &[Code], loads: &[Load]) -> String {
    let page = |code: &Code| format!("{code} {}\n\n{}", code.name(), code.page());
    let mut pages: Vec<String> = codes.iter().map(page).collect();
    for load in loads {
        let file = load.files.first().filter(|_| loads.len() > 1);
        pages.extend(file.map(|file| format!("file {}\n", file.name())));
        pages.extend(load.plan.as_written().into_iter().map(|policy| explain(load, policy)));
    }
    // Doc comments and texts of a file are part of a tree.
    normalize_untrusted_str(&pages.join("\n"))
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
