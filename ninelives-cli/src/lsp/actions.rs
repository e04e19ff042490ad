//! Code actions: each certain fix by itself, and all of a file at once, as `nl check --fix` writes them; and
//! what was probably meant, which nobody writes unasked.

use super::failure::Failure;
use super::navigate::order;
use super::workspace::{Checked, Document, Workspace};
use crate::command::check::fix::apart;
use gen_lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, Range, TextEdit,
    WorkspaceEdit,
};
use ninelives_dsl::diagnostic::{Diagnostic, Edit, Fix};
use ninelives_dsl::source::FileId;
use std::borrow::Cow;
use std::collections::HashMap;

/// Everything that is certain, at once.
pub(super) const FIX_ALL: CodeActionKind =
    CodeActionKind::Custom(Cow::Borrowed("source.fixAll.nl"));

/// Answers `textDocument/codeAction`.
pub(super) fn actions(
    workspace: &Workspace<'_>,
    params: &CodeActionParams,
) -> Result<Option<Vec<CodeActionResponse>>, Failure> {
    let (document, checked) = workspace.document(&params.text_document.uri)?;
    // The range is looked at as any other place is.
    document.offset(params.range.start)?;
    let wanted = |kind: &CodeActionKind| {
        let (only, kind) = (params.context.only.as_ref(), kind.as_str());
        only.is_none_or(|only| only.iter().any(|it| is_part(kind, it.as_str())))
    };
    let mut actions = Vec::new();
    if wanted(&CodeActionKind::QuickFix) {
        let fixes = fixes(checked).filter_map(|(finding, fix)| {
            let diagnostic = checked.diagnostic(finding)?;
            let here = meets(diagnostic.range, params.range);
            here.then(|| CodeAction {
                title: title(checked, finding, fix),
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![diagnostic]),
                is_preferred: Some(true),
                edit: Some(edit(document, fix.edits.iter())),
                ..CodeAction::default()
            })
        });
        actions.extend(fixes);
        let guesses = own(checked).filter_map(|finding| {
            let edit = Edit { span: finding.span, replacement: meant(finding)?.to_owned() };
            let diagnostic = checked.diagnostic(finding)?;
            let here = meets(diagnostic.range, params.range);
            here.then(|| CodeAction {
                title: format!("change to `{}`", edit.replacement),
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![diagnostic]),
                edit: Some(self::edit(document, [&edit].into_iter())),
                ..CodeAction::default()
            })
        });
        actions.extend(guesses);
    }
    if wanted(&FIX_ALL) {
        let all: Vec<&Fix> = fixes(checked).map(|(_, fix)| fix).collect();
        let (edits, count) = apart(&all);
        if count > 0 {
            actions.push(CodeAction {
                title: "fix everything that is certain".to_owned(),
                kind: Some(FIX_ALL),
                edit: Some(edit(document, edits.into_values())),
                ..CodeAction::default()
            });
        }
    }
    Ok(Some(actions.into_iter().map(CodeActionResponse::CodeAction).collect()))
}

/// The findings of the document itself.
fn own(checked: &Checked) -> impl Iterator<Item = &Diagnostic> {
    let findings = checked.load.diagnostics.iter();
    findings.filter(|finding| finding.span.file == FileId::default())
}

/// Those that have a certain fix.
fn fixes(checked: &Checked) -> impl Iterator<Item = (&Diagnostic, &Fix)> {
    own(checked).filter_map(|finding| Some((finding, finding.fix.as_ref()?)))
}

/// What was probably meant in the place of a finding: its help names one thing, and nothing is certain.
fn meant(finding: &Diagnostic) -> Option<&str> {
    let help = finding.help.as_deref().filter(|_| finding.fix.is_none())?;
    let (meant, behind) = help.strip_prefix("did you mean `")?.split_once("`?")?;
    // What can be written now: a policy that is reserved would be another error.
    let is_one = behind.is_empty() || meant.starts_with('@');
    (is_one && !meant.contains('`')).then_some(meant)
}

/// `quickfix` is a part of itself and of nothing else, `source.fixAll.nl` of `source` too.
fn is_part(kind: &str, of: &str) -> bool {
    kind.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn meets(left: Range, right: Range) -> bool {
    let (.., line, character) = order(left);
    let starts = |range: Range| (range.start.line, range.start.character);
    starts(left) <= (right.end.line, right.end.character) && starts(right) <= (line, character)
}

fn edit<'e>(document: &Document, edits: impl Iterator<Item = &'e Edit>) -> WorkspaceEdit {
    let edits = edits.map(|edit| TextEdit {
        range: document.text.range(edit.span),
        new_text: edit.replacement.clone(),
    });
    let changes = HashMap::from([(document.uri.clone(), edits.collect())]);
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

/// What a fix does.
fn title(checked: &Checked, finding: &Diagnostic, fix: &Fix) -> String {
    let [Edit { span, replacement: new }] = fix.edits.as_slice() else {
        let said = finding.help.as_deref().unwrap_or(finding.code.name());
        return said.to_owned();
    };
    let old = checked.load.files.first().map_or("", |file| file.slice(*span));
    match (old.trim(), new.trim()) {
        ("", new) => format!("insert `{new}`"),
        (old, "") => format!("remove `{old}`"),
        (old, new) => format!("replace `{old}` with `{new}`"),
    }
}
