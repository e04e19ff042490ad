//! Declarations: what pest read of one piece becomes a node, and a piece that cannot be one still
//! declares its name.

use super::attributes::{Said, doc_lines};
use super::builder::{Builder, Pair, poison};
use super::expected::Place;
use super::report::Report;
use super::reserved;
use super::scan::{Doc, Piece};
use crate::ast::{
    Attribute, Declaration, Expression, File, LetDeclaration, Name, Parameter, PolicyDeclaration,
    UseDeclaration,
};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::suggest::nearest;
use ninelives_grammar::Rule;

/// What a declaration begins with, for messages.
const KEYWORDS: &str = "`policy`, `let` or `use`";

const FILE_NAME: &str = "a file name in quotes";

/// Adds what one piece says to the file.
pub(super) fn declare(piece: &Piece, file: &mut File, report: &mut Report) {
    let before = report.count();
    let mut builder = Builder::new(piece, report);
    let declaration = match builder.piece(piece, file) {
        Ok(Some(declaration)) => {
            if piece.semicolon.is_none() && builder.report.count() == before {
                builder.missing_semicolon();
            }
            declaration
        }
        Ok(None) => return,
        Err(Broken) => Declaration::Broken { name: builder.declared_name(piece) },
    };
    file.declarations.push(declaration);
}

/// The expression that a piece is.
pub(super) fn whole_expression(piece: &Piece, report: &mut Report) -> Expression {
    let mut builder = Builder::new(piece, report);
    builder.whole_expression(piece).unwrap_or_else(|| poison(builder.at(0, piece.text.len())))
}

/// Was reported, and no node can be made of it.
struct Broken;

/// What stands before a declaration.
#[derive(Default)]
struct Head {
    /// Doc comments and attributes with their places, to be put in order.
    docs: Vec<(Span, String)>,
    /// The same of the file.
    file_docs: Vec<(Span, String)>,
    attributes: Vec<Attribute>,
    public: Option<Span>,
}

impl Head {
    /// The place of the first of its attributes and docs.
    fn start(&self) -> Option<Span> {
        let attributes = self.attributes.iter().map(|attribute| attribute.span);
        attributes.chain(self.docs.iter().map(|(span, _)| *span)).min()
    }

    fn docs(&mut self) -> Vec<String> {
        in_order(&mut self.docs)
    }
}

fn in_order(docs: &mut [(Span, String)]) -> Vec<String> {
    docs.sort_by_key(|(span, _)| *span);
    docs.iter().flat_map(|(_, text)| doc_lines(text)).collect()
}

/// What declarations are made of.
#[derive(Default)]
struct Parts<'i> {
    name: Option<Name>,
    parameters: Option<Vec<Parameter>>,
    chain: Option<Pair<'i>>,
    rest: Option<Pair<'i>>,
}

