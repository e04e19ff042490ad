//! Definition, references and highlights: where a name is declared, and where it is mentioned.

use super::failure::Failure;
use super::workspace::{Checked, Place, Workspace};
use gen_lsp_types::{
    Definition, DefinitionParams, DefinitionResponse, DocumentHighlight, DocumentHighlightParams,
    Location, Range, ReferenceParams,
};
use ninelives_dsl::editor::{Standing, standing};
use ninelives_dsl::source::{FileId, Span};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Answers `textDocument/definition`.
pub(super) fn definition(
    workspace: &Workspace<'_>,
    params: &DefinitionParams,
) -> Result<Option<DefinitionResponse>, Failure> {
    let place = workspace.place(&params.text_document_position_params)?;
    let checked = place.checked;
    let location = match found(&place) {
        Some(Standing::Symbol(id)) => {
            checked.symbols().get(id).and_then(|symbol| checked.location(symbol.span))
        }
        Some(Standing::File(file)) => checked.location(Span::new(file, 0, 0)),
        _ => None,
    };
    Ok(location.map(|location| DefinitionResponse::Definition(Definition::Location(location))))
}

/// Answers `textDocument/references`, over every file of the workspace that uses this one.
pub(super) fn references(
    workspace: &Workspace<'_>,
    params: &ReferenceParams,
) -> Result<Option<Vec<Location>>, Failure> {
    let place = workspace.place(&params.text_document_position_params)?;
    let Some(Standing::Symbol(id)) = found(&place) else {
        return Ok(None);
    };
    let declared = params.context.include_declaration;
    let mut locations: BTreeMap<_, Location> = BTreeMap::new();
    let mut add = |checked: &Checked, id: usize| {
        let symbol = checked.symbols().get(id).map(|symbol| symbol.span);
        let places = checked.symbols().places(id);
        let places = places.filter(|span| declared || Some(*span) != symbol);
        for location in places.filter_map(|span| checked.location(span)) {
            locations.insert((location.uri.0.clone(), order(location.range)), location);
        }
    };
    add(place.checked, id);
    if let Some(declaration) = Declaration::of(place.checked, id) {
        for load in workspace.loads_with(&declaration.file) {
            if let Some(id) = declaration.within(&load) {
                add(&load, id);
            }
        }
    }
    Ok(Some(locations.into_values().collect()))
}

/// Answers `textDocument/documentHighlight`.
pub(super) fn highlight(
    workspace: &Workspace<'_>,
    params: &DocumentHighlightParams,
) -> Result<Option<Vec<DocumentHighlight>>, Failure> {
    let place = workspace.place(&params.text_document_position_params)?;
    let Some(Standing::Symbol(id)) = found(&place) else {
        return Ok(None);
    };
    let places = place.checked.symbols().places(id);
    let own = places.filter(|span| span.file == FileId::default());
    let range = |span| place.document.text.range(span);
    Ok(Some(own.map(|span| DocumentHighlight { range: range(span), kind: None }).collect()))
}

fn found<'p>(place: &Place<'p>) -> Option<Standing<'p>> {
    let checked = place.checked;
    let found = standing(checked.symbols(), FileId::default(), checked.text(), place.offset);
    found.map(|(standing, _)| standing)
}

/// Where a symbol is declared, whatever load it is met in.
pub(super) struct Declaration {
    /// With symbolic links followed.
    pub(super) file: PathBuf,
    span: Span,
}

impl Declaration {
    pub(super) fn of(checked: &Checked, symbol: usize) -> Option<Self> {
        let span = checked.symbols().get(symbol)?.span;
        let file = checked.files.get(span.file.index())?.path.clone()?;
        Some(Self { file, span })
    }

    /// The symbol in another load.
    pub(super) fn within(&self, checked: &Checked) -> Option<usize> {
        let file = checked.file(&self.file)?;
        let (symbol, span) = checked.symbols().at(file, self.span.start)?;
        (span.end == self.span.end).then_some(symbol)
    }
}

/// By place.
pub(super) fn order(range: Range) -> (u32, u32, u32, u32) {
    let Range { start, end } = range;
    (start.line, start.character, end.line, end.character)
}
