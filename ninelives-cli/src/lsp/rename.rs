//! Rename: every mention in every file, or nothing. What a new name would do is tried out: the texts are
//! loaded with it, and where a mention would come to mean something else, or an error would appear, the
//! name is refused.

use super::failure::Failure;
use super::navigate::Declaration;
use super::workspace::{Changed, Checked, Loaded, Place, Workspace};
use gen_lsp_types::{
    PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameResult, RenameParams, TextEdit,
    Uri, WorkspaceEdit,
};
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::editor::{Standing, Symbol, SymbolKind, standing};
use ninelives_dsl::source::{FileId, Span};
use std::collections::{BTreeMap, HashMap};

/// Answers `textDocument/prepareRename`.
pub(super) fn prepare(
    workspace: &Workspace<'_>,
    params: &PrepareRenameParams,
) -> Result<Option<PrepareRenameResult>, Failure> {
    let place = workspace.place(&params.text_document_position_params)?;
    let (_, symbol, span) = renamed(&place)?;
    let range = place.document.text.range(span);
    let placeholder = PrepareRenamePlaceholder { range, placeholder: symbol.name.clone() };
    Ok(Some(PrepareRenameResult::PrepareRenamePlaceholder(placeholder)))
}

/// Answers `textDocument/rename`.
pub(super) fn rename(
    workspace: &Workspace<'_>,
    params: &RenameParams,
) -> Result<Option<WorkspaceEdit>, Failure> {
    let place = workspace.place(&params.text_document_position_params)?;
    let (id, ..) = renamed(&place)?;
    let name = params.new_name.as_str();
    if !is_name(name) {
        return Err(Failure::refused(format!(
            "`{name}` is no name: letters, digits and `_` make one, and no digit comes first"
        )));
    }
    // What has no file is used by none.
    let declaration = Declaration::of(place.checked, id);
    let loads = declaration.iter().flat_map(|it| workspace.loads_with(&it.file));
    let loads: Vec<Loaded<'_>> = loads.collect();
    let mut edits = Edits::default();
    edits.add(place.checked, id, name)?;
    for load in &loads {
        if let Some(id) = declaration.as_ref().and_then(|it| it.within(load)) {
            edits.add(load, id, name)?;
        }
    }
    let changed = edits.texts();
    for load in &loads {
        try_out(workspace, load, &changed)?;
    }
    Ok(Some(edits.finish()))
}

/// What is under the cursor, if it has a name that the author chose.
fn renamed<'p>(place: &Place<'p>) -> Result<(usize, &'p Symbol, Span), Failure> {
    let checked = place.checked;
    let found = standing(checked.symbols(), FileId::default(), checked.text(), place.offset);
    match found {
        Some((Standing::Symbol(id), span)) => match checked.symbols().get(id) {
            Some(symbol) if symbol.kind != SymbolKind::Broken => Ok((id, symbol, span)),
            _ => Err(Failure::refused("a declaration that cannot be read cannot be renamed")),
        },
        Some((Standing::Host(_), _)) => {
            Err(Failure::refused("the host program says what its things are called"))
        }
        Some((Standing::Value(_), _)) | None => Err(Failure::refused("there is no name here")),
        Some(_) => Err(Failure::refused("a word of the language cannot be renamed")),
    }
}

fn is_name(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    first && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What is to be written, by URI and place.
#[derive(Default)]
struct Edits<'l> {
    files: BTreeMap<String, FileEdits<'l>>,
}

struct FileEdits<'l> {
    checked: &'l Checked,
    file: FileId,
    places: BTreeMap<Span, TextEdit>,
    new: String,
}

impl<'l> Edits<'l> {
    /// Adds every place of a symbol of a load.
    fn add(&mut self, checked: &'l Checked, symbol: usize, name: &str) -> Result<(), Failure> {
        if !checked.symbols().is_complete() {
            let file = checked.load.files.first().map_or("", |file| file.name());
            return Err(Failure::refused(format!(
                "`{file}`, or a file that it uses, cannot be read as a whole: mend it first"
            )));
        }
        for span in checked.symbols().places(symbol) {
            let Some(file) = checked.files.get(span.file.index()) else { continue };
            let edits = self.files.entry(file.uri.0.clone()).or_insert_with(|| FileEdits {
                checked,
                file: span.file,
                places: BTreeMap::new(),
                new: name.to_owned(),
            });
            let edit = TextEdit { range: file.text.range(span), new_text: name.to_owned() };
            edits.places.insert(Span { file: FileId::default(), ..span }, edit);
        }
        Ok(())
    }

    /// The texts as they would be.
    fn texts(&self) -> Changed {
        let text = |edits: &FileEdits<'_>| {
            let path = edits.checked.files.get(edits.file.index())?.path.clone()?;
            let mut text = edits.checked.load.files.get(edits.file.index())?.text().to_owned();
            for span in edits.places.keys().rev() {
                let place = usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?;
                text.replace_range(place, &edits.new);
            }
            Some((path, text))
        };
        self.files.values().filter_map(text).collect()
    }

    fn finish(self) -> WorkspaceEdit {
        let files = self.files.into_iter();
        let changes = files.map(|(uri, edits)| (Uri(uri), edits.places.into_values().collect()));
        let changes: HashMap<Uri, Vec<TextEdit>> = changes.collect();
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }
}

/// Refuses a name that changes what a text means.
fn try_out(workspace: &Workspace<'_>, load: &Checked, changed: &Changed) -> Result<(), Failure> {
    let path = load.files.first().and_then(|file| file.path.as_deref());
    let Some(after) = path.and_then(|path| workspace.read(path, changed)) else {
        return Err(Failure::refused("a file went away meanwhile"));
    };
    let errors = |checked: &Checked| {
        let found = checked.load.diagnostics.iter().filter(|finding| finding.is_error());
        found.cloned().collect::<Vec<Diagnostic>>()
    };
    let (before, now) = (errors(load), errors(&after));
    let same = load.symbols().structure().eq(after.symbols().structure());
    if same && now.len() <= before.len() {
        return Ok(());
    }
    let known = |finding: &&Diagnostic| {
        before.iter().any(|it| it.code == finding.code && it.message == finding.message)
    };
    let new = now.iter().find(|finding| !known(finding));
    let why = new.map_or("a mention would come to mean something else", |it| it.message.as_str());
    Err(Failure::refused(why))
}
