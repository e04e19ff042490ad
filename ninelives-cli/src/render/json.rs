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

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;
    use ninelives_dsl::codes;
    use ninelives_dsl::diagnostic::Severity;
    use ninelives_dsl::source::{FileId, SourceFile, Span};

    #[test]
    fn places_count_characters_from_1_and_the_end_is_one_past_the_last() {
        let mut load = Load::default();
        load.files.push(SourceFile::new("<stdin>", "µ\nµs = \"\";"));
        let span = Span::new(FileId(0), 3, 6);
        let mut finding = Diagnostic::error(codes::RESERVED, span, "a \"quote\"");
        finding.severity = Severity::Warning;
        let report = Report { diagnostics: vec![Finding::new(&load, &finding)] };
        assert_snapshot!(report.to_line().unwrap(), @r#"
        {"diagnostics":[{"file":"<stdin>","code":"NL016","name":"reserved-word","severity":"warning","message":"a \"quote\"","help":null,"line":2,"column":1,"end_line":2,"end_column":3}]}
        "#);
    }
}
