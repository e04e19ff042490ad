//! One call from bytes to plan: decode, parse, follow `use`, resolve, check.

use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::source::SourceFile;
use std::path::Path;

/// Which front reads the text. The language is the same; what a host name means is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// A `.nl` file or a string: `{ … }` is an error.
    Text,
    /// The body of `policy!`: `{ … }` is Rust, at most 64 paths.
    Macro,
}

/// Everything that came of a load: always all of it, never only the first error.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// The files read, indexed by [`FileId`](crate::source::FileId).
    pub files: Vec<SourceFile>,
    /// What could be resolved; to be run only when there is no error.
    pub plan: Plan,
    /// The findings, sorted by file and place, one per mistake.
    pub diagnostics: Vec<Diagnostic>,
}

impl Load {
    /// True when the plan must not be run.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Loads declarations from bytes. `name` is what messages call the text (a path, `<stdin>`);
/// `directory` is where `use` may look, or `None` to refuse every import.
pub fn load_bytes(name: &str, bytes: &[u8], directory: Option<&Path>, front: Front) -> Load {
    let _ = (bytes, directory, front);
    Load {
        files: vec![SourceFile::new(name, "")],
        ..Load::default()
    }
}

/// Loads a file and what it uses.
///
/// # Errors
/// Only when the first file cannot be read; an import that cannot be read is a diagnostic.
pub fn load_path(path: &Path, front: Front) -> std::io::Result<Load> {
    let bytes = std::fs::read(path)?;
    Ok(load_bytes(
        &path.to_string_lossy(),
        &bytes,
        path.parent(),
        front,
    ))
}

/// Loads one expression, as in `policy!(timeout(1s) + retry(3))`: the plan has one policy, called
/// `name`, which is the entry.
pub fn load_expression(name: &str, text: &str, front: Front) -> Load {
    let _ = (text, front);
    Load {
        files: vec![SourceFile::new(name, "")],
        ..Load::default()
    }
}
