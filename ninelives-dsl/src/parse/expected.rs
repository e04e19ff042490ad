//! What was expected, what was found instead, and what helps: from a place in the text to a message.

use super::builder::Builder;
use super::literals;
use super::operators;
use super::reserved;
use super::scan::text_length;
use crate::catalogue::{self, Kind};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// What stands around an expression: it decides what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The body of a policy, up to `;`.
    Body,
    /// The value of a `let`, up to `;`.
    Value,
    /// A text that is one expression.
    Whole,
    /// In `( … )`; what is expected there when that is known.
    Group(&'static [Kind]),
    /// An argument of a call, given by position.
    Argument(&'static [Kind]),
    /// The value of an argument given by name.
    Named(&'static [Kind]),
    /// The default of a parameter.
    Default,
}

impl Place {
    /// True directly in an argument.
    pub(super) fn is_argument(self) -> bool {
        matches!(self, Self::Argument(_) | Self::Named(_))
    }

    /// A group here.
    pub(super) fn group(self) -> Self {
        Self::Group(self.kinds())
    }

    /// What an expression here may be, as far as that is known.
    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Group(kinds) | Self::Argument(kinds) | Self::Named(kinds) => kinds,
            Self::Body | Self::Value | Self::Whole | Self::Default => &[],
        }
    }

    /// What an expression here begins with.
    pub(super) fn operand(self) -> String {
        let unknown = match self {
            Self::Named(_) | Self::Value | Self::Default => "a value",
            Self::Argument(_) => "an argument",
            Self::Body | Self::Whole | Self::Group(_) => "a policy",
        };
        match self.kinds() {
            [] => unknown.to_owned(),
            kinds => Kind::phrases(kinds),
        }
    }

    /// What may stand behind an expression here.
    fn behind(self) -> &'static str {
        match self {
            Self::Body => "`+`, `|`, `&` or `;`",
            Self::Value => "`;`",
            Self::Whole => "`+`, `|` or `&`",
            Self::Group(_) => "`+`, `|`, `&` or `)`",
            Self::Argument(_) | Self::Named(_) | Self::Default => "`,` or `)`",
        }
    }
}

