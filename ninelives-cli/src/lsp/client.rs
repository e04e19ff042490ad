//! What the client can do, as far as it matters.

use super::text::Encoding;
use gen_lsp_types::{ClientCapabilities, MarkupContent, MarkupKind, PositionEncodingKind};

/// A client.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// How it counts.
    pub(super) encoding: Encoding,
    /// It can be asked to watch files.
    pub(super) watches: bool,
    /// It takes places to type at in what it completes.
    pub(super) snippets: bool,
    /// It shows Markdown in hovers.
    markdown: bool,
}

impl Client {
    pub(super) fn new(capabilities: &ClientCapabilities) -> Self {
        let general = capabilities.general.as_ref();
        let encodings = general.and_then(|general| general.position_encodings.as_ref());
        let utf8 = encodings.is_some_and(|them| them.contains(&PositionEncodingKind::UTF8));
        let workspace = capabilities.workspace.as_ref();
        let watched = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let text = capabilities.text_document.as_ref();
        let completion = text.and_then(|text| text.completion.as_ref());
        let item = completion.and_then(|completion| completion.completion_item.as_ref());
        let hover = text.and_then(|text| text.hover.as_ref());
        let formats = hover.and_then(|hover| hover.content_format.as_ref());
        Self {
            encoding: if utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            watches: watched.and_then(|watched| watched.dynamic_registration) == Some(true),
            snippets: item.and_then(|item| item.snippet_support) == Some(true),
            markdown: formats.is_none_or(|formats| formats.contains(&MarkupKind::Markdown)),
        }
    }

    /// A text in Markdown, as the client can show it.
    pub(super) fn markup(&self, value: String) -> MarkupContent {
        if self.markdown {
            return MarkupContent { kind: MarkupKind::Markdown, value };
        }
        MarkupContent { kind: MarkupKind::PlainText, value: plain(&value) }
    }
}

/// Markdown without the fences around blocks; what is left reads as it is.
fn plain(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("```"));
    lines.flat_map(|line| [line, "\n"]).collect()
}
