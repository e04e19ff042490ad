//! Hover: what stands under the cursor, its documentation, and what it comes to.

use super::failure::Failure;
use super::workspace::{Changed, Checked, Place, Workspace};
use gen_lsp_types::{Contents, Hover, HoverParams};
use ninelives_dsl::catalogue::{
    Default, Kind, LATER_POLICIES, ParameterEntry, PolicyEntry, ValueCall, ValueParameter,
};
use ninelives_dsl::codes::Code;
use ninelives_dsl::editor::{Bound, Standing, Symbol, SymbolKind, standing, tokens};
use ninelives_dsl::explain::{summary, value};
use ninelives_dsl::plan::{Argument, Layer, Node, Policy, Value};
use ninelives_dsl::source::{FileId, Span};
use std::fmt::Write;

/// Answers `textDocument/hover`.
pub(super) fn hover(
    workspace: &Workspace<'_>,
    params: &HoverParams,
) -> Result<Option<Hover>, Failure> {
    let place = workspace.place(&params.text_document_position_params)?;
    let checked = place.checked;
    let file = FileId::default();
    let found = standing(checked.symbols(), file, checked.text(), place.offset);
    Ok(found.and_then(|(standing, span)| {
        let mut text = describe(checked, standing, span)?;
        if let Standing::Symbol(id) = standing {
            text.extend(instance(workspace, &place, id, span));
        }
        Some(Hover {
            contents: Contents::MarkupContent(workspace.client.markup(text)),
            range: Some(place.document.text.range(span)),
        })
    }))
}

/// Loading a text of more bytes once more takes longer than a hover may.
const CHEAP: usize = 1 << 20;

/// What a call of a template comes to: the bounds that it has as a policy of its own, written at the end
/// of the text. None for one that is no policy by itself: its values are parameters of a template around
/// it, or it needs the deadline that is around it.
fn instance(
    workspace: &Workspace<'_>,
    place: &Place<'_>,
    symbol: usize,
    span: Span,
) -> Option<String> {
    let symbols = place.checked.symbols();
    let template = symbols.get(symbol).filter(|it| it.kind == SymbolKind::Template)?;
    let text = place.checked.text();
    if template.span == span || text.len() > CHEAP {
        return None;
    }
    let call = call(text.get(usize::try_from(span.start).ok()?..)?)?;
    let path = place.checked.files.first()?.path.as_ref()?;
    let free = |name: &String| !text.contains(name.as_str());
    let name = (0..).map(|at| format!("this_call{at}")).find(free)?;
    let text = format!("{text}\npolicy {name} = {call};\n");
    let checked = workspace.read(path, &Changed::from([(path.clone(), text)]))?;
    let figures = checked.explained(checked.load.plan.policy(&name)?).whole()?;
    Some(format!("\n{}\n```text\n{}```\n", code(call), summary(&figures)))
}

/// The call that a text begins with.
fn call(text: &str) -> Option<&str> {
    let mut depth = 0_u32;
    let mut end = 0;
    for token in tokens(text).filter(|token| !token.is_comment()) {
        if token.is_mark("(") {
            depth += 1;
        } else if token.is_mark(")") {
            depth = depth.checked_sub(1)?;
        } else if end > 0 && depth == 0 {
            break;
        }
        end = token.end();
        if token.is_mark(")") && depth == 0 {
            break;
        }
    }
    text.get(..end).filter(|_| depth == 0)
}

/// What there is to say of it, as Markdown.
fn describe(checked: &Checked, standing: Standing<'_>, span: Span) -> Option<String> {
    Some(match standing {
        Standing::Symbol(id) => symbol(checked, checked.symbols().get(id)?),
        Standing::Layer(entry) => layer(checked, entry, span),
        Standing::Word(word) => self::word(word)?,
        Standing::Parameter(entry, row) | Standing::Value(Bound::Policy(entry, row)) => {
            parameter(entry, row)
        }
        Standing::ValueParameter(call, row) | Standing::Value(Bound::Value(call, row)) => {
            value_parameter(call, row)
        }
        Standing::Value(Bound::Template(id)) => symbol(checked, checked.symbols().get(id)?),
        Standing::ValueCall(call) => value_call(call),
        Standing::Class(class) => format!("outcome class `{class}`: {}", class.summary()),
        Standing::Jitter(jitter) => format!("jitter `{jitter}`: {}", jitter.summary()),
        Standing::Type(kind) => kind.phrase().to_owned(),
        Standing::Host(name) => host(checked, name),
        Standing::Finding(code) => finding(code),
        Standing::File(file) => {
            let name = checked.load.files.get(file.index())?.name();
            format!("`{name}`\n\n{}", checked.symbols().docs(file).join("\n"))
        }
    })
}

/// A declared name: its declaration, its documentation, and the bounds of a policy.
fn symbol(checked: &Checked, symbol: &Symbol) -> String {
    let source = checked.load.files.get(symbol.span.file.index());
    let written = |span: Span| source.map_or("", |file| file.slice(span));
    let mut text = match symbol.kind {
        SymbolKind::Broken => return String::from("a declaration that cannot be read"),
        SymbolKind::Parameter => format!("parameter\n{}", code(written(symbol.whole))),
        SymbolKind::Label => {
            let parent = symbol.parent.and_then(|id| checked.symbols().get(id));
            let parent = parent.map_or("", |parent| &parent.name);
            return format!("label `{}` of a part of `{parent}`: its name in paths", symbol.name);
        }
        SymbolKind::Policy | SymbolKind::Template | SymbolKind::Let => {
            code(&format!("{};", written(symbol.whole)))
        }
    };
    if !symbol.docs.is_empty() {
        let _ = write!(text, "\n{}\n", symbol.docs.join("\n"));
    }
    if symbol.kind == SymbolKind::Policy {
        let policy = checked.load.plan.policy(&symbol.name);
        // Of two that have the name, the plan has one.
        let policy = policy.filter(|policy| policy.span == symbol.span);
        let figures = policy.and_then(|policy| checked.explained(policy).whole());
        let bounds = figures.map(|figures| summary(&figures));
        let bounds = bounds.unwrap_or_else(|| NO_BOUNDS.to_owned());
        let _ = write!(text, "\n```text\n{bounds}```\n");
    }
    text
}

