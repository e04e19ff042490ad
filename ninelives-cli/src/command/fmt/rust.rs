//! The bodies of `policy!` in a Rust file.
//!
//! Tokens tell where they are; their texts come from the file, because comments are no tokens. rustfmt
//! reads the same file: it lays out what is in `(…)` and `[…]` and is a list of Rust expressions, so
//! that is left to it, and all else keeps the shape that rustfmt leaves alone. In whatever order the
//! two run, the second time changes nothing.

use super::Failure;
use ninelives_dsl::ast::{Expression, ExpressionKind};
use ninelives_dsl::format::{Refusal, WIDTH, declarations, expression};
use ninelives_dsl::limits::NODES_PER_POLICY;
use ninelives_dsl::parse::parse_expression;
use ninelives_dsl::source::FileId;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::ops::Range;
use std::str::FromStr;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

/// The file with the bodies laid out.
pub(super) fn format(text: &str) -> Result<String, Failure> {
    if !may_hold_a_policy(text) {
        return Ok(text.to_owned());
    }
    let begin = interpreter_line(text);
    let code = text.get(begin..).unwrap_or("");
    let tokens = TokenStream::from_str(code).map_err(|error| {
        let line = error.span().start().line;
        Failure::NotRust(format!("line {line}: {error}"))
    })?;
    let bodies = bodies(tokens);
    let mut formatted = text.get(..begin).unwrap_or("").to_owned();
    let mut end = 0;
    for body in &bodies {
        let range = inside(body);
        formatted.push_str(code.get(end..range.start).unwrap_or(""));
        end = range.start;
        if let Some(laid_out) = laid_out(body, code, &formatted).map_err(Failure::Refused)? {
            formatted.push_str(&laid_out);
            end = range.end;
        }
    }
    formatted.push_str(code.get(end..).unwrap_or(""));
    drop(bodies);
    // Else the texts of all files would be kept until the end.
    proc_macro2::extra::invalidate_current_thread_spans();
    Ok(formatted)
}

/// Quick, and never wrong where there is one: a file that has none need not even be Rust.
fn may_hold_a_policy(text: &str) -> bool {
    const WORD: &str = "policy";
    let behind = |at: usize| text.get(at + WORD.len()..).unwrap_or("").trim_start();
    let mut words = text.match_indices(WORD);
    words.any(|(at, _)| behind(at).starts_with(['!', '/']))
}

/// How long a `#!` line is that rustc skips.
fn interpreter_line(text: &str) -> usize {
    let is_interpreter =
        text.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    if is_interpreter { text.find('\n').unwrap_or(text.len()) } else { 0 }
}

/// The bodies of all `policy!` calls, in the order written; not those within another.
fn bodies(tokens: TokenStream) -> Vec<Group> {
    let mut bodies = Vec::new();
    let mut open = vec![tokens.into_iter()];
    // How much of `policy!` was read.
    let mut read = 0;
    while let Some(tokens) = open.last_mut() {
        let Some(token) = tokens.next() else {
            open.pop();
            read = 0;
            continue;
        };
        read = match (read, token) {
            (_, TokenTree::Ident(word)) if word == "policy" => 1,
            (1, TokenTree::Punct(mark)) if mark.as_char() == '!' => 2,
            (2, TokenTree::Group(body)) => {
                bodies.push(body);
                0
            }
            (_, TokenTree::Group(group)) => {
                open.push(group.stream().into_iter());
                0
            }
            _ => 0,
        };
    }
    bodies
}

/// What is between the delimiters.
fn inside(body: &Group) -> Range<usize> {
    body.span_open().byte_range().end..body.span_close().byte_range().start
}

