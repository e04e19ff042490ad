//! Inlay hints: what a policy comes to, behind its name, and the defaults of a layer that decide what it
//! does and are not written.

use super::failure::Failure;
use super::workspace::{Checked, Document, Workspace};
use gen_lsp_types::{InlayHint, InlayHintKind, InlayHintParams, Label, TextEdit, Tooltip};
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::explain::value;
use ninelives_dsl::plan::{Argument, Layer, Node, Value};
use ninelives_dsl::source::{FileId, Span};
use std::borrow::Cow;
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
                && let Some(defaults) = defaults(checked, node, layer)
            {
                hints.entry(defaults.at).or_insert_with(|| arguments(document, defaults));
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

/// Defaults that are not written: in short, and as they would have to be written to say the same.
struct Defaults {
    at: u32,
    short: String,
    whole: String,
    /// The same without what joins it to the call.
    all: String,
}

/// How many defaults of a layer are shown; the tooltip has all.
const SHOWN: usize = 2;

fn defaults(checked: &Checked, node: &Node, layer: &Layer) -> Option<Defaults> {
    let (names, together) = telling(layer.kind);
    let telling = || layer.arguments.iter().filter(|it| names.contains(&it.parameter.name));
    if together && telling().any(|argument| argument.written.is_some()) {
        return None;
    }
    let unwritten = telling().filter(|it| it.written.is_none() && it.value != Value::Unset);
    let row = |argument: &Argument| (argument.parameter.name, value(&checked.load, argument));
    let rows: Vec<_> = unwritten.map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let whole: Vec<_> = rows.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let short = rows.iter().take(SHOWN);
    let mut short: Vec<_> =
        short.map(|(name, value)| format!("{name} = {}", in_short(value))).collect();
    if rows.len() > SHOWN {
        short.push("…".to_owned());
    }
    let written = checked.load.files.first()?.slice(node.span);
    let (at, before, behind) = match written.strip_suffix(')').map(str::trim_end) {
        None => (node.span.end, "(", ")"),
        Some(inside) if inside.ends_with(['(', ',']) => (node.span.end - 1, "", ""),
        Some(_) => (node.span.end - 1, ", ", ""),
    };
    let (short, all) = (short.join(", "), whole.join(", "));
    let text = |list: &str| format!("{before}{list}{behind}");
    Some(Defaults { at, short: text(&short), whole: text(&all), all })
}

/// A value without its own parts that have defaults: those of a default are they.
fn in_short(value: &str) -> Cow<'_, str> {
    match value.split_once(", ") {
        Some((first, _)) => match first.strip_prefix("budget(") {
            // A budget by its share is what a share alone is.
            Some(share) => Cow::Borrowed(share),
            None => Cow::Owned(format!("{first})")),
        },
        None => Cow::Borrowed(value),
    }
}

fn bounds(document: &Document, at: u32, text: String) -> InlayHint {
    InlayHint { padding_left: Some(true), ..hint(document, at, text) }
}

/// A hint that becomes text when it is accepted.
fn arguments(document: &Document, defaults: Defaults) -> InlayHint {
    let Defaults { at, short, whole, all } = defaults;
    let span = Span { file: FileId::default(), start: at, end: at };
    let tooltip = (short != whole).then_some(Tooltip::String(all));
    let edit = TextEdit { range: document.text.range(span), new_text: whole };
    let text_edits = Some(vec![edit]);
    InlayHint {
        kind: Some(InlayHintKind::Parameter),
        text_edits,
        tooltip,
        ..hint(document, at, short)
    }
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
