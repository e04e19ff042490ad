//! Files that are about to move: the paths in `use`, in them and in those that use them, go with them.

use super::failure::Failure;
use super::navigate::order;
use super::uri;
use super::workspace::{Workspace, resolved};
use gen_lsp_types::{FileRename, RenameFilesParams, TextEdit, Uri, WorkspaceEdit};
use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

/// Answers `workspace/willRenameFiles`.
pub(super) fn paths(
    workspace: &Workspace<'_>,
    params: &RenameFilesParams,
) -> Result<Option<WorkspaceEdit>, Failure> {
    let path = |uri: &Uri| uri::to_path(&uri.0).map(|path| resolved(&path));
    let moves = |file: &FileRename| Some((path(&file.old_uri)?, path(&file.new_uri)?));
    let moves: Vec<(PathBuf, PathBuf)> = params.files.iter().filter_map(moves).collect();
    // A folder moves with all that it holds.
    let moved = |file: &Path| {
        let new = moves.iter().find_map(|(old, new)| {
            let rest = file.strip_prefix(old).ok()?;
            Some(if rest.as_os_str().is_empty() { new.clone() } else { new.join(rest) })
        });
        new.unwrap_or_else(|| file.to_owned())
    };
    // A path may lead out of a file's directory and hold in a load from further up, so all are looked at.
    let mut edits: BTreeMap<String, BTreeMap<_, TextEdit>> = BTreeMap::new();
    for path in workspace.policy_files() {
        let Some(checked) = workspace.load(&path) else { continue };
        for (span, target) in checked.symbols().uses() {
            let (Some(file), Some(target)) =
                (checked.files.get(span.file.index()), checked.files.get(target.index()))
            else {
                continue;
            };
            let (Some(from), Some(to)) = (&file.path, &target.path) else { continue };
            let (new_from, new_to) = (moved(from), moved(to));
            if new_from == *from && new_to == *to {
                continue;
            }
            let old = relative(from, to);
            let Some(new) = relative(&new_from, &new_to).filter(|new| Some(new) != old.as_ref())
            else {
                continue;
            };
            let edit = TextEdit { range: file.text.range(span), new_text: format!("\"{new}\"") };
            edits.entry(file.uri.0.clone()).or_default().insert(order(edit.range), edit);
        }
    }
    if edits.is_empty() {
        return Ok(None);
    }
    let edits = edits.into_iter();
    let changes = edits.map(|(uri, edits)| (Uri(uri), edits.into_values().collect()));
    let changes: HashMap<Uri, Vec<TextEdit>> = changes.collect();
    Ok(Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }))
}

/// The path of a file as another one has it in a `use`; `None` for what a text cannot say.
fn relative(from: &Path, to: &Path) -> Option<String> {
    let mut parts = Vec::new();
    let mut directory = from.parent()?;
    while !to.starts_with(directory) {
        directory = directory.parent()?;
        parts.push("..");
    }
    for part in to.strip_prefix(directory).ok()?.components() {
        let Component::Normal(part) = part else { return None };
        parts.push(part.to_str()?);
    }
    let path = parts.join("/");
    (!path.contains(['"', '\\']) && !path.contains(char::is_control)).then_some(path)
}