impl Builder<'_> {
    /// The declaration that a piece holds; a file may end with its head, which holds none.
    fn piece(&mut self, piece: &Piece, file: &mut File) -> Result<Option<Declaration>, Broken> {
        if piece.broken {
            return Err(Broken);
        }
        if piece.text.is_empty() && piece.docs.is_empty() {
            return self.no_declaration(piece, None, &Head::default());
        }
        let parts = self.read(Rule::declaration).ok_or(Broken)?;
        let mut head = Head::default();
        let mut declaration = None;
        let mut rest = None;
        for part in parts {
            match part.as_rule() {
                Rule::inner_attribute => self.file_attribute(part, &mut head, file),
                Rule::attribute => self.declaration_attribute(part, &mut head),
                Rule::public => head.public = Some(self.span(&part)),
                Rule::rest => rest = Some(part),
                Rule::EOI => {}
                _ => declaration = Some(part),
            }
        }
        let keyword = declaration.as_ref().map(|part| self.span(part));
        self.docs(&piece.docs, head.public.or(keyword), &mut head, file);
        let (Some(pair), Some(span)) = (declaration, keyword) else {
            return self.no_declaration(piece, rest, &head);
        };
        let span = head.public.map_or(span, |public| public.to(span));
        if let Some(public) = head.public
            && matches!(pair.as_rule(), Rule::binding | Rule::import)
        {
            self.misplaced(public, "`pub` stands before `policy` only");
        }
        let declaration = match pair.as_rule() {
            Rule::binding => self.binding(pair, rest, head, span).map(Declaration::Let),
            Rule::import => self.import(pair, rest, head, span).map(Declaration::Use),
            Rule::misspelt => self.misspelt(pair, rest, head, span).map(Declaration::Policy),
            _ => self.policy(pair, rest, head, span).map(Declaration::Policy),
        };
        declaration.map(Some).ok_or(Broken)
    }

    fn whole_expression(&mut self, piece: &Piece) -> Option<Expression> {
        if piece.broken {
            return None;
        }
        let mut attributes = Vec::new();
        let mut chain = None;
        let mut rest = None;
        for part in self.read(Rule::expression)? {
            match part.as_rule() {
                Rule::inner_attribute => attributes.extend(self.operand_attribute(part)),
                Rule::chain => chain = Some(part),
                Rule::rest => rest = Some(part),
                _ => {}
            }
        }
        for doc in &piece.docs {
            let span = self.report.span(doc.start, doc.end);
            self.misplaced(span, "documentation stands before a declaration");
        }
        let mut expression = self.expression(chain?, rest, Place::Whole);
        expression.attributes.splice(0..0, attributes);
        Some(expression)
    }

    /// `#![…]`
    fn file_attribute(&mut self, pair: Pair<'_>, head: &mut Head, file: &mut File) {
        let span = self.span(&pair);
        if !file.declarations.is_empty() {
            self.misplaced(span, "`#![…]` stands at the head of a file");
            return;
        }
        match self.attribute(pair) {
            Some(Said::Level(attribute)) => file.attributes.push(attribute),
            Some(Said::Doc(text)) => head.file_docs.push((span, text)),
            None => {}
        }
    }

    fn declaration_attribute(&mut self, pair: Pair<'_>, head: &mut Head) {
        let span = self.span(&pair);
        match self.attribute(pair) {
            Some(Said::Level(attribute)) => head.attributes.push(attribute),
            Some(Said::Doc(text)) => head.docs.push((span, text)),
            None => {}
        }
    }

    /// Gives each doc comment to what it documents. `keyword` is where the declaration begins.
    fn docs(&mut self, docs: &[Doc], keyword: Option<Span>, head: &mut Head, file: &mut File) {
        let mut outer = head.start();
        for doc in docs {
            let span = self.report.span(doc.start, doc.end);
            let before = keyword.is_none_or(|keyword| span < keyword);
            let heads_file = file.declarations.is_empty() && outer.is_none_or(|outer| span < outer);
            match (doc.inner, before) {
                (false, true) => {
                    outer = Some(outer.map_or(span, |outer| outer.min(span)));
                    head.docs.push((span, doc.text.clone()));
                }
                (true, true) if heads_file => head.file_docs.push((span, doc.text.clone())),
                (true, _) => self.misplaced(span, "`//!` stands at the head of a file"),
                (false, false) => self.misplaced(span, "`///` stands before a declaration"),
            }
        }
        file.docs.extend(in_order(&mut head.file_docs));
    }

    /// Reports a piece without a declaration, unless it is the head of a file with nothing else.
    fn no_declaration(
        &mut self,
        piece: &Piece,
        rest: Option<Pair<'_>>,
        head: &Head,
    ) -> Result<Option<Declaration>, Broken> {
        if let Some(rest) = rest {
            let mut error = self.expected(KEYWORDS, rest.as_span().start());
            let mark = rest.as_str().strip_prefix('#').unwrap_or("");
            if mark.trim_start().starts_with('!') {
                error = error.with_help("`#![…]` stands before every `#[…]`");
            }
            self.report.push(error);
        } else if let Some(span) = head.start().or(head.public) {
            self.misplaced(span, "no declaration follows");
        } else if let Some(semicolon) = piece.semicolon {
            let span = self.report.span(semicolon, semicolon + 1);
            let diagnostic = Diagnostic::error(codes::SYNTAX, span, "`;` ends nothing");
            self.report.push(diagnostic.with_fix(span, ""));
        } else {
            return Ok(None);
        }
        Err(Broken)
    }

    /// The name that a broken declaration would have had.
    fn declared_name(&self, piece: &Piece) -> Option<Name> {
        let range = piece.name.clone()?;
        let text = piece.text.get(range.start - piece.start..range.end - piece.start)?;
        reserved::reserved(text)
            .is_none()
            .then(|| Name { text: text.to_owned(), span: self.report.span(range.start, range.end) })
    }

    fn missing_semicolon(&mut self) {
        let end = self.text.len();
        let diagnostic = self.expected("`;`", end);
        let span = self.at(end, end);
        self.report.push(diagnostic.with_fix(span, ";"));
    }

    fn policy(
        &mut self,
        pair: Pair<'_>,
        rest: Option<Pair<'_>>,
        mut head: Head,
        span: Span,
    ) -> Option<PolicyDeclaration> {
        let mut parts = self.parts(pair, rest);
        let parameters = parts.parameters.take();
        let (name, body) = self.name_and_value(parts, Place::Body)?;
        Some(PolicyDeclaration {
            docs: head.docs(),
            attributes: head.attributes,
            public: head.public,
            name,
            parameters,
            body,
            span,
        })
    }

    fn binding(
        &mut self,
        pair: Pair<'_>,
        rest: Option<Pair<'_>>,
        mut head: Head,
        span: Span,
    ) -> Option<LetDeclaration> {
        let parts = self.parts(pair, rest);
        let (name, value) = self.name_and_value(parts, Place::Value)?;
        Some(LetDeclaration { docs: head.docs(), attributes: head.attributes, name, value, span })
    }

    fn import(
        &mut self,
        pair: Pair<'_>,
        rest: Option<Pair<'_>>,
        head: Head,
        span: Span,
    ) -> Option<UseDeclaration> {
        let left = rest.map(|rest| rest.as_span().start());
        let Some(text) = pair.into_inner().next() else {
            return self.refuse(FILE_NAME, left.unwrap_or(self.text.len()));
        };
        let path = self.text(&text)?;
        if let Some(left) = left {
            return self.refuse("`;`", left);
        }
        Some(UseDeclaration {
            attributes: head.attributes,
            path,
            path_span: self.span(&text),
            span,
        })
    }

    fn parts<'i>(&mut self, pair: Pair<'i>, rest: Option<Pair<'i>>) -> Parts<'i> {
        let keyword = usize::from(pair.as_rule() == Rule::misspelt);
        let mut parts = Parts { rest, ..Parts::default() };
        for part in pair.into_inner().skip(keyword) {
            match part.as_rule() {
                Rule::word => parts.name = Some(self.name(&part)),
                Rule::parameters => parts.parameters = Some(self.parameters(part)),
                _ => parts.chain = Some(part),
            }
        }
        parts
    }

    fn name_and_value(&mut self, parts: Parts<'_>, place: Place) -> Option<(Name, Expression)> {
        let left = parts.rest.as_ref().map(|rest| rest.as_span().start());
        let left = left.unwrap_or(self.text.len());
        let Some(name) = parts.name else {
            return self.refuse("a name", left);
        };
        let named = self.may_be_named(&name, "a name");
        let Some(chain) = parts.chain else {
            let mut error = self.expected("`=`", left);
            let rest = self.text.get(left..).unwrap_or("");
            if place == Place::Value && rest.starts_with(':') {
                error = error.with_help("a `let` has no type: it follows from the value");
            }
            self.report.push(error);
            return None;
        };
        let value = self.expression(chain, parts.rest, place);
        named.then_some((name, value))
    }

    /// A declaration behind another word than a keyword. It is read as a policy where that was
    /// certainly meant, so that its other mistakes are told too.
    fn misspelt(
        &mut self,
        pair: Pair<'_>,
        rest: Option<Pair<'_>>,
        head: Head,
        span: Span,
    ) -> Option<PolicyDeclaration> {
        let word = pair.clone().into_inner().next()?;
        let keyword = self.name(&word);
        let missing = match keyword.text.as_str() {
            "policy" | "let" => Some("a name"),
            "use" => Some(FILE_NAME),
            "pub" => Some("`policy`"),
            _ => None,
        };
        if let Some(missing) = missing {
            // The keyword is right, and what stands behind it is not a word.
            let left = rest.map_or(self.text.len(), |rest| rest.as_span().start());
            return self.refuse(missing, left);
        }
        let error = self.misspelt_keyword(&keyword, word.as_span().start());
        let mut edits = error.fix.iter().flat_map(|fix| &fix.edits);
        let meant = edits.any(|edit| edit.replacement == "policy");
        self.report.push(error);
        if meant { self.policy(pair, rest, head, span) } else { None }
    }

    fn misspelt_keyword(&self, keyword: &Name, at: usize) -> Diagnostic {
        let word = &keyword.text;
        if reserved::is_later(word) {
            let message = format!("`{word}` is reserved for a later version");
            return Diagnostic::error(codes::NOT_YET, keyword.span, message);
        }
        let error = self.expected(KEYWORDS, at);
        if let Some(meant) = nearest(word, ["policy", "let", "use", "pub"]) {
            return error
                .with_help(format!("did you mean `{meant}`?"))
                .with_fix(keyword.span, meant);
        }
        if reserved::reserved(word).is_some() {
            return error.with_help("a file holds declarations, such as `policy NAME = …;`");
        }
        error
    }

    fn parameters(&mut self, pair: Pair<'_>) -> Vec<Parameter> {
        let mut parts = pair.into_inner().peekable();
        let mut parameters = Vec::new();
        while let Some(part) = parts.next() {
            let last = parts.peek().is_none();
            parameters.extend(self.parameter(part, last));
        }
        parameters
    }

    /// `name: type`, `name: type = default`; the last may be empty.
    fn parameter(&mut self, pair: Pair<'_>, last: bool) -> Option<Parameter> {
        let end = self.next_token(self.end(&pair));
        let mut name = None;
        let mut kind = None;
        let mut chain = None;
        let mut junk = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word if name.is_none() => name = Some(self.name(&part)),
                Rule::word => kind = Some(self.name(&part)),
                Rule::chain => chain = Some(part),
                _ => junk = Some(part),
            }
        }
        let left = junk.as_ref().map(|junk| junk.as_span().start());
        if last && name.is_none() && left.is_none() {
            return None;
        }
        let (Some(name), Some(kind)) = (name, kind) else {
            return self.refuse("`name: type`", left.unwrap_or(end));
        };
        let default = match (chain, left) {
            (Some(chain), _) => Some(self.expression(chain, junk, Place::Default)),
            (None, Some(left)) => self.refuse("`=`, `,` or `)`", left),
            (None, None) => None,
        };
        self.may_be_named(&name, "a parameter");
        Some(Parameter { name, kind, default })
    }
}
