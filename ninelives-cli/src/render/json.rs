//! One JSON object for machines. Keys may be added, never removed or renamed.

use super::{Place, Report, Summary, json_line};
use crate::output::Output;
use ninelives_dsl::diagnostic::{self, Diagnostic};
use ninelives_dsl::load::Load;
use ninelives_dsl::source::Span;
use serde::Serialize;
use std::io;

/// What `nl check --format json` prints.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Object {
    diagnostics: Vec<Finding>,
}

impl Report for Object {
    fn finding(&mut self, load: &Load, finding: &Diagnostic, _: &mut Output) -> io::Result<()> {
        self.diagnostics.push(Finding::new(load, finding));
        Ok(())
    }

    fn finish(&mut self, _: &Summary, output: &mut Output) -> io::Result<()> {
        output.result(&json_line(self)?)
    }
}

/// One finding.
#[derive(Debug, Serialize)]
struct Finding {
    file: String,
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: String,
    help: Option<String>,
    #[serde(flatten)]
    extent: Extent,
    labels: Vec<Label>,
    fix: Option<Fix>,
}

/// A second place.
#[derive(Debug, Serialize)]
struct Label {
    file: String,
    message: String,
    #[serde(flatten)]
    extent: Extent,
}

/// What `nl check --fix` writes, all of it or nothing.
#[derive(Debug, Serialize)]
struct Fix {
    edits: Vec<Edit>,
}

/// One place of a fix.
#[derive(Debug, Serialize)]
struct Edit {
    file: String,
    replacement: String,
    #[serde(flatten)]
    extent: Extent,
}

/// Lines and characters from 1, the end one past the last.
#[derive(Debug, Serialize)]
struct Extent {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl Finding {
    fn new(load: &Load, diagnostic: &Diagnostic) -> Self {
        let (file, extent) = place(load, diagnostic.span);
        let label = |it: &diagnostic::Label| {
            let (file, extent) = place(load, it.span);
            Label { file, message: it.message.clone(), extent }
        };
        let edit = |it: &diagnostic::Edit| {
            let (file, extent) = place(load, it.span);
            Edit { file, replacement: it.replacement.clone(), extent }
        };
        let fix = diagnostic.fix.as_ref();
        Self {
            file,
            code: diagnostic.code.code(),
            name: diagnostic.code.name(),
            severity: diagnostic.severity.word(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            extent,
            labels: diagnostic.labels.iter().map(label).collect(),
            fix: fix.map(|fix| Fix { edits: fix.edits.iter().map(edit).collect() }),
        }
    }
}

fn place(load: &Load, span: Span) -> (String, Extent) {
    let Place { file, start, end } = Place::new(load, span);
    let extent = Extent {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    };
    (file.to_owned(), extent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;
    use ninelives_dsl::codes;
    use ninelives_dsl::diagnostic::Severity;
    use ninelives_dsl::source::{FileId, SourceFile};

    #[test]
    fn places_count_characters_from_1_and_the_end_is_one_past_the_last() {
        let mut load = Load::default();
        load.files.push(SourceFile::new("<stdin>", "µ\nµs = \"\";"));
        let span = Span::new(FileId(0), 3, 6);
        let mut finding = Diagnostic::error(codes::RESERVED, span, "a \"quote\"");
        finding.severity = Severity::Warning;
        let object = Object { diagnostics: vec![Finding::new(&load, &finding)] };
        assert_snapshot!(json_line(&object).unwrap(), @r#"
        {"diagnostics":[{"file":"<stdin>","code":"NL016","name":"reserved-word","severity":"warning","message":"a \"quote\"","help":null,"line":2,"column":1,"end_line":2,"end_column":3,"labels":[],"fix":null}]}
        "#);
    }

    #[test]
    fn labels_and_edits_have_places_of_their_own() {
        let mut load = Load::default();
        load.files.push(SourceFile::new("a.nl", "policy a = pass || fail;"));
        load.files.push(SourceFile::new("b.nl", "\n"));
        let span = Span::new(FileId(0), 16, 18);
        let finding = Diagnostic::error(codes::SYNTAX, span, "m")
            .with_label(Span::new(FileId(1), 0, 1), "l")
            .with_fix(span, "|");
        let object = Object { diagnostics: vec![Finding::new(&load, &finding)] };
        assert_snapshot!(json_line(&object).unwrap(), @r#"
        {"diagnostics":[{"file":"a.nl","code":"NL001","name":"syntax","severity":"error","message":"m","help":null,"line":1,"column":17,"end_line":1,"end_column":19,"labels":[{"file":"b.nl","message":"l","line":1,"column":1,"end_line":2,"end_column":1}],"fix":{"edits":[{"file":"a.nl","replacement":"|","line":1,"column":17,"end_line":1,"end_column":19}]}}]}
        "#);
    }
}
