//! Findings and policies as one JSON object. Keys may be added, never removed or renamed.

use crate::render::Place;
use crate::render::data::{Bounds, Typed};
use ninelives_dsl::codes::{self, Code, Level};
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::explain::{Explained, value};
use ninelives_dsl::load::Load;
use ninelives_dsl::plan::{Host, Layer, Node, NodeKind, Policy};
use serde::Serialize;

/// The object on one line.
pub(super) fn line(codes: &[Code], loads: &[Load]) -> serde_json::Result<String> {
    let policies = loads.iter().flat_map(|load| {
        let policies = load.plan.as_written();
        policies.into_iter().map(|policy| OnePolicy::new(load, policy))
    });
    let report =
        Report { codes: codes.iter().map(OneCode::new).collect(), policies: policies.collect() };
    Ok(serde_json::to_string(&report)? + "\n")
}

#[derive(Serialize)]
struct Report<'l> {
    codes: Vec<OneCode>,
    policies: Vec<OnePolicy<'l>>,
}

#[derive(Serialize)]
struct OneCode {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    level: &'static str,
    summary: &'static str,
    /// Markdown.
    page: String,
    /// A text that has the finding, and what to write instead.
    example: Option<String>,
    instead: Option<String>,
}

impl OneCode {
    fn new(code: &Code) -> Self {
        let severity = if codes::ERRORS.contains(code) { "error" } else { "warning" };
        let level = match code.level() {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        };
        let page = code.page();
        Self {
            code: code.code(),
            name: code.name(),
            severity,
            level,
            summary: code.summary(),
            example: page.example().map(str::to_owned),
            instead: page.instead().map(str::to_owned),
            page: page.to_string(),
        }
    }
}

#[derive(Serialize)]
struct OnePolicy<'l> {
    policy: &'l str,
    file: &'l str,
    line: usize,
    column: usize,
    docs: Vec<&'l str>,
    public: bool,
    entry: bool,
    bounds: Option<Bounds>,
    /// What is sound as often as not, and therefore no warning.
    notes: Vec<Note>,
    body: Part<'l>,
}

#[derive(Serialize)]
struct Note {
    code: &'static str,
    name: &'static str,
    message: String,
}

impl<'l> OnePolicy<'l> {
    fn new(load: &'l Load, policy: &'l Policy) -> Self {
        let place = Place::new(load, policy.span);
        let explained = Explained::new(load, policy);
        Self {
            policy: &policy.name,
            file: place.file,
            line: place.start.line,
            column: place.start.column,
            docs: policy.docs.iter().map(|line| line.trim()).collect(),
            public: policy.public,
            entry: policy.entry,
            bounds: explained.whole().as_ref().map(Bounds::from),
            notes: explained.notes().into_iter().map(Note::from).collect(),
            body: Part::new(load, &explained, &policy.body),
        }
    }
}

impl From<Diagnostic> for Note {
    fn from(note: Diagnostic) -> Self {
        Self { code: note.code.code(), name: note.code.name(), message: note.message }
    }
}

/// A part with its bounds, the worst of its places.
#[derive(Serialize)]
struct Part<'l> {
    #[serde(flatten)]
    what: What<'l>,
    bounds: Option<Bounds>,
}

#[derive(Serialize)]
#[serde(tag = "node", rename_all = "snake_case")]
enum What<'l> {
    Sequence {
        parts: Vec<Part<'l>>,
    },
    Fallback {
        arms: Vec<Part<'l>>,
    },
    ForkJoin {
        arms: Vec<Part<'l>>,
    },
    Layer {
        layer: &'static str,
        path: &'l str,
        stateful: bool,
        parameters: Vec<Parameter>,
    },
    /// The same instance of another policy.
    Reference {
        policy: &'l str,
    },
    HostLayer {
        name: Option<&'l str>,
    },
    Pass,
    Fail,
}

impl<'l> Part<'l> {
    fn new(load: &'l Load, explained: &Explained<'l>, node: &'l Node) -> Self {
        let parts = |parts: &'l [Node]| {
            parts.iter().map(|part| Part::new(load, explained, part)).collect::<Vec<_>>()
        };
        let what = match &node.kind {
            NodeKind::Sequence(inner) => What::Sequence { parts: parts(inner) },
            NodeKind::Fallback(arms) => What::Fallback { arms: parts(arms) },
            NodeKind::ForkJoin(arms) => What::ForkJoin { arms: parts(arms) },
            NodeKind::Layer(layer) => What::layer(load, layer),
            NodeKind::Reference { policy } => {
                let policy = load.plan.policies.get(*policy);
                What::Reference { policy: policy.map_or("", |policy| &policy.name) }
            }
            NodeKind::HostLayer(Host::Name { name, .. }) => What::HostLayer { name: Some(name) },
            NodeKind::HostLayer(Host::Expression(_)) => What::HostLayer { name: None },
            NodeKind::Pass => What::Pass,
            NodeKind::Fail => What::Fail,
        };
        Self { what, bounds: explained.part(node).as_ref().map(Bounds::from) }
    }
}

impl<'l> What<'l> {
    fn layer(load: &Load, layer: &'l Layer) -> Self {
        let entry = layer.kind.entry();
        let parameters = layer.arguments.iter().map(|argument| Parameter {
            name: argument.parameter.name,
            path: format!("{}.{}", layer.path, argument.parameter.name),
            value: Typed::new(&argument.value),
            text: value(load, argument),
            default: argument.written.is_none(),
        });
        Self::Layer {
            layer: entry.name,
            path: &layer.path,
            stateful: entry.stateful,
            parameters: parameters.collect(),
        }
    }
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    path: String,
    value: Typed,
    /// As the language writes it, or what holds without one.
    text: String,
    default: bool,
}
