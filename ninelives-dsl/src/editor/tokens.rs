//! A text cut into tokens, whatever it holds: nothing is refused.

use crate::format::{comment_length, token_length};
use crate::parse::{documentation, is_quantile, text_length};

/// A token or a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: TokenKind,
    /// As it is written.
    pub text: &'t str,
    /// Where it begins.
    pub start: usize,
    /// Only blanks stand before it in its line.
    pub begins_line: bool,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `// …`, `/* … */`, and the interpreter in the first line.
    Comment,
    /// `/// …`, `//! …` and their block forms.
    Documentation,
    /// `retry`; a quantile is one with its point, `p99.9`
    Word,
    /// `250ms`, the `50` of `50%`
    Number,
    /// `"…"`, to the end of its line when it is not closed.
    Text,
    /// Anything else, one character long; or `..`.
    Mark,
}

impl Token<'_> {
    /// One past its last byte.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// True for what the language does not read.
    pub fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::Comment | TokenKind::Documentation)
    }

    /// True for `p95` and `p99.9`.
    pub fn is_quantile(&self) -> bool {
        is_quantile(self.text.split('.').next().unwrap_or(""))
    }

    /// True for that mark.
    pub fn is_mark(&self, mark: &str) -> bool {
        self.kind == TokenKind::Mark && self.text == mark
    }
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    let mut begins_line = true;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let blanks = rest.len() - rest.trim_start().len();
        begins_line |= rest.get(..blanks).is_some_and(|blanks| blanks.contains('\n'));
        let start = at + blanks;
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let (kind, length) = first(rest, start == 0);
        let token = Token { kind, text: rest.get(..length)?, start, begins_line };
        at = token.end();
        begins_line = false;
        Some(token)
    })
}

fn first(text: &str, begins_text: bool) -> (TokenKind, usize) {
    let line = || text.find('\n').unwrap_or(text.len());
    match text.as_bytes() {
        [b'#', b'!', rest @ ..] if begins_text && !rest.trim_ascii_start().starts_with(b"[") => {
            (TokenKind::Comment, line())
        }
        [b'/', b'/' | b'*', ..] => {
            let length = comment_length(text);
            let comment = text.get(..length).unwrap_or("");
            let kind = match documentation(comment) {
                Some(_) => TokenKind::Documentation,
                None => TokenKind::Comment,
            };
            (kind, length)
        }
        [b'"', ..] => {
            let line = text.get(..line()).unwrap_or("");
            (TokenKind::Text, text_length(line).unwrap_or(line.len()))
        }
        [b'{', ..] => (TokenKind::Mark, 1),
        [b'0'..=b'9', ..] => (TokenKind::Number, token_length(text)),
        [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => (TokenKind::Word, word_length(text)),
        _ => (TokenKind::Mark, token_length(text)),
    }
}

/// The digits behind the point of a quantile are a part of it.
fn word_length(text: &str) -> usize {
    let word = token_length(text);
    let (before, behind) = text.split_at_checked(word).unwrap_or((text, ""));
    let digits = behind.strip_prefix('.').filter(|_| is_quantile(before)).unwrap_or("");
    match digits.bytes().take_while(u8::is_ascii_digit).count() {
        0 => word,
        digits => word + 1 + digits,
    }
}
