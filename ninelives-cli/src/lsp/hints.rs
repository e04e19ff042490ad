//! Inlay hints: what a policy comes to, behind its name, and the defaults of a layer that decide what it
//! does and are not written.

use super::failure::Failure;
use super::workspace::{Checked, Document, Workspace};
use gen_lsp_types::{InlayHint, InlayHintKind, InlayHintParams, Label, TextEdit};
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::explain::value;
use ninelives_dsl::plan::{Layer, Node, Value};
use ninelives_dsl::source::{FileId, Span};
use std::collections::BTreeMap;

/// Answers `textDocument/inlayHint`.
pub(super) fn hints(
    workspace: &Workspace<'_>,
    params: &InlayHintParams,
) -> Result<Option<Vec<InlayHint>>, Failure> {
    let (document, checked) = workspace.document(&params.text_document.uri)?;
    let start = document.offset(params.range.start)?;
    // Editors ask for whole lines, and the last one may end the text.
    let end = document.offset(params.range.end).unwrap_or(usize::MAX);
    let seen = Span::new(FileId::default(), start, end);
    let mut hints = BTreeMap::new();
    for policy in &checked.load.plan.policies {
        if seen.covers(policy.span) {
            let whole = checked.explained(policy).whole();
            hints.extend(whole.map(|figures| {
                let hint = format!("[{}]", figures.worst);
                (policy.span.end, bounds(document, policy.span.end, hint))
            }));
        }
        // What a template holds is met at each call of it, and is written once.
        for (node, layer) in policy.layer_nodes() {
            if seen.covers(node.span)
                && let Some((at, text)) = defaults(checked, node, layer)
            {
                hints.entry(at).or_insert_with(|| arguments(document, at, text));
            }
        }
    }
    Ok(Some(hints.into_values().collect()))
}

/// The parameters of a layer whose defaults decide what it does. A breaker's belong together: who writes
/// one of them has thought of the others.
const fn telling(kind: LayerKind) -> (&'static [&'static str], bool) {
    match kind {
        LayerKind::Retry => (&["max_attempts", "backoff", "budget"], false),
        LayerKind::Hedge => (&["after", "budget"], false),
        LayerKind::CircuitBreaker => (&["failure_rate", "window", "min_calls", "cooldown"], true),
        LayerKind::Bulkhead => (&["queue"], false),
        LayerKind::Timeout | LayerKind::Fallback | LayerKind::To => (&[], false),
    }
}

/// What would have to be written to say the same, and where.
fn defaults(checked: &Checked, node: &Node, layer: &Layer) -> Option<(u32, String)> {
    let (names, together) = telling(layer.kind);
    let telling = || layer.arguments.iter().filter(|it| names.contains(&it.parameter.name));
    if together && telling().any(|argument| argument.written.is_some()) {
        return None;
    }
    let unwritten = telling().filter(|it| it.written.is_none() && it.value != Value::Unset);
    let unwritten: Vec<String> = unwritten
        .map(|argument| format!("{} = {}", argument.parameter.name, value(&checked.load, argument)))
        .collect();
    if unwritten.is_empty() {
        return None;
    }
    let list = unwritten.join(", ");
    let written = checked.load.files.first()?.slice(node.span);
    let Some(inside) = written.strip_suffix(')') else {
        return Some((node.span.end, format!("({list})")));
    };
    let inside = inside.trim_end();
    let comma = if inside.ends_with(['(', ',']) { "" } else { ", " };
    Some((node.span.end - 1, format!("{comma}{list}")))
}

fn bounds(document: &Document, at: u32, text: String) -> InlayHint {
    InlayHint { padding_left: Some(true), ..hint(document, at, text) }
}

/// A hint that becomes text when it is accepted.
fn arguments(document: &Document, at: u32, text: String) -> InlayHint {
    let span = Span { file: FileId::default(), start: at, end: at };
    let edit = TextEdit { range: document.text.range(span), new_text: text.clone() };
    let text_edits = Some(vec![edit]);
    InlayHint { kind: Some(InlayHintKind::Parameter), text_edits, ..hint(document, at, text) }
}

fn hint(document: &Document, at: u32, text: String) -> InlayHint {
    InlayHint {
        position: document.text.position(at),
        label: Label::String(text),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: None,
        padding_right: None,
        data: None,
    }
}