const NO_BOUNDS: &str = "no bounds: it has errors, or what it refers to has\n";

/// A policy of the language: what it does, what it takes, and what that comes to in this place.
fn layer(checked: &Checked, entry: &PolicyEntry, span: Span) -> String {
    let rows = entry.parameters.iter().map(|row| row.name);
    let signature = format!("{}({})", entry.name, rows.collect::<Vec<_>>().join(", "));
    let mut text = format!("{}\n{}\n", code(&signature), entry.summary);
    let here = places(checked, span);
    let _ = match here.as_slice() {
        [(policy, node, layer)] => {
            let explained = checked.explained(policy);
            let worst = explained.part(node).map(|figures| format!(": {}", figures.worst));
            write!(text, "\n`{}`{}\n", layer.path, worst.unwrap_or_default())
        }
        [] => Ok(()),
        places => write!(text, "\nin {} places of expanded templates\n", places.len()),
    };
    let argument = |row: &ParameterEntry| {
        let arguments =
            here.first().filter(|_| here.len() == 1).map(|(.., layer)| &layer.arguments);
        arguments.into_iter().flatten().find(|argument| argument.parameter.name == row.name)
    };
    text.push('\n');
    for row in entry.parameters {
        let holds = match argument(row) {
            Some(argument) => in_force(checked, argument),
            None => default(row),
        };
        let _ = writeln!(text, "- `{}` {holds}: {}", row.name, row.doc);
    }
    text
}

fn in_force(checked: &Checked, argument: &Argument) -> String {
    let holds = value(&checked.load, argument);
    match (&argument.value, argument.written) {
        (Value::Unset, _) => format!("({holds})"),
        (_, None) => format!("= `{holds}` (default)"),
        (_, Some(_)) => format!("= `{holds}`"),
    }
}

fn default(row: &ParameterEntry) -> String {
    match &row.default {
        Default::Required => "(required)".to_owned(),
        Default::Is(Value::Unset) => format!("({})", row.unset),
        Default::Is(value) => format!("= `{value}` (default)"),
    }
}

/// The layers that are written there: several in a template that is called several times.
fn places(checked: &Checked, span: Span) -> Vec<(&Policy, &Node, &Layer)> {
    let policies = checked.load.plan.policies.iter();
    let layers = policies.flat_map(|policy| {
        policy.layer_nodes().into_iter().map(move |(node, layer)| (policy, node, layer))
    });
    layers
        .filter(|(_, node, _)| (node.span.file, node.span.start) == (span.file, span.start))
        .collect()
}

fn parameter(entry: &PolicyEntry, row: &ParameterEntry) -> String {
    let mut text = format!("`{}` of `{}`: {}\n", row.name, entry.name, row.doc);
    let _ = write!(text, "\n- takes {}\n- {}\n", Kind::phrases(row.accepts), holds(row));
    let range = row.range.to_string();
    if !range.is_empty() {
        let _ = writeln!(text, "- range {range}");
    }
    if row.adaptive {
        text.push_str("- can be set while requests run\n");
    }
    text
}

fn holds(row: &ParameterEntry) -> String {
    match &row.default {
        Default::Required => "required".to_owned(),
        Default::Is(Value::Unset) => format!("default: {}", row.unset),
        Default::Is(value) => format!("default `{value}`"),
    }
}

fn value_call(call: &ValueCall) -> String {
    let rows = call.parameters.iter().map(|row| row.name);
    let signature = format!("{}({})", call.name, rows.collect::<Vec<_>>().join(", "));
    let mut text = format!("{}\n{}: {}\n\n", code(&signature), call.gives.phrase(), call.summary);
    for row in call.parameters {
        let _ = writeln!(text, "- `{}`, {}: {}", row.name, row.kind.phrase(), row.doc);
    }
    text
}

fn value_parameter(call: &ValueCall, row: &ValueParameter) -> String {
    format!("`{}` of `{}`, {}: {}", row.name, call.name, row.kind.phrase(), row.doc)
}

fn word(word: &str) -> Option<String> {
    let says = match word {
        "pass" => "calls the service as it is",
        "fail" => "fails at once; its error is neutral",
        "policy" => "declares a policy, or a template when parameters follow its name",
        "let" => "names a value",
        "use" => "makes what another file declares visible in this one",
        "pub" => "for the program that loads the file, and for other files",
        "off" => "without it",
        "any" => "every failure",
        word if LATER_POLICIES.contains(&word) => "reserved; it cannot be run yet",
        _ => return None,
    };
    Some(format!("`{word}`: {says}"))
}

fn host(checked: &Checked, name: &str) -> String {
    let kinds = checked.hosts.iter().filter(|(_, known)| known == name);
    let kinds: Vec<_> = kinds.map(|(kind, _)| kind.word()).collect();
    format!("`@{name}`: a {} of the host program", kinds.join(" or "))
}

/// The first paragraph of the page.
fn finding(code: Code) -> String {
    let page = code.page().to_string();
    let first = page.split("\n\n").next().unwrap_or("").trim();
    format!("{code} {}\n\n{first}\n\n`nl explain {code}` says more.", code.name())
}

fn code(text: &str) -> String {
    format!("```nl\n{text}\n```\n")
}
