//! Symbols of a document and of the workspace, and what of a document can be folded.

use super::failure::Failure;
use super::text::ClientText;
use super::workspace::{Checked, Workspace};
use gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse,
    FoldingRange, FoldingRangeKind, FoldingRangeParams, SymbolKind as Kind, WorkspaceSymbol,
    WorkspaceSymbolLocation, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};
use ninelives_dsl::editor::{Symbol, SymbolKind, tokens};
use ninelives_dsl::source::{FileId, Span};

/// More are no help to anyone: of the workspace, and of a document.
const FOUND: usize = 1_000;
const OUTLINE: usize = 10_000;

/// Answers `textDocument/documentSymbol`.
pub(super) fn document(
    workspace: &Workspace<'_>,
    params: &DocumentSymbolParams,
) -> Result<Option<DocumentSymbolResponse>, Failure> {
    let (document, checked) = workspace.document(&params.text_document.uri)?;
    let text = &document.text;
    let mut symbols: Vec<(usize, DocumentSymbol)> = Vec::new();
    for (id, symbol) in checked.symbols().declared_in(FileId::default()).take(OUTLINE) {
        let entry = entry(text, symbol);
        // What belongs to a declaration stands behind its name and before the next one.
        match (symbol.parent, symbols.last_mut()) {
            (Some(parent), Some((last, within))) if *last == parent => {
                within.children.get_or_insert_default().push(entry);
            }
            _ => symbols.push((id, entry)),
        }
    }
    let symbols = symbols.into_iter().map(|(_, symbol)| symbol).collect();
    Ok(Some(DocumentSymbolResponse::DocumentSymbolList(symbols)))
}

#[expect(deprecated, reason = "a field that must be there, and is not sent")]
fn entry(text: &ClientText, symbol: &Symbol) -> DocumentSymbol {
    DocumentSymbol {
        name: symbol.name.clone(),
        detail: symbol.docs.first().cloned().filter(|line| !line.is_empty()),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: text.range(symbol.whole),
        selection_range: text.range(symbol.span),
        children: None,
    }
}

const fn kind(kind: SymbolKind) -> Kind {
    match kind {
        SymbolKind::Policy => Kind::Class,
        SymbolKind::Template => Kind::Function,
        SymbolKind::Let => Kind::Constant,
        SymbolKind::Parameter => Kind::Variable,
        SymbolKind::Label => Kind::Key,
        SymbolKind::Broken => Kind::Null,
    }
}

/// Answers `workspace/symbol`: the declarations whose names have the letters asked for, in order.
pub(super) fn workspace(
    workspace: &Workspace<'_>,
    params: &WorkspaceSymbolParams,
) -> Result<Option<WorkspaceSymbolResponse>, Failure> {
    let mut found = Vec::new();
    for path in workspace.policy_files() {
        if let Some(checked) = workspace.load(&path) {
            found.extend(items(&checked, &params.query));
        }
        if found.len() >= FOUND {
            break;
        }
    }
    Ok(Some(WorkspaceSymbolResponse::WorkspaceSymbolList(found)))
}

fn items<'c>(checked: &'c Checked, query: &'c str) -> impl Iterator<Item = WorkspaceSymbol> + 'c {
    let own = checked.symbols().declared_in(FileId::default()).map(|(_, symbol)| symbol);
    let meant = own.filter(|symbol| symbol.is_item() && has_letters(&symbol.name, query));
    meant.filter_map(|symbol| {
        Some(WorkspaceSymbol {
            location: WorkspaceSymbolLocation::Location(checked.location(symbol.span)?),
            data: None,
            base_symbol_information: BaseSymbolInformation {
                name: symbol.name.clone(),
                kind: kind(symbol.kind),
                tags: None,
                container_name: None,
            },
        })
    })
}

fn has_letters(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

/// Answers `textDocument/foldingRange`: declarations and comments of several lines.
pub(super) fn folding(
    workspace: &Workspace<'_>,
    params: &FoldingRangeParams,
) -> Result<Option<Vec<FoldingRange>>, Failure> {
    let (document, checked) = workspace.document(&params.text_document.uri)?;
    let lines = |start: u32, end: u32| {
        let text = &document.text;
        (text.position(start).line, text.position(end).line)
    };
    let mut ranges: Vec<FoldingRange> = Vec::new();
    let mut fold = |(start_line, end_line), kind: Option<FoldingRangeKind>| {
        if start_line < end_line {
            ranges.push(FoldingRange { start_line, end_line, kind, ..FoldingRange::default() });
        }
    };
    for (_, symbol) in checked.symbols().declared_in(FileId::default()) {
        if symbol.is_item() {
            fold(lines(symbol.whole.start, symbol.whole.end), None);
        }
    }
    let mut comment: Option<(u32, u32)> = None;
    for token in tokens(checked.text()) {
        let Span { start, end, .. } = Span::new(FileId::default(), token.start, token.end());
        let here = token.is_comment().then(|| lines(start, end));
        comment = match (comment, here) {
            (Some((begin, before)), Some((first, last))) if first <= before + 1 => {
                Some((begin, last))
            }
            (done, here) => {
                done.into_iter().for_each(|done| fold(done, Some(FoldingRangeKind::Comment)));
                here
            }
        };
    }
    comment.into_iter().for_each(|done| fold(done, Some(FoldingRangeKind::Comment)));
    Ok(Some(ranges))
}