/// What should stand between the delimiters, behind what is `written`; `None` to leave it.
fn laid_out(body: &Group, code: &str, written: &str) -> Result<Option<String>, Refusal> {
    let text = code.get(inside(body)).unwrap_or("");
    let place = Place::behind(written);
    let laid_out = if declares(body) {
        declarations(text, &place.inner()).map(|text| place.block("", &text, ""))
    } else if let Some(angles) = in_angles(body) {
        let expression = code.get(angles).unwrap_or("");
        place.expression("<", expression, ">")
    } else if owned_by_rustfmt(body, text) {
        return Ok(None);
    } else {
        let blank = if body.delimiter() == Delimiter::Brace { " " } else { "" };
        place.expression(blank, text, blank)
    };
    match laid_out {
        Ok(laid_out) => Ok(Some(laid_out)),
        // rustc says what is wrong with it, if anything is: it may be part of a `macro_rules!`.
        Err(Refusal::Invalid(_)) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// True for a body of declarations, as the macro decides it.
fn declares(body: &Group) -> bool {
    let is_semicolon =
        |token: TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';');
    body.stream().into_iter().any(is_semicolon)
}

/// What is between `<` and `>`: the type of a policy.
fn in_angles(body: &Group) -> Option<Range<usize>> {
    let mut tokens = body.stream().into_iter();
    let open = tokens.next().filter(|token| is_mark(token, '<'))?;
    let close = tokens.last().filter(|token| is_mark(token, '>'))?;
    Some(open.span().byte_range().end..close.span().byte_range().start)
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// True for what rustfmt lays out, unless it lacks the parentheses where `+` meets `&`: once they
/// are there rustfmt may do with it as it likes.
fn owned_by_rustfmt(body: &Group, text: &str) -> bool {
    if body.delimiter() == Delimiter::Brace {
        return false;
    }
    let (tree, diagnostics) = parse_expression(text, FileId::default());
    if !diagnostics.is_empty() || parts(&tree) > NODES_PER_POLICY {
        // Nothing compiles it. And syn would go as deep as it has operators.
        return true;
    }
    let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
    !lacks_parentheses(&tree) && expressions.parse2(body.stream()).is_ok()
}

fn parts(tree: &Expression) -> usize {
    let mut count = 1;
    tree.parts(|part| count += parts(part));
    count
}

fn lacks_parentheses(tree: &Expression) -> bool {
    let meets = |part: &Expression| matches!(part.kind, ExpressionKind::ForkJoin(_));
    let mut lacks =
        matches!(&tree.kind, ExpressionKind::Sequence(parts) if parts.iter().any(meets));
    tree.parts(|part| lacks |= lacks_parentheses(part));
    lacks
}

/// Where a body stands.
struct Place<'a> {
    /// The blanks at the beginning of its line.
    indent: &'a str,
    /// What is before it in its line, in columns.
    column: usize,
}

impl<'a> Place<'a> {
    fn behind(written: &'a str) -> Self {
        let line = written.rsplit('\n').next().unwrap_or("");
        let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or("");
        let tabs = indent.bytes().filter(|byte| *byte == b'\t').count();
        Self { indent, column: line.chars().count() + 3 * tabs }
    }

    /// The indentation of the lines of a body.
    fn inner(&self) -> String {
        format!("{}    ", self.indent)
    }

    /// Lines of their own between the delimiters.
    fn block(&self, open: &str, lines: &str, close: &str) -> String {
        format!("{open}\n{lines}{}{close}", self.indent)
    }

    /// An expression: in the line, when it was and fits, else on lines of its own. A body that
    /// begins a line goes on to, so that rustfmt and this never undo each other's lines.
    fn expression(&self, open: &str, text: &str, close: &str) -> Result<String, Refusal> {
        let blanks = text.get(..text.len() - text.trim_start().len()).unwrap_or("");
        if !blanks.contains('\n') {
            let column = self.column + open.len();
            let line = expression(text, &" ".repeat(column.min(WIDTH)))?;
            let line = line.trim();
            let width = column + line.chars().count() + close.len() + 1;
            if !line.contains('\n') && !line.contains("//") && width <= WIDTH {
                return Ok(format!("{open}{line}{close}"));
            }
        }
        if !blanks.contains('\n') {
            let lines = expression(text, self.indent)?;
            let operand = lines.trim();
            let first = operand.lines().next().unwrap_or("");
            let width = self.column + open.len() + first.chars().count();
            if is_bracket(&lines, self.indent) && width <= WIDTH {
                return Ok(format!("{open}{operand}{close}"));
            }
        }
        let lines = expression(text, &self.inner())?;
        Ok(self.block(open.trim(), &lines, close.trim()))
    }
}

/// True for one operand that breaks inside its own brackets: its first and its last line alone are
/// not indented further.
fn is_bracket(lines: &str, indent: &str) -> bool {
    let mut outside = lines
        .lines()
        .filter_map(|line| line.strip_prefix(indent).filter(|line| !line.starts_with(' ')));
    let first = lines.lines().next().and_then(|line| line.strip_prefix(indent));
    outside.next() == first && outside.next() == Some(")") && outside.next().is_none()
}

#[cfg(test)]
mod tests;
