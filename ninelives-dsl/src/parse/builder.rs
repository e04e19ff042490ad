//! What the parts of the tree builder share: the piece being read, and where its mistakes go.

use super::literals::Mistake;
use super::report::Report;
use super::scan::Piece;
use crate::ast::{Expression, ExpressionKind, Name};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use ninelives_grammar::{PolicyParser, Rule};
use pest::Parser;

pub(super) type Pair<'i> = pest::iterators::Pair<'i, Rule>;
pub(super) type Pairs<'i> = std::iter::Peekable<pest::iterators::Pairs<'i, Rule>>;

/// Makes the tree of one piece from what pest read.
pub(super) struct Builder<'a> {
    /// The prepared text of the piece.
    pub(super) text: &'a str,
    /// Where it begins in the file.
    pub(super) base: usize,
    pub(super) report: &'a mut Report,
}

impl<'a> Builder<'a> {
    pub(super) fn new(piece: &'a Piece, report: &'a mut Report) -> Self {
        Self { text: &piece.text, base: piece.start, report }
    }

    /// The parts of the piece. The grammar reads every prepared text, so that only a lack of stack
    /// can stop it.
    pub(super) fn read(&mut self, rule: Rule) -> Option<pest::iterators::Pairs<'a, Rule>> {
        let whole = match PolicyParser::parse(rule, self.text) {
            Ok(mut whole) => whole.next(),
            Err(error) => {
                let message = error.variant.message().into_owned();
                let span = self.at(0, self.text.len());
                self.report.push(Diagnostic::error(codes::LIMIT, span, message));
                None
            }
        };
        whole.map(Pair::into_inner)
    }

    /// The place of a range of the piece in the file.
    pub(super) fn at(&self, start: usize, end: usize) -> Span {
        self.report.span(self.base + start, self.base + end)
    }

    /// The place of what a rule read; the blanks that pest skips before an absent part do not count.
    pub(super) fn span(&self, pair: &Pair<'_>) -> Span {
        self.at(pair.as_span().start(), self.end(pair))
    }

    /// Where what a rule read ends in the piece.
    pub(super) fn end(&self, pair: &Pair<'_>) -> usize {
        let span = pair.as_span();
        let read = self.text.as_bytes().get(span.start()..span.end());
        let read = read.unwrap_or(&[]);
        let blanks = read.iter().rev().take_while(|byte| **byte == b' ');
        span.end() - blanks.count()
    }

    /// Where the next token begins in the piece.
    pub(super) fn next_token(&self, from: usize) -> usize {
        let behind = self.text.get(from..).unwrap_or("");
        self.text.len() - behind.trim_start_matches(' ').len()
    }

    /// The inverse of [`at`](Self::at) for the first byte.
    pub(super) fn offset(&self, span: Span) -> usize {
        usize::try_from(span.start).unwrap_or(usize::MAX).saturating_sub(self.base)
    }

    pub(super) fn name(&self, pair: &Pair<'_>) -> Name {
        Name { text: written(pair).to_owned(), span: self.span(pair) }
    }

    /// Something stands where it has no meaning.
    pub(super) fn misplaced(&mut self, span: Span, message: &str) {
        let diagnostic = Diagnostic::error(codes::MISPLACED, span, message);
        self.report.push(diagnostic);
    }

    /// The value, or `None` after its mistake was reported at `span`.
    pub(super) fn value<T>(&mut self, span: Span, value: Result<T, Mistake>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(mistake) => {
                let mut diagnostic = Diagnostic::error(mistake.code, span, mistake.message);
                diagnostic.help = mistake.help;
                if let Some(instead) = mistake.instead {
                    diagnostic = diagnostic.with_fix(span, instead);
                }
                self.report.push(diagnostic);
                None
            }
        }
    }
}

/// What a token is, without the blanks behind it.
pub(super) fn written<'i>(pair: &Pair<'i>) -> &'i str {
    let text = pair.as_str();
    let blanks = text.bytes().rev().take_while(|byte| *byte == b' ');
    text.get(..text.len() - blanks.count()).unwrap_or(text)
}

/// An expression without label and attributes.
pub(super) fn bare(kind: ExpressionKind, span: Span) -> Expression {
    Expression { kind, span, label: None, attributes: Vec::new() }
}

/// What was reported already.
pub(super) fn poison(span: Span) -> Expression {
    bare(ExpressionKind::Poison, span)
}
