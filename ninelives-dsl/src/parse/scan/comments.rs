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
        self.take_comment(start);
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
        self.take_comment(start);
    }

    fn take_comment(&mut self, start: usize) {
        let end = self.at;
        if self.host.is_none()
            && let Some((inner, text)) = documentation(self.slice(start..end))
        {
            self.docs.push(Doc { start, end, inner, text: text.to_owned() });
        }
        self.blank(start..end);
    }
}

/// What a documentation comment says, and whether it is about the file; `None` for other comments.
pub(crate) fn documentation(comment: &str) -> Option<(bool, &str)> {
    let content = comment.get(3..)?;
    let block = content.strip_suffix("*/");
    match comment.as_bytes() {
        [b'/', b'/', b'/', b'/', ..] | [b'/', b'*', b'*', b'*' | b'/', ..] => None,
        [b'/', b'/', b'/', ..] => Some((false, content)),
        [b'/', b'/', b'!', ..] => Some((true, content)),
        [b'/', b'*', b'*', ..] => block.map(|text| (false, text)),
        [b'/', b'*', b'!', ..] => block.map(|text| (true, text)),
        _ => None,
    }
}
