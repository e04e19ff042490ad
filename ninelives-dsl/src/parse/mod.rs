//! Stop 2 of 9: text → tree. Takes decoded text; gives what the author wrote ([`crate::ast`]) and every
//! syntax error of it.
//!
//! ```text
//! text ─> scan ─> piece by piece: pest ─> builder ─> ast
//! ```
//!
//! A hand scan finds the declarations, so that one mistake stays in one of them, and refuses what is
//! nested too deep before anything recurses. The grammar reads each piece to its end whatever it
//! holds; what is wrong with it is said by the tree builder, which knows what was expected.

mod attributes;
mod builder;
mod declarations;
mod expected;
mod expressions;
mod literals;
mod operators;
mod quantities;
mod report;
mod reserved;
mod scan;

use crate::ast::{Expression, File};
use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use report::Report;
use scan::Scanner;

pub(crate) use literals::{is_quantile, units};
pub(crate) use operators::Operator;
pub(crate) use scan::{Shape, documentation, text_length};

#[cfg(test)]
pub(crate) mod tests;

/// Parses the declarations of a file, or of the body of `policy! { … }`.
///
/// What could be read is in the tree even when there are errors: a declaration that failed still
/// declares its name, and what was reported inside an expression is poison, which fits every type.
pub fn parse_file(text: &str, file: FileId) -> (File, Vec<Diagnostic>) {
    let mut report = Report::new(file);
    let mut tree = File { id: file, ..File::default() };
    let mut scanner = Scanner::new(text, Shape::Declarations);
    while let Some(piece) = scanner.next_piece(&mut report) {
        declarations::declare(&piece, &mut tree, &mut report);
    }
    (tree, report.finish())
}

/// Parses a text that is one expression, as in `policy!(timeout(1s) + retry(3))`. A comma may follow it:
/// rustfmt leaves one.
pub fn parse_expression(text: &str, file: FileId) -> (Expression, Vec<Diagnostic>) {
    let mut report = Report::new(file);
    let piece = Scanner::new(text, Shape::Expression).next_piece(&mut report);
    let expression = match piece {
        Some(piece) => declarations::whole_expression(&piece, &mut report),
        None => builder::poison(report.span(0, 0)),
    };
    (expression, report.finish())
}

/// A text without mistakes as the grammar sees it: comments, line breaks and the inside of host
/// expressions blanked, byte for byte.
pub(crate) fn blanked(text: &str, shape: Shape) -> String {
    Scanner::new(text, shape).blanked(&mut Report::new(FileId::default()))
}
