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

/// Adds what one piece says to the file.
pub(super) fn declare(piece: &Piece, file: &mut File, report: &mut Report) {
    let name = piece.name.as_ref().map(|(text, range)| Name {
        text: text.clone(),
        span: report.span(range.start, range.end),
    });
    let broken = Declaration::Broken {
        name: name.filter(|name| reserved::reserved(&name.text).is_none()),
    };
    if piece.broken {
        file.declarations.push(broken);
        return;
    }
    let before = report.count();
    let mut builder = Builder {
        text: &piece.text,
        base: piece.start,
        report,
    };
    let Some(parts) = builder.read(Rule::declaration) else {
        file.declarations.push(broken);
        return;
    };
    let mut head = Head::default();
    let mut declared = None;
    let mut rest = None;
    for part in parts {
        match part.as_rule() {
            Rule::inner_attribute => builder.inner_attribute(part, file),
            Rule::attribute => builder.outer_attribute(part, &mut head),
            Rule::public => head.public = Some(builder.span(&part)),
            Rule::policy | Rule::binding | Rule::import => declared = Some(part),
            Rule::rest => rest = Some(part),
            _ => {}
        }
    }
    let keyword = declared.as_ref().map(|part| builder.span(part));
    builder.docs(&piece.docs, head.public.or(keyword), &mut head, file);
    let Some(part) = declared else {
        if builder.no_declaration(piece, rest.as_ref(), &head) {
            file.declarations.push(broken);
        }
        return;
    };
    let declaration = match part.as_rule() {
        Rule::binding => builder.binding(part, rest, head).map(Declaration::Let),
        // What it would have brought in is not known.
        Rule::import => builder
            .import(part, rest, head)
            .map(Declaration::Use)
            .or(Some(Declaration::Broken { name: None })),
        _ => builder.policy(part, rest, head).map(Declaration::Policy),
    };
    file.declarations.push(declaration.unwrap_or(broken));
    if piece.semicolon.is_none() && builder.report.count() == before {
        builder.missing_semicolon();
    }
}

/// What stands before a declaration.
#[derive(Default)]
struct Head {
    /// Doc comments and attributes with their places, to be put in order.
    docs: Vec<(Span, String)>,
    attributes: Vec<Attribute>,
    public: Option<Span>,
}

impl Head {
    fn docs(&mut self) -> Vec<String> {
        let mut docs = std::mem::take(&mut self.docs);
        docs.sort_by_key(|(span, _)| *span);
        docs.iter().flat_map(|(_, text)| doc_lines(text)).collect()
    }
}

