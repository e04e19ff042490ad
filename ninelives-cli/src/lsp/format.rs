//! Formatting: the whole document as `nl fmt` lays it out, in edits of the lines that change.

use super::failure::Failure;
use super::text::ClientText;
use super::workspace::Workspace;
use crate::command::fmt::text::Text;
use gen_lsp_types::{DocumentFormattingParams, Range, TextEdit};
use ninelives_dsl::format::declarations;
use similar::{DiffOp, DiffTag, TextDiff};
use std::ops;
use std::time::Duration;

/// After this long a diff that is not the smallest will do.
const DIFF_TIME: Duration = Duration::from_millis(200);

/// Answers `textDocument/formatting`; nothing for a text with syntax errors, which are published.
pub(super) fn format(
    workspace: &Workspace<'_>,
    params: &DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>, Failure> {
    let (document, _) = workspace.document(&params.text_document.uri)?;
    let raw = document.text.raw();
    let formatted = Text::read(raw.as_bytes()).ok().and_then(|text| {
        let formatted = declarations(&text.content, "").ok()?;
        Some(text.written(&formatted))
    });
    Ok(formatted.map(|formatted| edits(&document.text, &formatted)))
}

fn edits(text: &ClientText, formatted: &str) -> Vec<TextEdit> {
    let diff = TextDiff::configure().timeout(DIFF_TIME).diff_lines(text.raw(), formatted);
    let old = starts(diff.old_slices());
    let new = starts(diff.new_slices());
    let changes = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal);
    changes.map(|op| edit(text, formatted, op, (&old, &new))).collect()
}

fn edit(
    text: &ClientText,
    formatted: &str,
    op: &DiffOp,
    (old, new): (&[usize], &[usize]),
) -> TextEdit {
    let bytes = |lines: ops::Range<usize>, starts: &[usize]| {
        let start = |line: usize| starts.get(line).copied().unwrap_or_default();
        start(lines.start)..start(lines.end)
    };
    let replaced = bytes(op.old_range(), old);
    let written = bytes(op.new_range(), new);
    TextEdit {
        range: Range {
            start: text.raw_position(replaced.start),
            end: text.raw_position(replaced.end),
        },
        new_text: formatted.get(written).unwrap_or_default().to_owned(),
    }
}

/// Where each line begins, and the end.
fn starts(lines: &[&str]) -> Vec<usize> {
    let ends = lines.iter().scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}
