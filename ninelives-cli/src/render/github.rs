//! Workflow commands, which GitHub Actions shows as annotations beside the changed lines.

use super::{Place, Report, Summary};
use crate::output::Output;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::load::Load;
use std::io;

/// Prints each finding at once.
pub(crate) struct Commands;

impl Report for Commands {
    fn finding(
        &mut self,
        load: &Load,
        finding: &Diagnostic,
        output: &mut Output,
    ) -> io::Result<()> {
        output.result(&command(load, finding))
    }

    fn finish(&mut self, _: &Summary, _: &mut Output) -> io::Result<()> {
        Ok(())
    }
}

/// One line, `::error file=…::message`.
fn command(load: &Load, diagnostic: &Diagnostic) -> String {
    let place = Place::new(load, diagnostic.span);
    let mut message = escape_data(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        message.push_str("%0Ahelp: ");
        message.push_str(&escape_data(help));
    }
    format!(
        "::{severity} file={file},line={line},col={column},endLine={end_line},\
         endColumn={end_column},title={code} {name}::{message}\n",
        severity = diagnostic.severity.word(),
        file = escape_property(place.file),
        line = place.start.line,
        column = place.start.column,
        end_line = place.end.line,
        end_column = place.end.column,
        code = diagnostic.code.code(),
        name = diagnostic.code.name(),
    )
}

/// What the runner undoes in a message. The percent sign comes first: it begins the others.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What the runner undoes in a property, where `:` and `,` separate.
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;
    use ninelives_dsl::codes;
    use ninelives_dsl::source::{FileId, SourceFile, Span};

    #[test]
    fn what_the_runner_reads_as_syntax_is_escaped() {
        let mut load = Load::default();
        load.files.push(SourceFile::new("a,b:%.nl", "µ\nx = 50%%;"));
        let span = Span::new(FileId(0), 7, 10);
        let mut finding = Diagnostic::error(codes::SYNTAX, span, "").with_help("write `50%`");
        // No diagnostic is made with line ends: what is drawn does not rely on it.
        finding.message = "unexpected `%`\r\nin: a, b".to_owned();
        assert_snapshot!(command(&load, &finding), @"::error file=a%2Cb%3A%25.nl,line=2,col=5,endLine=2,endColumn=8,title=NL001 syntax::unexpected `%25`%0D%0Ain: a, b%0Ahelp: write `50%25`");
    }
}
