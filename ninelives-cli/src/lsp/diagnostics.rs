//! Findings as the client shows them: what `nl check` says, at its place.

use super::workspace::{Checked, Workspace};
use gen_lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Message, Uri,
};
use ninelives_dsl::codes;
use ninelives_dsl::diagnostic::{self, Severity};
use ninelives_dsl::source::Span;
use std::collections::{BTreeMap, HashSet};

/// What is published of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Published {
    /// Of an open document.
    pub(super) version: Option<i32>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The findings of all open documents and of what they use, by URI; each once, however many loads bring
/// it.
pub(super) fn all(workspace: &Workspace<'_>) -> BTreeMap<String, Published> {
    let mut all: BTreeMap<String, Published> = BTreeMap::new();
    let mut seen = HashSet::new();
    for (document, _) in workspace.documents() {
        let version = Some(document.version);
        all.insert(document.uri.0.clone(), Published { version, diagnostics: Vec::new() });
    }
    for (_, checked) in workspace.documents() {
        for finding in &checked.load.diagnostics {
            let Some(location) = checked.location(finding.span) else { continue };
            let Uri(uri) = &location.uri;
            let diagnostic::Diagnostic { span, code, message, .. } = finding;
            if seen.insert((uri.clone(), span.start, span.end, *code, message.clone())) {
                let published = all.entry(uri.clone()).or_default();
                published.diagnostics.push(convert(checked, finding, &location));
            }
        }
    }
    all
}

/// A finding of a load.
fn convert(checked: &Checked, finding: &diagnostic::Diagnostic, location: &Location) -> Diagnostic {
    let labels = finding.labels.iter().filter_map(|label| {
        let location = checked.location(label.span)?;
        Some(DiagnosticRelatedInformation { location, message: label.message.clone() })
    });
    let labels: Vec<_> = labels.collect();
    let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}"));
    let message = format!("{}{}", finding.message, help.unwrap_or_default());
    let unnecessary = UNNECESSARY.contains(&finding.code);
    Diagnostic {
        range: location.range,
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::Error,
            _ => DiagnosticSeverity::Warning,
        }),
        code: Some(Code::String(finding.code.code().to_owned())),
        source: Some(SOURCE.to_owned()),
        message: Message::String(message),
        tags: unnecessary.then(|| vec![DiagnosticTag::Unnecessary]),
        related_information: (!labels.is_empty()).then_some(labels),
        ..Diagnostic::default()
    }
}

/// What editors call the one who found it.
const SOURCE: &str = "nl";

/// What can be left out without a difference.
const UNNECESSARY: [codes::Code; 4] =
    [codes::UNREACHABLE, codes::DEAD_ARM, codes::UNUSED, codes::UNUSED_ALLOW];

impl Checked {
    /// A place of the load as the client calls it.
    pub(super) fn location(&self, span: Span) -> Option<Location> {
        let file = self.files.get(span.file.index())?;
        Some(Location { uri: file.uri.clone(), range: file.text.range(span) })
    }

    /// A finding of the load as it is published.
    pub(super) fn diagnostic(&self, finding: &diagnostic::Diagnostic) -> Option<Diagnostic> {
        let location = self.location(finding.span)?;
        Some(convert(self, finding, &location))
    }
}
