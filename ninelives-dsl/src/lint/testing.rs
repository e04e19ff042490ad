//! What the tests of the rules share.

use super::{Settings, notes, warnings};
use crate::bounds::Analysis;
use crate::codes::{Code, Level};
use crate::diagnostic::Diagnostic;
use crate::load::{Front, Load, load_bytes};

/// A sound text.
#[track_caller]
pub(super) fn load(text: &str) -> Load {
    let load = load_bytes("test", text.as_bytes(), None, Front::Text);
    assert!(!load.has_errors(), "{text}: {:?}", load.diagnostics);
    load
}

fn policy(body: &str) -> String {
    format!("policy p = {body};")
}

/// Each finding as `CODE severity text`.
fn places(load: &Load, findings: &[Diagnostic]) -> Vec<String> {
    let place = |it: &Diagnostic| {
        let written = load.files[it.span.file.index()].slice(it.span);
        format!("{} {} {written}", it.code.code(), it.severity.word())
    };
    findings.iter().map(place).collect()
}

/// The findings of a text.
#[track_caller]
pub(super) fn found(text: &str) -> Vec<String> {
    let load = load(text);
    places(&load, &warnings(&load, &Settings::default()))
}

/// The policy has this one warning, at this text.
#[track_caller]
pub(super) fn warns(code: Code, body: &str, at: &str) {
    assert_eq!(found(&policy(body)), [format!("{code} warning {at}")], "{body}");
}

/// The policy has no warning.
#[track_caller]
pub(super) fn silent(body: &str) {
    assert_eq!(found(&policy(body)), Vec::<String>::new(), "{body}");
}

/// The policy's only warning.
#[track_caller]
fn only(text: &str) -> Diagnostic {
    let load = load(text);
    let mut findings = warnings(&load, &Settings::default());
    assert_eq!(findings.len(), 1, "{text}: {findings:?}");
    findings.remove(0)
}

/// What is said of the policy's only mistake.
#[track_caller]
pub(super) fn message(body: &str) -> String {
    only(&policy(body)).message
}

/// What is said to do about it.
#[track_caller]
pub(super) fn help(body: &str) -> String {
    only(&policy(body)).help.unwrap_or_default()
}

/// What is noted of the policy beside its bounds, under that code; each as `text: message`.
#[track_caller]
pub(super) fn noted(code: Code, body: &str) -> Vec<String> {
    assert_eq!(code.level(), Level::Allow);
    let load = load(&policy(body));
    let mut analysis = Analysis::new(&load.plan);
    analysis.policy(0);
    let notes = notes(&load, &load.plan.policies[0], &analysis).into_iter();
    let notes = notes.filter(|note| note.code == code);
    notes.map(|it| format!("{}: {}", load.files[0].slice(it.span), it.message)).collect()
}

/// The text after the only fix of its only finding.
#[track_caller]
pub(super) fn fixed(text: &str) -> String {
    let edits = only(text).fix.into_iter().flat_map(|fix| fix.edits);
    let mut text = text.to_owned();
    for edit in edits.collect::<Vec<_>>().iter().rev() {
        let range = edit.span.start as usize..edit.span.end as usize;
        text.replace_range(range, &edit.replacement);
    }
    text
}
