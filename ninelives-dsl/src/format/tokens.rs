//! The tokens of a text without syntax errors, each with the comments before it.

use crate::parse::{Shape, blanked, documentation, text_length};
use std::borrow::Cow;

/// A token, or the end of the text, whose own text is empty.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) text: Cow<'a, str>,
    /// The comments between the token before it and this one.
    pub(super) before: Vec<Comment<'a>>,
    /// An empty line stands directly before it.
    pub(super) blank_before: bool,
}

/// A comment, and how it stands in its line: that is what the layout keeps of it.
#[derive(Clone, Debug)]
pub(super) struct Comment<'a> {
    /// With its marks, without blanks behind it.
    pub(super) text: &'a str,
    /// No token or comment stands before it in its line.
    pub(super) begins_line: bool,
    /// No token or comment stands behind it in its line.
    pub(super) ends_line: bool,
    /// An empty line stands directly before it.
    pub(super) blank_before: bool,
}

impl Comment<'_> {
    /// True for a comment that nothing can follow in its line.
    pub(super) fn is_line(&self) -> bool {
        !self.text.starts_with("/*")
    }
}

/// Reads the tokens of `text`; the last is its end.
pub(super) fn tokens(text: &str, shape: Shape) -> Vec<Token<'_>> {
    let blanked = blanked(text, shape);
    let mut tokens = Vec::new();
    let mut end = 0;
    loop {
        let rest = blanked.get(end..).unwrap_or("");
        let start = end + (rest.len() - rest.trim_start_matches(' ').len());
        let (before, newlines) = comments_in(text, end, start);
        end = start + token_length(blanked.get(start..).unwrap_or(""));
        let written = text.get(start..end).unwrap_or("");
        tokens.push(Token { text: canonical(written), before, blank_before: newlines > 1 });
        if written.is_empty() {
            return tokens;
        }
    }
}

/// The texts of all comments.
pub(super) fn comments(text: &str, shape: Shape) -> Vec<&str> {
    let tokens = tokens(text, shape).into_iter();
    tokens.flat_map(|token| token.before).map(|comment| comment.text).collect()
}

/// How long the token is that begins here; 0 at the end.
pub(crate) fn token_length(text: &str) -> usize {
    let is_letter = |character: char| character.is_alphanumeric() || character == '_';
    let word = |text: &str| text.find(|character| !is_letter(character)).unwrap_or(text.len());
    match text.as_bytes() {
        [b'0'..=b'9', ..] => {
            let whole = word(text);
            match text.get(whole..).unwrap_or("").strip_prefix('.') {
                Some(part) if part.starts_with(|next: char| next.is_ascii_digit()) => {
                    whole + 1 + word(part)
                }
                _ => whole,
            }
        }
        [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => word(text),
        [b'"', ..] => text_length(text).unwrap_or(text.len()),
        [b'{', ..] => text.find('}').map_or(text.len(), |close| close + 1),
        [b'.', b'.', ..] => 2,
        _ => text.chars().next().map_or(0, char::len_utf8),
    }
}

/// A token as it should be written. Values stay as they are: who writes `1000ms` may mean it.
fn canonical(token: &str) -> Cow<'_, str> {
    if token.starts_with(|first: char| first.is_ascii_digit()) && !token.is_ascii() {
        // Both code points of the micro sign.
        return Cow::Owned(token.replace(['\u{b5}', '\u{3bc}'], "u"));
    }
    Cow::Borrowed(token)
}

/// The comments in a range of `text` without tokens, and how many line breaks are behind the last.
fn comments_in(text: &str, start: usize, end: usize) -> (Vec<Comment<'_>>, usize) {
    let mut rest = text.get(start..end).unwrap_or("");
    let mut comments: Vec<Comment<'_>> = Vec::new();
    // The beginning of the text is the beginning of a line.
    let mut newlines = usize::from(start == 0);
    loop {
        let trimmed = rest.trim_start();
        let blanks = rest.get(..rest.len() - trimmed.len()).unwrap_or("");
        newlines += blanks.bytes().filter(|byte| *byte == b'\n').count();
        rest = trimmed;
        if let Some(last) = comments.last_mut() {
            last.ends_line |= newlines > 0;
        }
        if rest.is_empty() {
            return (comments, newlines);
        }
        let (comment, behind) = rest.split_at(comment_length(rest));
        let alone = documentation(comment).is_some();
        if let (Some(last), true) = (comments.last_mut(), alone) {
            last.ends_line = true;
        }
        comments.push(Comment {
            text: comment.trim_end(),
            begins_line: alone || newlines > 0,
            ends_line: alone || behind.is_empty() && end == text.len(),
            blank_before: newlines > 1,
        });
        newlines = 0;
        rest = behind;
    }
}

/// How long the comment is that begins here. What is no `/* … */` ends with its line: `// …`, and the
/// interpreter in the first line of a file.
pub(crate) fn comment_length(text: &str) -> usize {
    if !text.starts_with("/*") {
        return text.find('\n').unwrap_or(text.len());
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(pair) = text.as_bytes().get(at..at + 2) {
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}
