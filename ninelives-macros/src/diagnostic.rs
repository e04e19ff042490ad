//! Findings out: an error becomes one `compile_error!` at the exact tokens, a warning one use of
//! something deprecated, which is the only warning that a macro can give.

use crate::input::Input;
use ninelives_dsl::ast::Declaration;
use ninelives_dsl::codes::Code;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::parse::parse_file;
use ninelives_dsl::source::{FileId, SourceFile, Span as Range};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use std::fmt::Write;
use std::path::Path;

/// One finding, ready to be shown.
pub(crate) struct Report {
    /// The first and the last token: the compiler underlines from one to the other.
    span: (Span, Span),
    message: String,
}

impl Report {
    /// An error at a token, without a code: the macro was used wrongly.
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span: (span, span), message: message.into() }
    }

    /// A finding of the language. One in the macro's own text points at its tokens. One in a file
    /// cannot: it carries the place and the line with it, and points at `call`, or at the `use` that
    /// names the file.
    pub(crate) fn of(
        finding: &Diagnostic,
        input: Option<&Input>,
        files: &[SourceFile],
        call: Span,
    ) -> Self {
        let mut message = format!("{} [{} {}]", finding.message, finding.code, finding.code.name());
        let own = input.filter(|_| finding.span.file == FileId(0));
        if own.is_none() {
            place(&mut message, finding.span, files);
        }
        for label in &finding.labels {
            let text = files
                .get(label.span.file.index())
                .map(|file| file.slice(label.span).trim())
                .unwrap_or_default();
            note(&mut message, "note", &format!("`{text}` {}", label.message));
        }
        if let Some(help) = &finding.help {
            note(&mut message, "help", help);
        }
        let span = match (own, input) {
            (Some(input), _) => input.tokens(finding.span),
            (None, Some(input)) => import(input, finding.span, files).unwrap_or((call, call)),
            (None, None) => (call, call),
        };
        Self { span, message }
    }

    /// The call that makes the compiler say it.
    pub(crate) fn compile_error(&self) -> TokenStream {
        let (first, last) = self.span;
        let message = &self.message;
        let body = quote_spanned!(last=> { #message });
        quote_spanned!(first=> ::core::compile_error! #body)
    }

    /// An item that makes the compiler warn: the use of a deprecated type, which is called as the
    /// finding is. `#[allow(deprecated)]` and `#[deny(deprecated)]` apply.
    pub(crate) fn warning(&self, code: Code) -> TokenStream {
        let message = &self.message;
        let name = format_ident!("{}", code.name().replace('-', "_"));
        // The compiler underlines the word that is used.
        let used = Ident::new(&name.to_string(), self.span.0);
        quote! {
            const _: () = {
                #[allow(non_camel_case_types)]
                #[deprecated(note = #message)]
                struct #name;
                let _ = #used;
            };
        }
    }
}

/// The text of the `use` that names the file of a finding.
fn import(input: &Input, range: Range, files: &[SourceFile]) -> Option<(Span, Span)> {
    let name = Path::new(files.get(range.file.index())?.name());
    let (macro_body, _) = parse_file(input.text(), FileId(0));
    let mut imports = macro_body.declarations.iter();
    imports.find_map(|declaration| match declaration {
        Declaration::Use(import) if name.ends_with(&import.path) => {
            Some(input.tokens(import.path_span))
        }
        _ => None,
    })
}

/// Where a finding of a file is, drawn as the compiler draws.
fn place(message: &mut String, range: Range, files: &[SourceFile]) {
    let Some(file) = files.get(range.file.index()) else {
        return;
    };
    let (start, end) = (file.position(range.start), file.position(range.end));
    let line = file.text().lines().nth(start.line.saturating_sub(1)).unwrap_or_default();
    let columns = if end.line == start.line {
        end.column.saturating_sub(start.column)
    } else {
        line.chars().count().saturating_sub(start.column - 1)
    };
    let number = start.line.to_string();
    let margin = " ".repeat(number.len());
    let indent = " ".repeat(start.column.saturating_sub(1));
    let underline = "^".repeat(columns.max(1));
    // Writing to a string cannot fail.
    let _ = write!(
        message,
        "\n\n{margin}--> {}:{number}:{}\n{margin} |\n{number} | {line}\n{margin} | {indent}{underline}",
        file.name(),
        start.column,
    );
}

fn note(message: &mut String, kind: &str, text: &str) {
    let gap = if message.contains('\n') { "\n" } else { "\n\n" };
    // Writing to a string cannot fail.
    let _ = write!(message, "{gap}{kind}: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::load::{Front, load_bytes};
    use std::str::FromStr;

    #[test]
    fn a_finding_in_a_file_brings_its_place_and_line() {
        let text = "// head\nlet µ = 1s;\npolicy search =\n  retry(3) | timeuot(1s);\n";
        let load = load_bytes("api.nl", text.as_bytes(), None, Front::File);
        let finding = load.diagnostics.last().unwrap();
        let report = Report::of(finding, None, &load.files, Span::call_site());
        let expected = "\
unknown policy `timeuot` [NL002 unknown-name]

 --> api.nl:4:14
  |
4 |   retry(3) | timeuot(1s);
  |              ^^^^^^^
help: did you mean `timeout`?";
        assert_eq!(report.message, expected);
    }

    #[test]
    fn a_finding_in_the_macro_points_from_its_first_to_its_last_token() {
        let body = "timeout(1s) + retry(timeout(2s))";
        let input = Input::new(TokenStream::from_str(body).unwrap(), Span::call_site());
        let load = ninelives_dsl::load::load_expression("here", input.text(), Front::Macro);
        let finding = load.diagnostics.first().unwrap();
        let report = Report::of(finding, Some(&input), &load.files, Span::call_site());
        let text = |span: Span| span.source_text().unwrap();
        assert_eq!(text(report.span.0), "timeout");
        assert_eq!(text(report.span.1), ")");
    }
}
