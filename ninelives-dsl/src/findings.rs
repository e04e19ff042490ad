//! Collects the findings of a load in bounded memory: however many there are, the first
//! [`limits::ERRORS`] by place are kept, each once.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::limits;

/// The findings so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Diagnostic>,
    more: bool,
}

impl Findings {
    /// Adds one. The same finding at the same place counts once: a template's text is read at each
    /// call of it.
    pub(crate) fn push(&mut self, finding: Diagnostic) {
        if self.kept.len() >= 4 * limits::ERRORS {
            self.settle();
        }
        self.kept.push(finding);
    }

    fn settle(&mut self) {
        self.kept.sort_by(|a, b| {
            (a.span, a.code, a.message.as_str()).cmp(&(b.span, b.code, b.message.as_str()))
        });
        self.kept.dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
        self.more |= self.kept.len() > limits::ERRORS;
        self.kept.truncate(limits::ERRORS);
    }

    /// The findings, sorted by file and place; a last one says when there were more.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.settle();
        if let (true, Some(last)) = (self.more, self.kept.last()) {
            let message = format!("there are more than {} errors", limits::ERRORS);
            let more = Diagnostic::error(codes::LIMIT, last.span, message)
                .with_help("these are the first; the rest is reported when they are mended");
            self.kept.push(more);
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    #[test]
    fn the_first_by_place_are_kept_each_once_and_the_rest_is_owned_up_to() {
        let mut findings = Findings::default();
        for start in (0..10_000).rev() {
            for _ in 0..2 {
                let span = Span::new(FileId(0), start, start + 1);
                findings.push(Diagnostic::error(codes::SYNTAX, span, "no"));
            }
        }
        let kept = findings.finish();
        assert_eq!(kept.len(), limits::ERRORS + 1);
        assert_eq!(kept[99].span.start, 99);
        assert_eq!(kept[100].code, codes::LIMIT);
    }
}
