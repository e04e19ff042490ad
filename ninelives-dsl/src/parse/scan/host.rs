//! Host expressions, `{ any Rust expression }`: their inside is skipped and blanked. Enough of Rust's
//! lexer is known here not to be misled by a brace in a string or a character.

use super::brackets::never_closed;
use super::{Bracket, Scanner, is_letter, text_length};
use crate::parse::report::Report;

/// What follows the first letter of the longest escape, `\u{10ffff}'`.
const LONGEST_ESCAPE: usize = 9;

/// The state at the outermost `{`, to return to when it is closed nowhere.
#[derive(Debug)]
pub(super) struct Entry {
    bracket: Bracket,
    depth: usize,
    findings: usize,
    docs: usize,
    broken: bool,
}

impl Scanner<'_> {
    /// At an opening bracket, before it is pushed.
    pub(super) fn enter_host(&mut self, bracket: Bracket, report: &Report) {
        if bracket.byte == b'{' && self.host.is_none() && !self.braces_hide_nothing {
            self.host = Some(Entry {
                bracket,
                depth: self.open.brackets.len(),
                findings: report.count(),
                docs: self.docs.len(),
                broken: self.open.broken,
            });
        }
    }

    /// How many of the open brackets are not part of a host expression.
    pub(super) fn outside_host(&self) -> usize {
        self.host.as_ref().map_or(0, |entry| entry.depth)
    }

    /// After a `}`, with `depth` brackets still open.
    pub(super) fn leave_host(&mut self, depth: usize) {
        if self.host.as_ref().is_some_and(|entry| entry.depth >= depth) {
            self.host = None;
        }
    }

    /// At the end of the text: goes back behind the `{` and reads on as if it hid nothing.
    pub(super) fn leave_unclosed_host(&mut self, report: &mut Report) {
        let Some(entry) = self.host.take() else {
            return;
        };
        report.truncate(entry.findings);
        self.docs.truncate(entry.docs);
        self.open.broken = entry.broken;
        self.open.excess = 0;
        self.open.brackets.truncate(entry.depth);
        self.refuse(report, |report| never_closed(entry.bracket, report));
        self.at = entry.bracket.at + 1;
        self.at_line_start = false;
        self.open.end = self.at;
        self.braces_hide_nothing = true;
    }

    /// `"…"` in Rust: over several lines, raw, with a prefix.
    pub(super) fn host_text(&mut self) {
        let before = self.slice(0..self.at);
        let word = before.trim_end_matches('#');
        let hashes = before.len() - word.len();
        let prefix = word.bytes().rev().take_while(|byte| is_letter(*byte)).count();
        let prefix = word.get(word.len() - prefix..).unwrap_or("");
        let text = self.rest();
        let length = if matches!(prefix, "r" | "br" | "cr") {
            let close = format!("\"{}", "#".repeat(hashes));
            let content = text.get(1..).unwrap_or("");
            content.find(&close).map(|at| 1 + at + close.len())
        } else {
            text_length(text)
        };
        self.at += length.unwrap_or(text.len());
    }

    /// A byte of Rust that is no bracket, word, number or text. A character such as `'}'` is skipped
    /// as a whole; a lifetime is not a character.
    pub(super) fn host_byte(&mut self, byte: u8) {
        let mut characters = self.rest().chars();
        let first = characters.next();
        let quoted = match (byte, characters.next(), characters.next()) {
            (b'\'', Some('\\'), Some(_)) => {
                let close = characters
                    .by_ref()
                    .take(LONGEST_ESCAPE)
                    .position(|character| character == '\'');
                close.map(|_| self.rest().len() - characters.as_str().len())
            }
            (b'\'', Some(quoted), Some('\'')) => Some(quoted.len_utf8() + 2),
            _ => None,
        };
        self.at += quoted.unwrap_or_else(|| first.map_or(1, char::len_utf8));
    }
}
