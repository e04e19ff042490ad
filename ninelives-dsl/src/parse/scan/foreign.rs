//! What no token of the language has: other quotes, characters that are not ASCII, control characters.

use super::Scanner;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::parse::expected::shown;
use crate::parse::report::Report;
use crate::source::Span;

impl Scanner<'_> {
    /// `'single'` and `` `backtick` `` quotes.
    pub(super) fn foreign_quotes(&mut self, quote: u8, report: &mut Report) {
        let start = self.at;
        if self.open.broken {
            self.at += 1;
            return;
        }
        let line = self.rest().lines().next().unwrap_or("");
        let content = line.get(1..).unwrap_or("");
        let close = content.find(char::from(quote));
        self.at += close.map_or(1, |close| close + 2);
        let end = self.at;
        self.refuse(report, |report| {
            let span = report.span(start, end);
            let diagnostic = Diagnostic::error(
                codes::SYNTAX,
                span,
                "texts are written in double quotes: `\"…\"`",
            );
            match close.and_then(|close| content.get(..close)) {
                Some(content) if !content.contains(['"', '\\']) => {
                    diagnostic.with_fix(span, format!("\"{content}\""))
                }
                _ => diagnostic,
            }
        });
    }

    /// A character that no token has: not ASCII, or a control character.
    pub(super) fn foreign(&mut self, report: &mut Report) {
        let Some(character) = self.rest().chars().next() else {
            self.at += 1;
            return;
        };
        if !character.is_alphanumeric() {
            let start = self.at;
            self.at += character.len_utf8();
            let end = self.at;
            self.refuse(report, |report| foreign_character(character, report.span(start, end)));
            return;
        }
        let start = self.word_before(self.at);
        let word: usize = self
            .rest()
            .chars()
            .take_while(|character| character.is_alphanumeric() || *character == '_')
            .map(char::len_utf8)
            .sum();
        self.at += word;
        let end = self.at;
        let word = shown(self.slice(start..end));
        self.refuse(report, |report| {
            Diagnostic::error(
                codes::SYNTAX,
                report.span(start, end),
                format!(
                    "`{word}` is not a name or a value: they are ASCII letters, digits and `_`"
                ),
            )
        });
    }
}

fn foreign_character(character: char, span: Span) -> Diagnostic {
    let shown = if character.is_control() || character.is_whitespace() || is_invisible(character) {
        format!("the character U+{:04X}", u32::from(character))
    } else {
        format!("`{character}`")
    };
    let diagnostic =
        Diagnostic::error(codes::SYNTAX, span, format!("{shown} is not part of the language"));
    let instead = match character {
        '→' | '⇒' | '➔' => "+",
        '“' | '”' | '„' | '«' | '»' | '‘' | '’' => "\"",
        '–' | '—' | '−' => "-",
        '∣' | '∨' | '¦' => "|",
        '∧' => "&",
        '；' => ";",
        '，' => ",",
        '（' => "(",
        '）' => ")",
        _ if character.is_whitespace() => {
            return diagnostic.with_help("write an ordinary space").with_fix(span, " ");
        }
        _ if is_invisible(character) => {
            return diagnostic.with_help("remove it").with_fix(span, "");
        }
        _ => return diagnostic,
    };
    diagnostic.with_help(format!("did you mean `{instead}`?"))
}

/// Zero-width characters, joiners, marks of direction.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}
