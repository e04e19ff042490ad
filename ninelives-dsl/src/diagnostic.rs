//! Findings as plain data: drawing them belongs to the edge (the CLI, the macro, a log).

use crate::codes::Code;
use crate::source::Span;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The text cannot be used.
    Error,
    /// The text can be used and probably does not do what its author wants.
    Warning,
}

impl Severity {
    /// The word for people and machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there, lower case, no full stop.
    pub message: String,
}

/// A change that is certain to be what the author meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fix {
    /// What to write, all of it or nothing: in one file, by place, apart from one another.
    pub edits: Vec<Edit>,
}

/// One place of a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// What to write there.
    pub replacement: String,
}

/// One finding: one mistake gives one of these, in every front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code and name.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, user input in backticks.
    pub message: String,
    /// The exact characters.
    pub span: Span,
    /// Further places.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// The change that does it, where it is certain.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error with its place and message. What a message quotes of a text cannot end its line, move the
    /// cursor or turn the direction of writing: such characters are shown escaped.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: plain(message.into()),
            span,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(plain(help.into()));
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn with_label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: plain(message.into()) });
        self
    }

    /// Adds an edit to the certain fix; edits are added in the order of their places.
    #[must_use]
    pub fn with_fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        let edit = Edit { span, replacement: replacement.into() };
        self.fix.get_or_insert_default().edits.push(edit);
        self
    }

    /// True for an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The text as one line of characters that only show themselves.
fn plain(text: String) -> String {
    let is_ascii = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_ascii || !text.contains(is_active) {
        return text;
    }
    let escaped = |character: char| match is_active(character) {
        true => character.escape_default().collect(),
        false => String::from(character),
    };
    text.chars().map(escaped).collect()
}

/// True for what a terminal or a log acts on: controls, line ends, and marks of direction.
fn is_active(character: char) -> bool {
    let line_end = matches!(character, '\u{2028}' | '\u{2029}');
    let direction = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    character.is_control() || line_end || direction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    #[test]
    fn what_a_message_quotes_stays_one_plain_line() {
        let hostile = "a\u{1b}[2Jb\nc\u{202e}d\u{2028}e\u{e9}";
        let finding = Diagnostic::error(codes::SYNTAX, Span::default(), hostile)
            .with_help(hostile)
            .with_label(Span::default(), hostile)
            .with_fix(Span::default(), "a\nb");
        let plain = "a\\u{1b}[2Jb\\nc\\u{202e}d\\u{2028}e\u{e9}";
        assert_eq!(finding.message, plain);
        assert_eq!(finding.help.as_deref(), Some(plain));
        assert_eq!(finding.labels[0].message, plain);
        assert_eq!(finding.fix.unwrap().edits[0].replacement, "a\nb");
    }
}
