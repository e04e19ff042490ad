//! Where the stages of the parser leave their findings: bounded, and in the order of the text.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::source::{FileId, Span};

/// The findings of one text. All of them are counted, the first [`limits::ERRORS`] are kept.
pub(super) struct Report {
    file: FileId,
    kept: Vec<Diagnostic>,
    first_dropped: Option<Span>,
    count: usize,
}

impl Report {
    pub(super) fn new(file: FileId) -> Self {
        Self { file, kept: Vec::new(), first_dropped: None, count: 0 }
    }

    /// A range of bytes of the text reported on.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.count += 1;
        if self.kept.len() < limits::ERRORS {
            self.kept.push(diagnostic);
        } else {
            self.first_dropped.get_or_insert(diagnostic.span);
        }
    }

    /// How many findings there were so far, kept or not.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Takes back all findings after the first `count`.
    pub(super) fn truncate(&mut self, count: usize) {
        self.count = self.count.min(count);
        self.kept.truncate(count);
        if self.count <= limits::ERRORS {
            self.first_dropped = None;
        }
    }

    /// The findings in the order of the text, and one more when there were too many.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|diagnostic| diagnostic.span);
        if let Some(span) = self.first_dropped {
            self.kept.push(Diagnostic::error(
                codes::LIMIT,
                span,
                format!("more than {} errors; the rest is not shown", limits::ERRORS),
            ));
        }
        self.kept
    }
}
