//! One layout for every text, for `nl fmt` and editors: takes a text without syntax errors, gives the
//! same text laid out, every comment kept.
//!
//! ```text
//! text ─> tokens, comments between them ─> document: where it may break ─> lines of 100 columns
//! ```
//!
//! The structure is read from the tokens: behind the parser's verdict the grammar leaves no doubt.
//! What comes out is parsed again and compared with what went in, tree and comments, before it is
//! given away; so the worst that a mistake in here can do is [`Refusal::Unfaithful`].
//!
//! ```
//! let text = "policy a=timeout( 1s )+retry(3) // twice more\n;";
//! let formatted = ninelives_dsl::format::declarations(text, "").unwrap();
//! assert_eq!(formatted, "policy a = timeout(1s) + retry(3); // twice more\n");
//! ```

mod declarations;
mod document;
mod expressions;
mod groups;
mod items;
mod same;
mod tokens;

#[cfg(test)]
mod tests;

use crate::diagnostic::Diagnostic;
use crate::parse::{Shape, parse_expression, parse_file};
use crate::source::FileId;
use declarations::Layout;
pub(crate) use tokens::{comment_length, token_length};

/// No line is longer, unless a single token or a comment is.
pub const WIDTH: usize = 100;

/// Why a text is not formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has syntax errors; these are they.
    Invalid(Vec<Diagnostic>),
    /// The result would not mean the same: a mistake of the formatter.
    Unfaithful,
}

/// Lays out the declarations of a file, or of the body of `policy! { … }`. Each line begins with
/// `indent`, blanks that count as one column each and tabs that count as four.
///
/// # Errors
/// See [`Refusal`].
pub fn declarations(text: &str, indent: &str) -> Result<String, Refusal> {
    let before = valid(parse_file(text, FileId::default()))?;
    let layout = Layout::of(text, Shape::Declarations, indent);
    let faithful = parse_file(&layout.text, FileId::default());
    let faithful = faithful.1.is_empty()
        && same::files((text, &before), (&layout.text, &faithful.0))
        && layout.comments == tokens::comments(&layout.text, Shape::Declarations);
    if faithful { Ok(layout.text) } else { Err(Refusal::Unfaithful) }
}

/// Lays out a text that is one expression, as in `policy!(timeout(1s) + retry(3))`. Each line begins
/// with `indent`.
///
/// # Errors
/// See [`Refusal`].
pub fn expression(text: &str, indent: &str) -> Result<String, Refusal> {
    let before = valid(parse_expression(text, FileId::default()))?;
    let layout = Layout::of(text, Shape::Expression, indent);
    let faithful = parse_expression(&layout.text, FileId::default());
    let faithful = faithful.1.is_empty()
        && same::expressions((text, &before), (&layout.text, &faithful.0))
        && layout.comments == tokens::comments(&layout.text, Shape::Expression);
    if faithful { Ok(layout.text) } else { Err(Refusal::Unfaithful) }
}

fn valid<T>((tree, diagnostics): (T, Vec<Diagnostic>)) -> Result<T, Refusal> {
    if diagnostics.is_empty() { Ok(tree) } else { Err(Refusal::Invalid(diagnostics)) }
}
