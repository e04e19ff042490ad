//! Expressions: where a chain may break, and what stays together.

use super::document::Document;
use super::items::{Between, Comma, INDENT, Items, before};
use crate::parse::Operator;

/// How far the first operand of a broken chain stands behind its operators: `| ` is as wide.
const OPERATOR: usize = 2;

/// An operand, and how it is joined to the one before it.
struct Link<'a> {
    operator: Operator,
    sign: Document<'a>,
    between: Between<'a>,
    operand: Document<'a>,
}

/// An expression.
pub(super) enum Expression<'a> {
    /// One operand: it breaks inside its own brackets.
    Operand(Document<'a>),
    /// Operands and operators, a group.
    Chain(Document<'a>),
}

impl<'a> Expression<'a> {
    pub(super) fn document(self) -> Document<'a> {
        match self {
            Self::Operand(document) | Self::Chain(document) => document,
        }
    }
}

impl<'a> Items<'a> {
    /// An expression. One that begins its line when it is broken gets its operands in one column.
    pub(super) fn expression(&mut self, begins_line: bool) -> Expression<'a> {
        let first = self.operand();
        let mut links = Vec::new();
        while self.is_next(&["~", "|", "+", "&"]) {
            let operator = Operator::of(self.peek());
            let sign = Document::text(operator.sign());
            let comments = self.separator();
            let between = self.between(comments, false);
            links.push(Link { operator, sign, between, operand: self.operand() });
        }
        if links.is_empty() {
            return Expression::Operand(first);
        }
        Expression::Chain(join(first, links, begins_line))
    }

    /// What stands right of `=`: a chain that does not fit begins a line.
    pub(super) fn value(&mut self) -> Document<'a> {
        let between = self.between(Vec::new(), false);
        let is_free = between.behind.is_empty() && between.alone.is_empty();
        let value = self.expression(true);
        if let (Expression::Operand(_), true) = (&value, is_free) {
            return Document::Row(vec![Document::Space, value.document()]);
        }
        let mut parts = Vec::new();
        if !between.behind.is_empty() {
            parts.extend([Document::behind(between.behind), Document::Broken]);
        }
        let mut inside = vec![Document::Break { blank: true }];
        inside.extend(before(between.alone));
        inside.push(value.document());
        parts.push(Document::Nest(INDENT, inside));
        Document::group(parts)
    }

    fn operand(&mut self) -> Document<'a> {
        let mut parts = Vec::new();
        while self.peek() == "#" {
            parts.extend([self.attribute(), Document::Space]);
        }
        if self.ahead(1) == ":" {
            parts.extend([self.token(), self.token(), Document::Space]);
        }
        match self.peek() {
            "(" => parts.push(self.group()),
            "@" => parts.extend([self.token(), self.token()]),
            text if text.starts_with(|first: char| first.is_ascii_digit()) => {
                self.literal(&mut parts);
            }
            _ => {
                parts.push(self.token());
                match self.peek() {
                    "(" => parts.push(self.bracket(Comma::Trailing, Self::argument)),
                    // The digits of a quantile: `p99.9`.
                    "." => parts.extend([self.token(), self.token()]),
                    _ => {}
                }
            }
        }
        Document::Row(parts)
    }

    /// `#[allow(name, …)]`, `#![…]`, `#[doc = "…"]`
    pub(super) fn attribute(&mut self) -> Document<'a> {
        let mut parts = vec![self.token()];
        if self.peek() == "!" {
            parts.push(self.token());
        }
        // The bracket and the word in it.
        parts.extend([self.token(), self.token()]);
        match self.peek() {
            "(" => parts.push(self.bracket(Comma::Trailing, Self::finding)),
            "=" => {
                parts.extend([Document::Space, self.token(), Document::Space, self.token()]);
            }
            _ => {}
        }
        parts.push(self.token());
        Document::Row(parts)
    }

    /// `unknown-name`
    fn finding(&mut self) -> Document<'a> {
        let mut parts = vec![self.token()];
        while !self.is_next(&[",", ")", ""]) {
            parts.push(self.token());
        }
        Document::Row(parts)
    }

    /// A group; one that holds nothing but a group is that one.
    fn group(&mut self) -> Document<'a> {
        self.bracket(Comma::None, |items| items.expression(true).document())
    }

    /// `value`, `name = value`
    fn argument(&mut self) -> Document<'a> {
        let mut parts = Vec::new();
        if self.ahead(1) == "=" {
            parts.extend([self.token(), Document::Space, self.token(), Document::Space]);
        }
        let value = self.expression(false).document();
        parts.push(Document::Nest(INDENT, vec![value]));
        Document::Row(parts)
    }

    /// Numbers with the marks that join them, `100/s`, `10%..20%`; a ratio may be the weight of what
    /// follows.
    fn literal(&mut self, parts: &mut Vec<Document<'a>>) {
        parts.push(self.token());
        while self.is_next(&["%", "/", ".."]) {
            let joins = self.peek() != "%";
            parts.push(self.token());
            if joins {
                parts.push(self.token());
            }
        }
        if !self.is_next(&["~", "|", "+", "&", ",", ")", "]", ";", ""]) {
            parts.extend([Document::Space, self.operand()]);
        }
    }
}

/// Joins operands, weakest operators outside.
fn join<'a>(first: Document<'a>, links: Vec<Link<'a>>, begins_line: bool) -> Document<'a> {
    let Some(weakest) = links.iter().map(|link| link.operator).min() else {
        return first;
    };
    let mut parts = Vec::new();
    if begins_line {
        parts.push(Document::IfBroken(vec![Document::text("  ")]));
    }
    let mut links = links.into_iter().peekable();
    let mut first = Some(first);
    while let Some(operand) = first.take() {
        let mut tighter = Vec::new();
        while let Some(link) = links.next_if(|link| link.operator != weakest) {
            tighter.push(link);
        }
        parts.push(part(weakest, operand, tighter, begins_line && parts.len() == 1));
        if let Some(link) = links.next() {
            parts.extend([Document::behind(link.between.behind), Document::Break { blank: true }]);
            parts.extend(before(link.between.alone));
            parts.extend([link.sign, Document::Space]);
            first = Some(link.operand);
        }
    }
    Document::group(parts)
}

/// One part of a chain: an operand, or a chain of tighter operators. Where `+` meets `&` it gets
/// parentheses, because Rust's operators would read it otherwise.
fn part<'a>(
    around: Operator,
    first: Document<'a>,
    tighter: Vec<Link<'a>>,
    begins_line: bool,
) -> Document<'a> {
    if tighter.is_empty() {
        return if begins_line { Document::Nest(OPERATOR, vec![first]) } else { first };
    }
    let meet = around == Operator::Sequence;
    let chain = join(first, tighter, meet);
    if !meet {
        return Document::Nest(OPERATOR, vec![chain]);
    }
    let inside = vec![Document::Break { blank: false }, chain];
    let group = Document::group(vec![
        Document::text("("),
        Document::Nest(INDENT, inside),
        Document::Break { blank: false },
        Document::text(")"),
    ]);
    if begins_line { Document::Nest(OPERATOR, vec![group]) } else { group }
}
