//! Declarations: lines, and what stands between them.

use super::document::{Document, Printer};
use super::groups::undoubled;
use super::items::{Comma, Items, lines};
use super::tokens::{Comment, tokens};
use crate::parse::Shape;

/// A text laid out.
pub(super) struct Layout<'t> {
    pub(super) text: String,
    /// The comments of the text that it was made of.
    pub(super) comments: Vec<&'t str>,
}

impl<'t> Layout<'t> {
    pub(super) fn of(text: &'t str, shape: Shape, indent: &str) -> Self {
        let tokens = tokens(text, shape);
        let comments = tokens.iter().flat_map(|token| &token.before);
        let comments = comments.map(|comment| comment.text).collect();
        let items = Items::new(undoubled(tokens));
        let mut page = Page { items, printer: Printer::new(indent) };
        page.head();
        match shape {
            Shape::Declarations => page.declarations(),
            Shape::Expression => page.expression(),
        }
        Self { text: page.printer.text, comments }
    }
}

/// The lines of a text.
struct Page<'a, 'i> {
    items: Items<'a>,
    printer: Printer<'i>,
}

impl<'a> Page<'a, '_> {
    fn declarations(&mut self) {
        while !self.items.peek().is_empty() {
            if self.items.blank_before() && !self.printer.text.is_empty() {
                self.printer.blank_line();
            }
            if self.items.peek() == "#" {
                let attribute = self.items.attribute();
                self.line(attribute, Vec::new());
            } else {
                let declaration = self.items.declaration();
                let semicolon = self.items.separator();
                self.line(declaration, semicolon);
            }
        }
    }

    fn expression(&mut self) {
        let expression = self.items.expression(true).document();
        // rustfmt may have left a comma behind it.
        let comma = if self.items.peek() == "," { self.items.separator() } else { Vec::new() };
        self.line(expression, comma);
    }

    /// Ends a line: comments of its own go with it, the others follow.
    fn line(&mut self, document: Document<'a>, separator: Vec<Comment<'a>>) {
        let last = self.items.peek().is_empty();
        let between = self.items.between(separator, last);
        self.printer.line(&Document::Row(vec![document, Document::behind(between.behind)]));
        self.alone(between.alone);
    }

    /// The comments at the head of the text.
    fn head(&mut self) {
        let last = self.items.peek().is_empty();
        let between = self.items.between(Vec::new(), last);
        self.alone(between.behind);
        self.alone(between.alone);
    }

    fn alone(&mut self, comments: Vec<Comment<'a>>) {
        for (blank, line) in lines(comments) {
            if blank && !self.printer.text.is_empty() {
                self.printer.blank_line();
            }
            self.printer.line(&line);
        }
    }
}

impl<'a> Items<'a> {
    /// A declaration without its attributes and its `;`.
    fn declaration(&mut self) -> Document<'a> {
        let mut parts = Vec::new();
        if self.peek() == "pub" {
            parts.extend([self.token(), Document::Space]);
        }
        // The keyword, and a name or the text behind `use`.
        parts.extend([self.token(), Document::Space, self.token()]);
        if self.peek() == "(" {
            parts.push(self.bracket(Comma::Trailing, Self::parameter));
        }
        if self.peek() == "=" {
            parts.extend([Document::Space, self.token(), self.value()]);
        }
        parts.push(Document::text(";"));
        Document::Row(parts)
    }

    /// `name: type`, `name: type = default`
    fn parameter(&mut self) -> Document<'a> {
        let mut parts = vec![self.token(), self.token(), Document::Space, self.token()];
        if self.peek() == "=" {
            parts.extend([Document::Space, self.token(), Document::Space]);
            parts.push(self.expression(false).document());
        }
        Document::Row(parts)
    }
}
