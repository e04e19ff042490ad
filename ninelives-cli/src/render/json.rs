//! One JSON object for machines. Keys may be added, never removed or renamed.

use super::Place;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::load::Load;
use serde::Serialize;

/// What `nl check --format json` prints.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) diagnostics: Vec<Finding>,
}

impl Report {
    /// The object on one line.
    pub(crate) fn to_line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self).map(|line| line + "\n")
    }
}

/// One finding.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    file: String,
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: String,
    help: Option<String>,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl Finding {
    pub(crate) fn new(load: &Load, diagnostic: &Diagnostic) -> Self {
        let place = Place::new(load, diagnostic.span);
        Self {
            file: place.file.to_owned(),
            code: diagnostic.code.code(),
            name: diagnostic.code.name(),
            severity: diagnostic.severity.word(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
        }
    }
}
