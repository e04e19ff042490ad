//! One line a finding, `file:line:column: error[code name]: message`, for editors and for grep.

use super::{Place, Report, Summary, title};
use crate::output::Output;
use annotate_snippets::normalize_untrusted_str;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::load::Load;
use std::io;

/// Prints each finding at once.
pub(crate) struct Lines;

impl Report for Lines {
    fn finding(
        &mut self,
        load: &Load,
        finding: &Diagnostic,
        output: &mut Output,
    ) -> io::Result<()> {
        output.result(&line(load, finding))
    }

    fn finish(&mut self, _: &Summary, _: &mut Output) -> io::Result<()> {
        Ok(())
    }
}

fn line(load: &Load, finding: &Diagnostic) -> String {
    let Place { file, start, .. } = Place::new(load, finding.span);
    let line = format!("{file}:{}:{}: {}", start.line, start.column, title(finding));
    normalize_untrusted_str(&line).replace('\n', " ") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;
    use ninelives_dsl::codes;
    use ninelives_dsl::source::{FileId, SourceFile, Span};

    #[test]
    fn finding_is_one_line_whatever_its_names_hold() {
        let mut load = Load::default();
        load.files.push(SourceFile::new("a\nb\u{1b}.nl", "policy a = pass;"));
        let mut finding = Diagnostic::error(codes::SYNTAX, Span::new(FileId(0), 7, 8), "")
            .with_help("is not said");
        // No diagnostic is made with these: what is drawn does not rely on it.
        finding.message = "a\r\nb".to_owned();
        assert_snapshot!(line(&load, &finding), @"a b␛.nl:1:8: error[NL001 syntax]: a␍ b");
    }
}
