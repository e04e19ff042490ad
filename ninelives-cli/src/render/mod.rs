//! A finding in three dresses: for people, for machines, for GitHub's review page.

pub(crate) mod data;
pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod json;

use ninelives_dsl::load::Load;
use ninelives_dsl::source::{FileId, Position, SourceFile, Span};

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