impl Builder<'_> {
    /// "expected …, found …" at an offset of the piece; at its end "expected … after …".
    pub(super) fn expected(&self, what: &str, at: usize) -> Diagnostic {
        let found = token(self.text, at);
        if !found.is_empty() {
            let message = format!("expected {what}, found `{}`", shown(found));
            return Diagnostic::error(codes::SYNTAX, self.at(at, at + found.len()), message);
        }
        let start = last_token(self.text);
        let last = self.text.get(start..).unwrap_or("");
        let span = self.at(start, self.text.len());
        if last.is_empty() {
            return Diagnostic::error(codes::SYNTAX, span, format!("expected {what}"));
        }
        let message = format!("expected {what} after `{}`", shown(last));
        Diagnostic::error(codes::SYNTAX, span, message)
    }

    /// Reports what was expected at an offset of the piece; there is nothing to be given back.
    pub(super) fn refuse<T>(&mut self, what: &str, at: usize) -> Option<T> {
        let error = self.expected(what, at);
        self.report.push(error);
        None
    }

    /// An operand is not there. False when that is because of a sign that is not an operator, which
    /// says nothing about the rest of the chain.
    pub(super) fn missing(&mut self, at: usize, place: Place) -> bool {
        let text = self.text.get(at..).unwrap_or("");
        let sign = at.checked_sub(1).map_or("", |before| token(self.text, before));
        if sign == "==" {
            let span = self.at(at - 1, at + 1);
            let diagnostic = Diagnostic::error(codes::SYNTAX, span, "expected `=`, found `==`");
            self.report.push(diagnostic.with_fix(span, "="));
            return true;
        }
        if let Some(diagnostic) = self.foreign_sign(at.saturating_sub(1), sign) {
            self.report.push(diagnostic);
            return false;
        }
        let mut diagnostic = self.expected(&place.operand(), at);
        if place == Place::Whole && reserved::is_structure(token(self.text, at)) {
            diagnostic = diagnostic.with_help("declarations stand in braces: `policy! { … }`");
        } else if text.starts_with('|') && !place.is_argument() {
            diagnostic = diagnostic.with_help("`|` stands between two policies");
        } else if text.starts_with('#') {
            diagnostic = diagnostic.with_help("an attribute is `#[…]` and stands before the label");
        }
        self.report.push(diagnostic);
        true
    }

    /// A sign that other languages have where this one has another.
    fn foreign_sign(&self, at: usize, sign: &str) -> Option<Diagnostic> {
        let span = self.at(at, at + sign.len());
        let help = operators::foreign(sign)?;
        let message = format!("`{sign}` is not an operator");
        let diagnostic = Diagnostic::error(codes::SYNTAX, span, message);
        if let Some((whole, meant)) = self.hyphenated(at, sign) {
            let help = format!("did you mean `{meant}`?");
            return Some(diagnostic.with_help(help).with_fix(whole, meant));
        }
        let diagnostic = diagnostic.with_help(help);
        Some(match sign {
            "||" => diagnostic.with_fix(span, "|"),
            "&&" => diagnostic.with_fix(span, "&"),
            "++" => diagnostic.with_fix(span, "+"),
            _ => diagnostic,
        })
    }

    /// Something stands behind an expression where none of it can. `literal` is the literal it ended
    /// with, if it did.
    pub(super) fn unexpected(&mut self, at: usize, place: Place, literal: Option<Span>) {
        let found = token(self.text, at);
        let about_literal = literal.and_then(|literal| self.detached(at, found, literal));
        if let Some(diagnostic) = about_literal.or_else(|| self.foreign_sign(at, found)) {
            self.report.push(diagnostic);
            return;
        }
        let mut diagnostic = self.expected(place.behind(), at);
        if let Some(help) = self.parentheses(at, found) {
            self.report.push(diagnostic.with_help(help));
            return;
        }
        let help = match (found, place) {
            (",", Place::Body | Place::Whole | Place::Group(_)) => {
                Some("policies are joined with `+`, `|` or `&`")
            }
            (";", Place::Whole) => {
                Some("one expression has no `;`; declarations are `policy NAME = …;`")
            }
            ("=" | ":", Place::Argument(_)) => Some("an argument is `name = value`"),
            ("#", _) => Some("an attribute stands before a declaration, a policy or its label"),
            (word, Place::Body | Place::Whole | Place::Group(_)) if begins_operand(word) => {
                Some("two policies need an operator between them")
            }
            (word, Place::Argument(_) | Place::Named(_)) if begins_operand(word) => {
                Some("arguments are separated by `,`")
            }
            _ => None,
        };
        diagnostic.help = help.map(str::to_owned);
        self.report.push(diagnostic);
    }

    /// `circuit-breaker`: where it stands, and the word of the language that it should be.
    fn hyphenated(&self, at: usize, sign: &str) -> Option<(Span, &'static str)> {
        let (before, behind) = (self.text.get(..at)?, self.text.get(at + sign.len()..)?);
        let before = before.trim_end_matches(' ');
        let start = last_token(before);
        let blanks = behind.len() - behind.trim_start_matches(' ').len();
        let second = token(behind, blanks);
        let end = at + sign.len() + blanks + second.len();
        let written = [before.get(start..)?, "_", second].concat();
        let meant = catalogue::words().find(|word| sign == "-" && *word == written)?;
        Some((self.at(start, end), meant))
    }

    /// What to write when an argument stands behind a name without its parentheses: `timeout 1s`,
    /// `timeout[1s]`.
    fn parentheses(&self, at: usize, found: &str) -> Option<String> {
        let before = self.text.get(..at)?.trim_end_matches(' ');
        let callee = before.get(last_token(before)..)?;
        let [first, ..] = catalogue::accepted(callee, None) else {
            return None;
        };
        let behind = self.text.get(at..)?;
        let argument = match found {
            "[" => behind.get(1..)?.split(']').next()?.trim_matches(' '),
            "@" if *first == Kind::Host => {
                let name = token(behind, 1);
                behind.get(..1 + name.len())?
            }
            number if number.starts_with(|digit: char| digit.is_ascii_digit()) => {
                let percent = behind.get(number.len()..)?.trim_start_matches(' ').starts_with('%');
                return Some(format!(
                    "write `{callee}({number}{})`",
                    if percent { "%" } else { "" }
                ));
            }
            _ => return None,
        };
        Some(format!("write `{callee}({})`", shown(argument)))
    }

    /// `1 s` and `50%%`: what follows belongs to the literal.
    fn detached(&self, at: usize, found: &str, literal: Span) -> Option<Diagnostic> {
        let start = self.offset(literal);
        let span = self.at(start, at + found.len());
        let written = self.text.get(start..at)?.trim_end_matches(' ');
        if found == "%" {
            let diagnostic = Diagnostic::error(codes::SYNTAX, span, "a ratio has one `%`");
            return Some(diagnostic.with_fix(span, written));
        }
        let joined = format!("{written}{found}");
        if !found.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return None;
        }
        literals::number(&joined).ok()?;
        let diagnostic = Diagnostic::error(codes::SYNTAX, span, "a unit touches its number");
        Some(diagnostic.with_fix(span, joined))
    }
}

fn begins_operand(token: &str) -> bool {
    token.starts_with(|first: char| {
        first.is_ascii_alphanumeric() || matches!(first, '_' | '@' | '{' | '(' | '"')
    })
}

/// User input for a message: of a reasonable length.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}

/// Signs that rustc hands to a macro as one.
const JOINT: [&str; 18] = [
    "..=", "...", "||", "&&", "|>", "<|", "++", "--", "==", "!=", "<=", ">=", "=>", "->", "<-",
    ">>", "..", "::",
];

/// The token that begins at `at`, or is behind the blanks there; empty at the end.
fn token(text: &str, at: usize) -> &str {
    let text = text.get(at..).unwrap_or("");
    let is_letter = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let end = match text.chars().next() {
        None => 0,
        Some('"') => text_length(text).unwrap_or(text.len()),
        Some(first) if is_letter(first) => {
            let end = |from: usize| {
                let behind = text.get(from..).unwrap_or("");
                from + behind.find(|character| !is_letter(character)).unwrap_or(behind.len())
            };
            let word = end(0);
            let fraction = text
                .get(word..)
                .and_then(|behind| behind.strip_prefix('.'))
                .is_some_and(|behind| behind.starts_with(|digit: char| digit.is_ascii_digit()));
            if first.is_ascii_digit() && fraction { end(word + 1) } else { word }
        }
        Some(first) => JOINT
            .iter()
            .find(|sign| text.starts_with(**sign))
            .map_or(first.len_utf8(), |sign| sign.len()),
    };
    text.get(..end).unwrap_or("")
}

/// Where the last token of a prepared text begins.
fn last_token(text: &str) -> usize {
    let word =
        text.bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    if word > 0 {
        return text.len() - word;
    }
    let sign = JOINT.iter().find(|sign| text.ends_with(**sign));
    let length =
        sign.map_or_else(|| text.chars().next_back().map_or(0, char::len_utf8), |sign| sign.len());
    text.len() - length
}
