//! What a run has seen: each finding counts once, however many texts bring it.

use super::texts::Text;
use crate::render::Summary;
use ninelives_dsl::codes::Code;
use ninelives_dsl::diagnostic::Diagnostic;
use std::collections::HashSet;
use std::path::PathBuf;

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    files: HashSet<PathBuf>,
    findings: HashSet<Identity>,
    summary: Summary,
}

/// What makes two findings the same one: file, first and last byte, code, message.
type Identity = (Option<PathBuf>, u32, u32, Code, String);

impl Tally {
    /// Counts a text, and gives those of its findings that no earlier text had.
    pub(super) fn fresh<'a>(&mut self, text: &'a Text) -> Vec<&'a Diagnostic> {
        let mut fresh: Vec<&Diagnostic> = text.load.diagnostics.iter().collect();
        fresh.retain(|finding| {
            let file = text.files.get(finding.span.file.index()).cloned();
            let Diagnostic { span, code, message, .. } = finding;
            self.findings.insert((file, span.start, span.end, *code, message.clone()))
        });
        for (path, file) in text.files.iter().zip(&text.load.files) {
            if self.files.insert(path.clone()) {
                self.summary.files.push(file.name().to_owned());
            }
        }
        let errors = fresh.iter().filter(|finding| finding.is_error()).count();
        self.summary.errors += errors;
        self.summary.warnings += fresh.len() - errors;
        fresh
    }

    /// What was seen, with what could not be.
    pub(super) fn summary(self, problems: Vec<String>) -> Summary {
        Summary { problems, ..self.summary }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::codes;
    use ninelives_dsl::load::Load;
    use ninelives_dsl::source::{FileId, SourceFile, Span};

    fn text(findings: &[(&'static str, usize)]) -> Text {
        let mut load = Load::default();
        load.files.push(SourceFile::new("a.nl", "policy a = pass;"));
        for (message, start) in findings {
            let span = Span::new(FileId(0), *start, start + 1);
            load.diagnostics.push(Diagnostic::error(codes::SYNTAX, span, *message));
        }
        Text { load, files: vec!["a.nl".into()] }
    }

    #[test]
    fn a_finding_seen_in_two_texts_counts_once() {
        let mut tally = Tally::default();
        assert_eq!(tally.fresh(&text(&[("x", 0), ("x", 1)])).len(), 2);
        assert_eq!(tally.fresh(&text(&[("x", 1), ("y", 1)])).len(), 1);
        let summary = tally.summary(Vec::new());
        assert_eq!(summary.to_string(), "checked 1 file: 3 errors");
    }
}
