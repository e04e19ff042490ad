//! `#[allow(…)]`, `#[deny(…)]`, `#[doc = "…"]`, and doc comments, which mean the same as the last.

use super::builder::{Builder, Pair, written};
use crate::ast::{Attribute, Name};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::suggest::nearest;
use ninelives_grammar::Rule;

/// What an attribute says.
pub(super) enum Said {
    /// About findings.
    Level(Attribute),
    /// `#[doc = "…"]`
    Doc(String),
}

impl Builder<'_> {
    /// An attribute before an operand: it is about findings.
    pub(super) fn operand_attribute(&mut self, pair: Pair<'_>) -> Option<Attribute> {
        let span = self.span(&pair);
        match self.attribute(pair)? {
            Said::Level(attribute) => Some(attribute),
            Said::Doc(_) => {
                self.misplaced(span, "documentation stands before a declaration");
                None
            }
        }
    }

    /// Any attribute; `None` was reported.
    pub(super) fn attribute(&mut self, pair: Pair<'_>) -> Option<Said> {
        let span = self.span(&pair);
        let close = self.end(&pair) - 1;
        let mut level = None;
        let mut names = None;
        let mut text = None;
        let mut left = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => level = Some(self.name(&part)),
                Rule::findings => names = Some(part),
                Rule::text => text = Some(part),
                _ => left = Some(part.as_span().start()),
            }
        }
        let Some(level) = level else {
            return self.refuse("`allow` or `deny`", left.unwrap_or(close));
        };
        match level.text.as_str() {
            "allow" | "deny" => match (names, left) {
                (Some(names), None) => {
                    let names = self.findings(names)?;
                    Some(Said::Level(Attribute { level, names, span }))
                }
                (Some(_), Some(left)) => self.refuse("`]`", left),
                (None, _) => self.refuse("`(` and the names of findings", left.unwrap_or(close)),
            },
            "doc" => match (text, left) {
                (Some(text), None) => self.text(&text).map(Said::Doc),
                (Some(_), Some(left)) => self.refuse("`]`", left),
                (None, _) => self.refuse("`= \"…\"`", left.unwrap_or(close)),
            },
            _ => {
                self.report.push(unknown_attribute(&level));
                None
            }
        }
    }

    /// At least one name; one may be followed by a comma.
    fn findings(&mut self, pair: Pair<'_>) -> Option<Vec<Name>> {
        let close = self.end(&pair) - 1;
        let mut names = Vec::new();
        let mut parts = pair.into_inner().peekable();
        while let Some(part) = parts.next() {
            let span = self.span(&part);
            let end = self.next_token(self.end(&part));
            // A macro hands over `unknown - name`.
            let text = written(&part).replace(' ', "");
            let junk = part.into_inner().find(|part| part.as_rule() == Rule::junk);
            let junk = junk.map(|junk| junk.as_span().start());
            if junk.is_none() && !text.is_empty() {
                names.push(Name { text, span });
            } else if junk.is_some_and(|junk| junk != self.offset(span)) {
                return self.refuse("`,` or `)`", junk.unwrap_or(end));
            } else if junk.is_some() || parts.peek().is_some() {
                return self.refuse("the name of a finding", junk.unwrap_or(end));
            }
        }
        if names.is_empty() {
            return self.refuse("the name of a finding", close);
        }
        Some(names)
    }
}

fn unknown_attribute(level: &Name) -> Diagnostic {
    let word = &level.text;
    if word == "was" {
        return Diagnostic::error(codes::NOT_YET, level.span, "`was` is not supported yet");
    }
    let diagnostic =
        Diagnostic::error(codes::UNKNOWN_NAME, level.span, format!("unknown attribute `{word}`"));
    match nearest(word, ["allow", "deny", "doc"]) {
        Some(meant) => {
            diagnostic.with_help(format!("did you mean `{meant}`?")).with_fix(level.span, meant)
        }
        None => diagnostic.with_help("the attributes are `allow`, `deny` and `doc`"),
    }
}

/// The lines of a documentation, as its author sees them: without the blank behind `///`, without the
/// stars at the lines of `/** … */`. A macro sees only the text, so that it alone decides.
pub(super) fn doc_lines(text: &str) -> Vec<String> {
    if !text.contains('\n') {
        let line = text.strip_prefix(' ').unwrap_or(text);
        return vec![line.trim_end().to_owned()];
    }
    let lines = text.lines().map(|line| {
        let line = line.trim();
        line.strip_prefix('*').map_or(line, str::trim_start)
    });
    let mut lines: Vec<String> =
        lines.skip_while(|line| line.is_empty()).map(str::to_owned).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}
