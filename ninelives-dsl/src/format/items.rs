//! What the tokens give, one by one or as a list: the only place that knows where comments go.
//!
//! Between two items a comment stands behind the first (in its line), on lines of its own before the
//! second, or within the second's line. That survives any layout, so formatting twice changes nothing.

use super::document::Document;
use super::tokens::{Comment, Token};

/// The indentation of what is inside.
pub(super) const INDENT: usize = 4;

/// The tokens that are not laid out yet.
pub(super) struct Items<'a> {
    tokens: std::vec::IntoIter<Token<'a>>,
}

/// The comments between two items, without those that stand in the second's line.
#[derive(Debug, Default)]
pub(super) struct Between<'a> {
    /// In the line of the first, behind it.
    pub(super) behind: Vec<Comment<'a>>,
    /// On lines of their own.
    pub(super) alone: Vec<Comment<'a>>,
}

impl<'a> Items<'a> {
    pub(super) fn new(tokens: Vec<Token<'a>>) -> Self {
        Self { tokens: tokens.into_iter() }
    }

    /// The text of the next token; empty at the end.
    pub(super) fn peek(&self) -> &str {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, ahead: usize) -> &str {
        self.tokens.as_slice().get(ahead).map_or("", |token| &token.text)
    }

    pub(super) fn is_next(&self, texts: &[&str]) -> bool {
        texts.contains(&self.peek())
    }

    /// An empty line stands before the next token, or before the comments in its line.
    pub(super) fn blank_before(&self) -> bool {
        let next = self.tokens.as_slice().first();
        next.is_some_and(|token| {
            token.before.first().map_or(token.blank_before, |comment| comment.blank_before)
        })
    }

    /// Takes a separator: its comments belong to what is around it.
    pub(super) fn separator(&mut self) -> Vec<Comment<'a>> {
        self.tokens.next().map(|token| token.before).unwrap_or_default()
    }

    /// The next token. Comments where no layout expects them stay as they stand.
    pub(super) fn token(&mut self) -> Document<'a> {
        let Some(token) = self.tokens.next() else {
            return Document::Row(Vec::new());
        };
        let text = Document::Text(token.text);
        if token.before.is_empty() {
            return text;
        }
        let mut parts = Vec::new();
        for comment in token.before {
            if comment.begins_line {
                parts.push(Document::Newline);
            }
            parts.push(Document::Comment(comment.text));
            if comment.ends_line {
                parts.push(Document::Newline);
            }
        }
        parts.push(text);
        Document::Nest(INDENT, parts)
    }

    /// Takes the comments between an item and the next. `separator` are those before the sign that
    /// separates them, if there is one; `last` when no item follows.
    pub(super) fn between(&mut self, separator: Vec<Comment<'a>>, last: bool) -> Between<'a> {
        let mut comments = separator;
        let passed = comments.len();
        if let Some(next) = self.tokens.as_mut_slice().first_mut() {
            comments.append(&mut next.before);
            let beside = comments.iter().skip(passed).rev();
            let beside = beside.take_while(|comment| !comment.ends_line && !last).count();
            next.before = comments.split_off(comments.len() - beside);
            // They stand where the item does.
            next.before.iter_mut().for_each(|comment| comment.begins_line = false);
        }
        let mut line_ended = false;
        let behind = comments.iter().take_while(|comment| {
            !comment.begins_line && !std::mem::replace(&mut line_ended, comment.is_line())
        });
        let alone = comments.split_off(behind.count());
        Between { behind: comments, alone }
    }

    /// A bracket with its items, which `item` reads; at least one token each. Commas separate them.
    pub(super) fn bracket(
        &mut self,
        comma: Comma,
        mut item: impl FnMut(&mut Self) -> Document<'a>,
    ) -> Document<'a> {
        let closes = |items: &Self| items.is_next(&[")", "]", ""]);
        let open = self.token();
        let mut parts = Vec::new();
        let mut between = self.between(Vec::new(), closes(self));
        if !between.behind.is_empty() {
            parts.extend([Document::behind(between.behind), Document::Broken]);
        }
        let mut inside = Vec::new();
        while !closes(self) {
            inside.push(Document::Break { blank: !inside.is_empty() });
            inside.extend(before(std::mem::take(&mut between.alone)));
            inside.push(item(self));
            let separator = if self.peek() == "," { self.separator() } else { Vec::new() };
            let last = closes(self);
            between = self.between(separator, last);
            let sign = || Document::text(",");
            let behind = std::mem::take(&mut between.behind);
            let mut beside = vec![Document::behind(behind.clone())];
            let mut below = vec![Document::behind(behind)];
            if !last {
                beside.push(sign());
            }
            if !last || comma == Comma::Trailing {
                below.insert(0, sign());
            }
            inside.extend([Document::IfFlat(beside), Document::IfBroken(below)]);
        }
        let alone = lines(between.alone).into_iter();
        inside.extend(alone.flat_map(|(_, line)| [Document::Newline, line]));
        parts.extend([Document::Nest(INDENT, inside), Document::Break { blank: false }]);
        parts.push(self.token());
        Document::Row(vec![open, Document::group(parts)])
    }
}

/// Whether a list over several lines ends in a comma.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Comma {
    Trailing,
    None,
}

/// Comments on lines of their own: each line, and whether an empty one stands before it.
pub(super) fn lines(comments: Vec<Comment<'_>>) -> Vec<(bool, Document<'_>)> {
    let mut lines: Vec<(bool, Vec<Document<'_>>)> = Vec::new();
    let mut line_ended = true;
    for comment in comments {
        let begins = comment.begins_line || line_ended;
        line_ended = comment.is_line();
        match lines.last_mut() {
            Some((_, line)) if !begins => line.push(Document::Comment(comment.text)),
            _ => lines.push((comment.blank_before, vec![Document::Comment(comment.text)])),
        }
    }
    lines.into_iter().map(|(blank, line)| (blank, Document::Row(line))).collect()
}

/// Comments on lines of their own, and the beginning of the next.
pub(super) fn before(comments: Vec<Comment<'_>>) -> impl Iterator<Item = Document<'_>> {
    lines(comments).into_iter().flat_map(|(_, line)| [line, Document::Newline])
}
