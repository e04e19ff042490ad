//! Comments: blanked, byte for byte. Doc comments are kept beside the text.

use super::Scanner;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::parse::report::Report;

/// A doc comment.
#[derive(Debug)]
pub(in crate::parse) struct Doc {
    pub(in crate::parse) start: usize,
    pub(in crate::parse) end: usize,
    /// `//!` or `/*!`: about the file.
    pub(in crate::parse) inner: bool,
    /// What it says, without its marks.
    pub(in crate::parse) text: String,
}

impl Scanner<'_> {
    pub(super) fn line_comment(&mut self) {
        let start = self.at;
        let line = self.rest().split('\n').next().unwrap_or("");
        self.at += line.len();
        if self.open.end == start {
            self.open.touching_comment = Some(start);
        }
        let doc = match line.strip_prefix("///") {
            Some(text) if !text.starts_with('/') => Some((false, text)),
            _ => line.strip_prefix("//!").map(|text| (true, text)),
        };
        self.take_comment(start, doc);
    }

    /// `/* … */`, which nests.
    pub(super) fn block_comment(&mut self, report: &mut Report) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        loop {
            match (self.byte(0), self.byte(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                (Some(_), _) => self.at += 1,
                (None, _) => {
                    self.at = bytes.len();
                    self.blank(start..self.at);
                    self.refuse(report, |report| {
                        Diagnostic::error(
                            codes::SYNTAX,
                            report.span(start, start + 2),
                            "the comment is never closed",
                        )
                        .with_help("comments nest: each `/*` needs its own `*/`")
                    });
                    return;
                }
            }
        }
        let comment = self.slice(start..self.at);
        let content = comment.get(3..comment.len().saturating_sub(2));
        let doc = match comment.as_bytes() {
            [b'/', b'*', b'*', b'*' | b'/', ..] => None,
            [b'/', b'*', b'*', ..] => content.map(|text| (false, text)),
            [b'/', b'*', b'!', ..] => content.map(|text| (true, text)),
            _ => None,
        };
        self.take_comment(start, doc);
    }

    fn take_comment(&mut self, start: usize, doc: Option<(bool, &str)>) {
        let end = self.at;
        if let Some((inner, text)) = doc
            && self.host.is_none()
        {
            self.docs.push(Doc { start, end, inner, text: text.to_owned() });
        }
        self.blank(start..end);
    }
}
