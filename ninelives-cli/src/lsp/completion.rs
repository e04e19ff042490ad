//! Completion: what can be written at the cursor.

use super::failure::Failure;
use super::uri;
use super::workspace::{Document, Place, Workspace};
use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, CompletionParams,
    CompletionResponse, Documentation, InsertTextFormat, TextEdit,
};
use ninelives_dsl::editor::{Candidate, CandidateKind, Cursor, Slot, fitting};
use ninelives_dsl::source::{FileId, Span};
use std::ffi::OsStr;
use std::fs;

/// Answers `textDocument/completion`.
pub(super) fn completion(
    workspace: &Workspace<'_>,
    params: &CompletionParams,
) -> Result<Option<CompletionResponse>, Failure> {
    let place = workspace.place(&params.text_document_position_params)?;
    let text = place.checked.text();
    let cursor = Cursor::at(text, place.offset);
    if cursor.slot == Slot::Path {
        return Ok(Some(CompletionResponse::CompletionItemList(paths(&place, &cursor))));
    }
    let hosts = &place.checked.hosts;
    let mut found = fitting(place.checked.symbols(), FileId::default(), &cursor, hosts);
    let is_incomplete = found.len() > MOST;
    if is_incomplete {
        let typed = text.get(cursor.start..place.offset).unwrap_or("");
        found.retain(|candidate| candidate.text.starts_with(typed));
        found.truncate(MOST);
    }
    let follows = |mark| cursor.next.is_some_and(|next| next.is_mark(mark));
    let writing = Writing {
        document: place.document,
        span: Span::new(FileId::default(), cursor.start, cursor.end),
        snippets: workspace.client.snippets,
        parenthesis: follows("("),
        equals: follows("="),
    };
    if writing.parenthesis {
        // A call that is written as a whole would be called by what stands behind it.
        found.retain(|candidate| !candidate.text.ends_with(')'));
    }
    let items = found.iter().enumerate().map(|(at, it)| writing.item(at, it)).collect();
    let list = CompletionList { is_incomplete, items, ..CompletionList::default() };
    Ok(Some(CompletionResponse::CompletionList(list)))
}

/// Of more, those are given that begin as what was typed, and the client asks again.
const MOST: usize = 1_000;

/// Where something is to be written, and what stands behind it already.
struct Writing<'w> {
    document: &'w Document,
    span: Span,
    snippets: bool,
    parenthesis: bool,
    equals: bool,
}

impl Writing<'_> {
    fn item(&self, at: usize, candidate: &Candidate) -> CompletionItem {
        let Candidate { kind, text, detail, documentation } = candidate;
        let (new_text, format) = self.written(*kind, text);
        let documentation = Some(documentation).filter(|it| !it.is_empty());
        CompletionItem {
            label: text.clone(),
            kind: Some(kind_of(*kind)),
            detail: Some(detail.clone()).filter(|it| !it.is_empty()),
            documentation: documentation.map(|it| Documentation::String(it.clone())),
            sort_text: Some(format!("{at:05}")),
            insert_text_format: format,
            text_edit: Some(self.edit(new_text)),
            ..CompletionItem::default()
        }
    }

    fn edit(&self, new_text: String) -> CompletionItemTextEdit {
        let range = self.document.text.range(self.span);
        CompletionItemTextEdit::TextEdit(TextEdit { range, new_text })
    }

    fn written(&self, kind: CandidateKind, text: &str) -> (String, Option<InsertTextFormat>) {
        match kind {
            CandidateKind::Layer | CandidateKind::Template | CandidateKind::ValueCall
                if self.snippets && !self.parenthesis =>
            {
                (format!("{text}($0)"), Some(InsertTextFormat::Snippet))
            }
            CandidateKind::Argument if !self.equals => (format!("{text} = "), None),
            _ => (text.to_owned(), None),
        }
    }
}

const fn kind_of(kind: CandidateKind) -> CompletionItemKind {
    match kind {
        CandidateKind::Keyword | CandidateKind::Identity => CompletionItemKind::Keyword,
        CandidateKind::Layer | CandidateKind::ValueCall => CompletionItemKind::Function,
        CandidateKind::Template => CompletionItemKind::Method,
        CandidateKind::Policy => CompletionItemKind::Class,
        CandidateKind::Let => CompletionItemKind::Constant,
        CandidateKind::Parameter => CompletionItemKind::Variable,
        CandidateKind::Argument => CompletionItemKind::Property,
        CandidateKind::Value => CompletionItemKind::Value,
        CandidateKind::Host => CompletionItemKind::Reference,
        CandidateKind::Type => CompletionItemKind::TypeParameter,
        CandidateKind::Finding => CompletionItemKind::EnumMember,
    }
}

/// The files and directories that a `use` may name: none outside of the document's directory.
fn paths(place: &Place<'_>, cursor: &Cursor<'_>) -> Vec<CompletionItem> {
    let text = place.checked.text();
    let begin = cursor.token.map_or(place.offset, |token| token.start + 1);
    let typed = text.get(begin..place.offset).unwrap_or("");
    let (directory, last) = typed.rsplit_once('/').unwrap_or(("", typed));
    let file = uri::to_path(&place.document.uri.0);
    let own = file.as_deref().and_then(|file| file.file_name());
    let Some(root) = file.as_deref().and_then(|file| file.parent()) else {
        return Vec::new();
    };
    if directory.split('/').any(|part| part == "..") || typed.starts_with('/') {
        return Vec::new();
    }
    let entries = fs::read_dir(root.join(directory)).into_iter().flatten().flatten();
    let mut found: Vec<(String, CompletionItemKind)> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let name = entry.file_name().into_string().ok().filter(|it| !it.starts_with('.'))?;
            let itself = directory.is_empty() && own == Some(OsStr::new(&name));
            if path.is_dir() {
                Some((name + "/", CompletionItemKind::Folder))
            } else if path.extension() == Some(OsStr::new("nl")) && !itself {
                Some((name, CompletionItemKind::File))
            } else {
                None
            }
        })
        .collect();
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    let span = Span::new(FileId::default(), place.offset - last.len(), place.offset);
    let range = place.document.text.range(span);
    let quote = if cursor.token.is_some() { "" } else { "\"" };
    let item = |(name, kind): (String, CompletionItemKind)| {
        let edit = TextEdit { range, new_text: format!("{quote}{name}{quote}") };
        CompletionItem {
            label: name,
            kind: Some(kind),
            text_edit: Some(CompletionItemTextEdit::TextEdit(edit)),
            ..CompletionItem::default()
        }
    };
    found.into_iter().map(item).collect()
}
