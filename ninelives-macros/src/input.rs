//! Tokens in, text out: the language has one parser, and it reads text. The way back, from a byte
//! of that text to the token it came from, is a table.

use crate::refused::refused_by_rustc;
use ninelives_dsl::source;
use proc_macro2::{Delimiter, Group, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::LitStr;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod rustfmt;
#[cfg(test)]
mod tests;

/// The body of a macro call as text, with the way back to its tokens.
pub(crate) struct Input {
    text: String,
    /// In the order of the text.
    pieces: Vec<Piece>,
    /// Where to point when there is no token: the macro call.
    call: Span,
}

/// A token (a bracket, a host expression, a documentation comment) and the bytes it became.
struct Piece {
    start: usize,
    end: usize,
    span: Span,
    kind: PieceKind,
}

enum PieceKind {
    Plain,
    /// Rust that the language does not look into; its braces are in the text, the inside is not.
    Host(TokenStream),
    /// A literal that the compiler has refused already.
    Refused(Literal),
}

impl Input {
    /// Writes `tokens` as text. `call` is where errors point when there is nothing else.
    ///
    /// Each token is written as it displays itself: its source text is the whole outer call when
    /// another macro made it.
    pub(crate) fn new(tokens: TokenStream, call: Span) -> Self {
        let mut input = Self { text: String::new(), pieces: Vec::new(), call };
        input.write(tokens, 0);
        input
    }

    /// What the parser reads.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The first and the last token of a range of bytes. An empty range means the token before it.
    pub(crate) fn tokens(&self, range: source::Span) -> (Span, Span) {
        let (first, last) = self.pieces_of(range);
        let span = |piece: Option<&Piece>| piece.map_or(self.call, |piece| piece.span);
        (span(first), span(last))
    }

    /// The span of one token: the first of the range.
    pub(crate) fn span(&self, range: source::Span) -> Span {
        self.tokens(range).0
    }

    /// The Rust behind a host expression, without its braces.
    pub(crate) fn host_expression(&self, range: source::Span) -> TokenStream {
        match self.pieces_of(range).0 {
            Some(Piece { kind: PieceKind::Host(tokens), .. }) => tokens.clone(),
            _ => TokenStream::new(),
        }
    }

    /// The literal in the range that the compiler has refused already, if there is one: whatever
    /// the language says of it would be a second message for one mistake.
    pub(crate) fn refused(&self, range: source::Span) -> Option<&Literal> {
        let (start, end) = bytes(range);
        self.pieces.iter().filter(|piece| piece.end > start && piece.start < end).find_map(
            |piece| match &piece.kind {
                PieceKind::Refused(literal) => Some(literal),
                _ => None,
            },
        )
    }

    fn pieces_of(&self, range: source::Span) -> (Option<&Piece>, Option<&Piece>) {
        let (start, end) = bytes(range);
        let after = self.pieces.partition_point(|piece| piece.start < end);
        let last = after.checked_sub(1).and_then(|at| self.pieces.get(at));
        let first = self.pieces.iter().find(|piece| piece.end > start);
        match (first, last) {
            (Some(first), Some(last)) if first.start <= last.start => (Some(first), Some(last)),
            _ => (last, last),
        }
    }

    fn write(&mut self, tokens: TokenStream, depth: usize) {
        let mut tokens = tokens.into_iter().peekable();
        let mut before = None;
        while let Some(token) = tokens.next() {
            match &token {
                TokenTree::Punct(hash) if hash.as_char() == '#' => {
                    let inner = tokens.next_if(|next| is_punct(next, '!'));
                    if let Some((span, text)) = tokens.peek().and_then(documentation) {
                        tokens.next();
                        self.write_documentation(inner.is_some(), &text, span);
                    } else {
                        self.write_punct(hash);
                        if let Some(TokenTree::Punct(mark)) = &inner {
                            self.write_punct(mark);
                        }
                    }
                }
                TokenTree::Punct(punct) => self.write_punct(punct),
                TokenTree::Ident(word) => {
                    let text = word.to_string();
                    if depth == 0 && begins_declaration(&text, before.as_deref()) {
                        self.text.push('\n');
                    }
                    self.push(&text, word.span(), PieceKind::Plain);
                    self.text.push(' ');
                    before = Some(text);
                    continue;
                }
                TokenTree::Literal(literal) => self.write_literal(literal),
                TokenTree::Group(group) => {
                    let arguments = group.delimiter() == Delimiter::Parenthesis && before.is_some();
                    if arguments && self.text.ends_with(' ') {
                        self.text.pop();
                    }
                    self.write_group(group, depth);
                }
            }
            before = None;
        }
    }

    fn write_punct(&mut self, punct: &Punct) {
        let mut buffer = [0; 4];
        let text = punct.as_char().encode_utf8(&mut buffer);
        self.push(text, punct.span(), PieceKind::Plain);
        if punct.spacing() == Spacing::Alone && !matches!(punct.as_char(), '@' | '#') {
            self.text.push(' ');
        }
    }

    fn write_literal(&mut self, literal: &Literal) {
        let text = literal.to_string();
        let kind = if refused_by_rustc(&text) {
            PieceKind::Refused(literal.clone())
        } else {
            PieceKind::Plain
        };
        self.push(&text, literal.span(), kind);
        self.text.push(' ');
    }

    fn write_group(&mut self, group: &Group, depth: usize) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ") "),
            Delimiter::Bracket => ("[", "] "),
            Delimiter::Brace => return self.write_host(group),
            // A fragment that `macro_rules!` captured: one token is that token, more are Rust.
            Delimiter::None if group.stream().into_iter().count() < 2 => {
                return self.write(group.stream(), depth);
            }
            Delimiter::None => return self.write_host(group),
        };
        self.push(open, group.span_open(), PieceKind::Plain);
        self.write(group.stream(), depth + 1);
        self.push(close, group.span_close(), PieceKind::Plain);
    }

    fn write_host(&mut self, group: &Group) {
        self.push("{ } ", group.span(), PieceKind::Host(group.stream()));
    }

    /// As an attribute with a plain text: the compiler hands documentation over as raw text.
    fn write_documentation(&mut self, inner: bool, text: &str, span: Span) {
        let mark = if inner { "#!" } else { "#" };
        self.push(&format!("{mark}[doc = {text:?}] "), span, PieceKind::Plain);
    }

    /// Messages quote the text, so it is spaced as people write it. What is set close are brackets
    /// and marks, which no neighbour can be glued to.
    fn push(&mut self, text: &str, span: Span, kind: PieceKind) {
        if text.starts_with([')', ']', ',', ';', ':', '%']) && self.text.ends_with(' ') {
            self.text.pop();
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece { start, end: start + text.trim_end().len(), span, kind });
    }
}

fn bytes(range: source::Span) -> (usize, usize) {
    let offset = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    (offset(range.start), offset(range.end))
}

fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}

/// The parser looks for the next declaration at the start of a line when a `;` is missing.
fn begins_declaration(word: &str, before: Option<&str>) -> bool {
    matches!(word, "policy" | "let" | "use" | "pub") && before != Some("pub")
}

/// `[doc = "…"]`: what the compiler makes of `///` and `/** */`.
fn documentation(token: &TokenTree) -> Option<(Span, String)> {
    let TokenTree::Group(group) = token else {
        return None;
    };
    let mut tokens = group.stream().into_iter();
    match (tokens.next()?, tokens.next()?, tokens.next()?, tokens.next()) {
        (TokenTree::Ident(word), equals, text @ TokenTree::Literal(_), None)
            if word == "doc" && is_punct(&equals, '=') =>
        {
            let text: LitStr = syn::parse2(text.into()).ok()?;
            Some((group.span(), text.value()))
        }
        _ => None,
    }
}