impl Builder<'_> {
    /// `#![…]` before everything else of a file.
    fn inner_attribute(&mut self, pair: Pair<'_>, file: &mut File) {
        let span = self.span(&pair);
        if !file.declarations.is_empty() {
            self.misplaced(span, "`#![…]` stands at the head of a file");
            return;
        }
        match self.attribute(pair) {
            Some(Said::Level(attribute)) => file.attributes.push(attribute),
            Some(Said::Doc(text)) => file.docs.extend(doc_lines(&text)),
            None => {}
        }
    }

    fn outer_attribute(&mut self, pair: Pair<'_>, head: &mut Head) {
        let span = self.span(&pair);
        match self.attribute(pair) {
            Some(Said::Level(attribute)) => head.attributes.push(attribute),
            Some(Said::Doc(text)) => head.docs.push((span, text)),
            None => {}
        }
    }

    /// Gives each doc comment to what it documents. `keyword` is where the declaration begins.
    fn docs(&mut self, docs: &[Doc], keyword: Option<Span>, head: &mut Head, file: &mut File) {
        for doc in docs {
            let span = self.report.span(doc.start, doc.end);
            let before = keyword.is_none_or(|keyword| span < keyword);
            let first = file.declarations.is_empty()
                && head.docs.is_empty()
                && head
                    .attributes
                    .first()
                    .is_none_or(|first| span < first.span);
            match (doc.inner, before) {
                (false, true) => head.docs.push((span, doc.text.clone())),
                (true, true) if first => file.docs.extend(doc_lines(&doc.text)),
                (true, _) => self.misplaced(span, "`//!` stands at the head of a file"),
                (false, false) => self.misplaced(span, "`///` stands before a declaration"),
            }
        }
    }

    fn misplaced(&mut self, span: Span, message: &str) {
        let diagnostic = Diagnostic::error(codes::MISPLACED, span, message);
        self.report.push(diagnostic);
    }

    /// Reports a piece without a declaration; false when there is nothing wrong with it: a file may
    /// end with its head.
    fn no_declaration(&mut self, piece: &Piece, rest: Option<&Pair<'_>>, head: &Head) -> bool {
        if let Some(rest) = rest {
            let error = self.expected(KEYWORDS, rest.as_span().start());
            self.report.push(error);
            return true;
        }
        let about_nothing = [
            head.attributes.first().map(|attribute| attribute.span),
            head.docs.first().map(|(span, _)| *span),
        ];
        if let Some(span) = about_nothing.into_iter().flatten().next() {
            self.misplaced(span, "no declaration follows");
            return true;
        }
        if let Some(semicolon) = piece.semicolon {
            let span = self.report.span(semicolon, semicolon + 1);
            self.report.push(
                Diagnostic::error(codes::SYNTAX, span, "`;` ends nothing").with_fix(span, ""),
            );
            return true;
        }
        false
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
    ) -> Option<PolicyDeclaration> {
        let span = self.whole(&pair, &head);
        let mut name = None;
        let mut parameters = None;
        let mut chain = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::misspelt if !self.misspelt(&part) => return None,
                Rule::word => name = Some(self.name(&part)),
                Rule::parameters => parameters = Some(self.parameters(part)),
                Rule::chain => chain = Some(part),
                _ => {}
            }
        }
        let (name, body) = self.name_and_value(name, chain, rest, Place::Body)?;
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
    ) -> Option<LetDeclaration> {
        let span = self.whole(&pair, &head);
        self.only_policies_are_public(&head);
        let mut name = None;
        let mut chain = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => name = Some(self.name(&part)),
                Rule::chain => chain = Some(part),
                _ => {}
            }
        }
        let (name, value) = self.name_and_value(name, chain, rest, Place::Value)?;
        Some(LetDeclaration {
            docs: head.docs(),
            attributes: head.attributes,
            name,
            value,
            span,
        })
    }

    fn import(
        &mut self,
        pair: Pair<'_>,
        rest: Option<Pair<'_>>,
        head: Head,
    ) -> Option<UseDeclaration> {
        let span = self.whole(&pair, &head);
        self.only_policies_are_public(&head);
        let text = pair.into_inner().find(|part| part.as_rule() == Rule::text);
        let left = rest.map(|rest| rest.as_span().start());
        let Some(text) = text else {
            let error = self.expected("a file name in quotes", left.unwrap_or(self.text.len()));
            self.report.push(error);
            return None;
        };
        let path = self.text(&text)?;
        if let Some(left) = left {
            let error = self.expected("`;`", left);
            self.report.push(error);
        }
        Some(UseDeclaration {
            attributes: head.attributes,
            path,
            path_span: self.span(&text),
            span,
        })
    }

    /// The span of a declaration with its `pub`.
    fn whole(&self, pair: &Pair<'_>, head: &Head) -> Span {
        let span = self.span(pair);
        head.public.map_or(span, |public| public.to(span))
    }

    fn only_policies_are_public(&mut self, head: &Head) {
        if let Some(span) = head.public {
            self.misplaced(span, "`pub` stands before `policy` only");
        }
    }

    /// What every declaration has; `None` when one of them is not there, which was reported.
    fn name_and_value(
        &mut self,
        name: Option<Name>,
        chain: Option<Pair<'_>>,
        rest: Option<Pair<'_>>,
        place: Place,
    ) -> Option<(Name, Expression)> {
        let left = rest.as_ref().map(|rest| rest.as_span().start());
        let left = left.unwrap_or(self.text.len());
        let Some(name) = name else {
            let error = self.expected("a name", left);
            self.report.push(error);
            return None;
        };
        let named = self.may_be_named(&name, "a name");
        let Some(chain) = chain else {
            let error = self.expected("`=`", left);
            let kind = place == Place::Value
                && self
                    .text
                    .get(left..)
                    .is_some_and(|text| text.starts_with(':'));
            self.report.push(if kind {
                error.with_help("a `let` has no type: it follows from the value")
            } else {
                error
            });
            return None;
        };
        let value = self.expression(chain, rest, place);
        named.then_some((name, value))
    }

    /// Reports the word where a keyword must stand; true when `policy` was certainly meant.
    fn misspelt(&mut self, pair: &Pair<'_>) -> bool {
        let word = pair.as_str().trim_end();
        let at = pair.as_span().start();
        if reserved::is_later(word) {
            let message = format!("`{word}` is reserved for a later version");
            let diagnostic = Diagnostic::error(codes::NOT_YET, self.span(pair), message);
            self.report.push(diagnostic);
            return false;
        }
        let error = self.expected(KEYWORDS, at);
        let meant = nearest(word, ["policy", "let", "use", "pub"]);
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if reserved::reserved(word).is_some() => {
                format!("a file holds declarations, such as `policy NAME = {word}…;`")
            }
            None => {
                self.report.push(error);
                return false;
            }
        };
        let error = error.with_help(help);
        self.report.push(match meant {
            Some(meant) => error.with_fix(self.span(pair), meant),
            None => error,
        });
        meant == Some("policy")
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

    /// `name: type`, `name: type = default`; nothing may stand after the last comma.
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
            let error = self.expected("`name: type`", left.unwrap_or(end));
            self.report.push(error);
            return None;
        };
        let default = match (chain, left) {
            (Some(chain), _) => Some(self.expression(chain, junk, Place::Default)),
            (None, Some(left)) => {
                let error = self.expected("`=`, `,` or `)`", left);
                self.report.push(error);
                None
            }
            (None, None) => None,
        };
        self.may_be_named(&name, "a parameter");
        Some(Parameter {
            name,
            kind,
            default,
        })
    }
}

/// The expression that a text is.
pub(super) fn whole_expression(piece: &Piece, report: &mut Report) -> Expression {
    let mut builder = Builder {
        text: &piece.text,
        base: piece.start,
        report,
    };
    let nothing = poison(builder.at(0, piece.text.len()));
    if piece.broken {
        return nothing;
    }
    let Some(parts) = builder.read(Rule::expression) else {
        return nothing;
    };
    let mut attributes = Vec::new();
    let mut chain = None;
    let mut rest = None;
    for part in parts {
        match part.as_rule() {
            Rule::inner_attribute => attributes.extend(builder.operand_attribute(part)),
            Rule::chain => chain = Some(part),
            Rule::rest => rest = Some(part),
            _ => {}
        }
    }
    for doc in &piece.docs {
        let span = builder.report.span(doc.start, doc.end);
        builder.misplaced(span, "documentation stands before a declaration");
    }
    let Some(chain) = chain else {
        return nothing;
    };
    let mut expression = builder.expression(chain, rest, Place::Whole);
    expression.attributes.splice(0..0, attributes);
    expression
}
