//! Any bytes have a verdict: findings that stand inside the text and are one line each, and fixes
//! that can be applied.

use ninelives_dsl::catalogue;
use ninelives_dsl::decode::decode;
use ninelives_dsl::diagnostic::{Diagnostic, Fix};
use ninelives_dsl::limits;
use ninelives_dsl::lint::{Settings, warnings};
use ninelives_dsl::load::{Front, load_bytes, load_expression, load_value};
use ninelives_dsl::source::{FileId, SourceFile, Span};

/// No value that a person writes is longer; every parameter is asked about one.
const LONGEST_VALUE: usize = 128;

/// Reads the bytes as a file, as both kinds of macro body and as a value of each parameter.
pub fn run(bytes: &[u8]) {
    for front in [Front::Text, Front::Macro, Front::File] {
        let load = load_bytes("fuzz.nl", bytes, None, front);
        check(&load.files, &load.diagnostics);
        check(&load.files, &warnings(&load, &Settings::default()));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let load = load_expression("it", text, Front::Macro);
    check(&load.files, &load.diagnostics);
    check(&load.files, &warnings(&load, &Settings::default()));
    if text.len() <= LONGEST_VALUE {
        values(text);
    }
}

/// What the control plane does with a text from outside.
fn values(text: &str) {
    // Places count the text without what decoding takes out.
    let read = decode(text.as_bytes(), FileId::default()).unwrap_or_else(|_| text.to_owned());
    let file = SourceFile::new("value", read);
    for parameter in catalogue::POLICIES.iter().flat_map(|policy| policy.parameters) {
        match load_value(text, parameter, None) {
            Ok(value) => drop(parameter.check(&value)),
            Err(findings) => check(std::slice::from_ref(&file), &findings),
        }
    }
}

/// Checks what must hold of the findings on these files.
pub(crate) fn check(files: &[SourceFile], findings: &[Diagnostic]) {
    assert!(findings.len() <= limits::ERRORS + 1, "{} findings", findings.len());
    for finding in findings {
        let labels = finding.labels.iter().map(|label| label.span);
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        for span in labels.chain(edits).chain([finding.span]) {
            assert!(is_inside(files, span), "{finding:?}");
        }
        let labels = finding.labels.iter().map(|label| &label.message);
        for line in labels.chain(&finding.help).chain([&finding.message]) {
            assert!(!line.contains(char::is_control), "{line:?}");
        }
        assert!(finding.fix.as_ref().is_none_or(is_applicable), "{finding:?}");
    }
}

/// True when the span is a range of whole characters of its file.
fn is_inside(files: &[SourceFile], span: Span) -> bool {
    let range = usize::try_from(span.start).ok().zip(usize::try_from(span.end).ok());
    let file = files.get(span.file.index());
    file.zip(range).is_some_and(|(file, (start, end))| file.text().get(start..end).is_some())
}

/// True when the edits are in one file, by place and apart.
fn is_applicable(fix: &Fix) -> bool {
    fix.edits.windows(2).all(|pair| {
        let [one, next] = pair else { return false };
        one.span.file == next.span.file && one.span.end <= next.span.start
    })
}
