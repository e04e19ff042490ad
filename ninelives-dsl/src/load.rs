//! One call from bytes to plan: decode, parse, follow `use`, resolve, check.

mod imports;
#[cfg(test)]
mod tests;

use crate::catalogue::{ParameterEntry, ValueParameter};
use crate::check;
use crate::decode::decode;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::lint::Texts;
use crate::parse;
use crate::plan::{Plan, Value};
use crate::resolve::{Input, resolve, resolve_value};
use crate::source::{FileId, SourceFile, Span};
use imports::Sources;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Which front reads the text. The language is the same; what a host name means is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// A `.nl` file or a string: `{ … }` is an error.
    Text,
    /// The body of `policy!`: `{ … }` is Rust, at most 64 paths. A file that it uses is text.
    Macro,
    /// A file that `policies!` compiles: text, at most 64 paths.
    File,
}

impl Front {
    /// True where `{ … }` in `file` is Rust.
    pub(crate) fn holds_rust(self, file: FileId) -> bool {
        self == Self::Macro && file == FileId::default()
    }
}

/// Everything that came of a load: always all of it, never only the first error.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// The files read, indexed by [`FileId`].
    pub files: Vec<SourceFile>,
    /// What could be resolved; to be run only when there is no error.
    pub plan: Plan,
    /// The findings, sorted by file and place, one per mistake.
    pub diagnostics: Vec<Diagnostic>,
    /// Where files were looked for, found or not: while none of them changes, neither does this load.
    pub looked_at: Vec<PathBuf>,
    /// What the warnings need of the texts beside the plan.
    pub(crate) texts: Texts,
    /// By file: what it sees of others.
    pub(crate) imports: Vec<Imports>,
}

impl Load {
    /// True when the plan must not be run.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// What a file sees of others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imports {
    /// The files it uses, each with where it says so first.
    pub(crate) files: HashMap<FileId, Span>,
    /// An import failed: a name that is not known may have been in it.
    pub(crate) incomplete: bool,
}

/// Loads declarations from bytes. `name` is what messages call the text (a path, `<stdin>`);
/// `directory` is where `use` may look, or `None` to refuse every import.
pub fn load_bytes(name: &str, bytes: &[u8], directory: Option<&Path>, front: Front) -> Load {
    let mut findings = Findings::default();
    let mut sources = Sources::new(directory, directory, &|_| None);
    sources.first(name, bytes, None, &mut findings);
    finish(sources, front, findings)
}

/// Loads a file and what it uses.
///
/// # Errors
/// Only when the first file cannot be read; an import that cannot be read is a diagnostic.
pub fn load_path(path: &Path, front: Front) -> std::io::Result<Load> {
    load_document(path, path, &|_| None, front)
}

/// The text that holds in the place of what the disk has for a file; `None` where the disk holds. It is
/// asked with symbolic links followed, also for a file that is not there.
pub type Unsaved<'a> = dyn Fn(&Path) -> Option<&'a str> + 'a;

/// Loads a file and what it uses as an editor sees them: what is `unsaved` counts. Messages call the
/// file `shown`, and those that it uses by names that begin where that name does.
///
/// # Errors
/// Only when the first file cannot be read; an import that cannot be read is a diagnostic.
pub fn load_document<'u>(
    path: &Path,
    shown: &Path,
    unsaved: &'u Unsaved<'u>,
    front: Front,
) -> std::io::Result<Load> {
    let bytes = imports::read_first(path, unsaved)?;
    let mut findings = Findings::default();
    let mut sources = Sources::new(path.parent(), shown.parent(), unsaved);
    sources.first(&shown.to_string_lossy(), &bytes, Some(path), &mut findings);
    Ok(finish(sources, front, findings))
}

/// Loads one expression, as in `policy!(timeout(1s) + retry(3))`: the plan has one policy, called
/// `name`, which is the entry.
pub fn load_expression(name: &str, text: &str, front: Front) -> Load {
    let mut findings = Findings::default();
    let mut sources = Sources::new(None, None, &|_| None);
    sources.first_expression(name, text, &mut findings);
    finish(sources, front, findings)
}

/// Reads a text that is one value, such as `2s` or `exponential(50ms)`, for `parameter`: of the kinds
/// that it accepts, or of that of one of its [parts](Value::parts). Whether it is in range is
/// another question, for [`ParameterEntry::check`].
///
/// # Errors
/// What is wrong with the text, each with its place in it: a syntax error, a name that is no value, or
/// [`codes::WRONG_TYPE`](crate::codes::WRONG_TYPE).
pub fn load_value(
    text: &str,
    parameter: &ParameterEntry,
    part: Option<&ValueParameter>,
) -> Result<Value, Vec<Diagnostic>> {
    let file = FileId::default();
    let text = decode(text.as_bytes(), file).map_err(|finding| vec![finding])?;
    let (expression, errors) = parse::parse_expression(&text, file);
    let mut findings = Findings::default();
    errors.into_iter().for_each(|error| findings.push(error));
    let wanted = part.map_or(parameter.accepts, |part| std::slice::from_ref(&part.kind));
    let value = resolve_value(&expression, wanted, parameter, &mut findings);
    let findings = findings.finish();
    match value {
        Some(value) if findings.is_empty() => Ok(value),
        _ => Err(findings),
    }
}

fn finish(mut sources: Sources<'_>, front: Front, mut findings: Findings) -> Load {
    sources.follow(&mut findings);
    let order = sources.order(&mut findings);
    let resolved = resolve(
        &Input {
            files: order.into_iter().filter_map(|file| sources.parsed.get(file)).collect(),
            file_names: sources.files.iter().map(SourceFile::name).collect(),
            imports: &sources.imports,
            text_bytes: sources.files.iter().map(|file| file.text().len()).sum(),
            front,
        },
        &mut findings,
    );
    check::errors(&resolved, front, &mut findings);
    let texts = Texts::read(&sources.parsed, &resolved.unused);
    let diagnostics = findings.finish();
    Load {
        files: sources.files,
        plan: resolved.plan,
        diagnostics,
        looked_at: sources.looked_at,
        texts,
        imports: sources.imports,
    }
}
