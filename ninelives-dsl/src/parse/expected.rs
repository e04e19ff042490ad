//! What was expected, what was found instead, and what helps: from a place in the text to a message.

use super::builder::Builder;
use super::literals;
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
    /// In `( … )`.
    Group,
    /// An argument of a call, given by position.
    Argument,
    /// The value of an argument given by name.
    Named,
    /// The default of a parameter.
    Default,
}

impl Place {
    /// True directly in an argument.
    pub(super) fn is_argument(self) -> bool {
        matches!(self, Self::Argument | Self::Named)
    }

    /// What an expression here begins with.
    pub(super) fn operand(self) -> &'static str {
        match self {
            Self::Named | Self::Value | Self::Default => "a value",
            Self::Argument => "an argument",
            Self::Body | Self::Whole | Self::Group => "a policy",
        }
    }

    /// What may stand behind an expression here.
    fn behind(self) -> &'static str {
        match self {
            Self::Body => "`+`, `|`, `&` or `;`",
            Self::Value => "`;`",
            Self::Whole => "`+`, `|` or `&`",
            Self::Group => "`+`, `|`, `&` or `)`",
            Self::Argument | Self::Named | Self::Default => "`,` or `)`",
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

    /// An operand is not there.
    pub(super) fn missing(&mut self, at: usize, place: Place) {
        let text = self.text.get(at..).unwrap_or("");
        let before = self.text.get(..at).unwrap_or("").trim_end_matches(' ');
        let mut diagnostic = self.expected(place.operand(), at);
        if before.ends_with('=') && text.starts_with('=') {
            let span = self.at(before.len() - 1, at + 1);
            diagnostic = Diagnostic::error(codes::SYNTAX, span, "expected `=`, found `==`")
                .with_fix(span, "=");
        } else if text.starts_with('|') && !place.is_argument() {
            diagnostic = diagnostic.with_help("`|` stands between two policies");
        } else if text.starts_with('#') {
            diagnostic = diagnostic.with_help("an attribute is `#[…]` and stands before the label");
        }
        self.report.push(diagnostic);
    }

    /// Something stands behind an expression where none of it can. `number` is the number it ended
    /// with, if it did.
    pub(super) fn unexpected(&mut self, at: usize, place: Place, number: Option<Span>) {
        let found = token(self.text, at);
        if let Some(diagnostic) = number.and_then(|number| self.detached_unit(at, found, number)) {
            self.report.push(diagnostic);
            return;
        }
        let mut diagnostic = self.expected(place.behind(), at);
        let help = match (found, place) {
            (",", Place::Body | Place::Whole | Place::Group) => {
                Some("policies are joined with `+`, `|` or `&`")
            }
            (";", Place::Whole) => {
                Some("one expression has no `;`; declarations are `policy NAME = …;`")
            }
            ("=" | "==" | ":", Place::Argument) => Some("an argument is `name = value`"),
            ("#", _) => Some("an attribute stands before a declaration, a policy or its label"),
            ("%", _) => Some("a ratio is a number and `%`: `50%`"),
            (word, Place::Body | Place::Whole | Place::Group) if begins_operand(word) => {
                Some("two policies need an operator between them")
            }
            (word, Place::Argument | Place::Named) if begins_operand(word) => {
                Some("arguments are separated by `,`")
            }
            _ => None,
        };
        diagnostic.help = help.map(str::to_owned);
        self.report.push(diagnostic);
    }

    /// `1 s`: the number was read without its unit.
    fn detached_unit(&self, at: usize, found: &str, number: Span) -> Option<Diagnostic> {
        literals::number(&format!("1{found}")).ok()?;
        let start = usize::try_from(number.start).ok()?.checked_sub(self.base)?;
        let end = usize::try_from(number.end).ok()?.checked_sub(self.base)?;
        let joined = format!("{}{found}", self.text.get(start..end)?);
        let span = self.at(start, at + found.len());
        Some(
            Diagnostic::error(codes::SYNTAX, span, "a unit touches its number")
                .with_help(format!("write `{joined}`"))
                .with_fix(span, joined),
        )
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
        Some('"') => {
            let mut escaped = false;
            let close = text.bytes().skip(1).position(|byte| {
                let closes = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                closes
            });
            close.map_or(text.len(), |close| close + 2)
        }
        Some(first) if is_letter(first) => {
            let end = |from: usize| {
                let behind = text.get(from..).unwrap_or("");
                from + behind
                    .find(|character| !is_letter(character))
                    .unwrap_or(behind.len())
            };
            let word = end(0);
            let fraction = text
                .get(word..)
                .and_then(|behind| behind.strip_prefix('.'))
                .is_some_and(|behind| behind.starts_with(|digit: char| digit.is_ascii_digit()));
            if first.is_ascii_digit() && fraction {
                end(word + 1)
            } else {
                word
            }
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
    let word = text
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    if word > 0 {
        return text.len() - word;
    }
    let sign = JOINT.iter().find(|sign| text.ends_with(**sign));
    let length = sign.map_or_else(
        || text.chars().next_back().map_or(0, char::len_utf8),
        |sign| sign.len(),
    );
    text.len() - length
}
