//! The corpus through the whole load: valid files are clean, invalid ones say what their name says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test panics where something is wrong"
)]

use ninelives_dsl::codes;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::explain::explain;
use ninelives_dsl::load::{Front, Load, load_bytes, load_path};
use ninelives_dsl::source::Span;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn corpus(kind: &str) -> Vec<PathBuf> {
    // Relative, so that messages that name a file are the same everywhere.
    let folder = Path::new("../corpus").join(kind);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "nl"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn place(load: &Load, span: Span) -> String {
    let file = &load.files[span.file.index()];
    let (start, end) = (file.position(span.start), file.position(span.end));
    let name = Path::new(file.name()).file_name().unwrap();
    format!(
        "{} {}:{}-{}:{} `{}`",
        name.to_string_lossy(),
        start.line,
        start.column,
        end.line,
        end.column,
        file.slice(span).escape_debug()
    )
}

fn draw(load: &Load, finding: &Diagnostic) -> String {
    let mut text =
        format!("{} {}\n  at {}\n", finding.code, finding.message, place(load, finding.span));
    for label in &finding.labels {
        writeln!(text, "  {} at {}", label.message, place(load, label.span)).unwrap();
    }
    if let Some(help) = &finding.help {
        writeln!(text, "  help: {help}").unwrap();
    }
    for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
        let at = place(load, edit.span);
        writeln!(text, "  fix: `{}` at {at}", edit.replacement).unwrap();
    }
    text
}

#[test]
fn valid_files_are_clean() {
    for path in corpus("valid") {
        let load = load_path(&path, Front::Text).unwrap();
        let findings: Vec<_> = load.diagnostics.iter().map(|it| draw(&load, it)).collect();
        assert!(findings.is_empty(), "{}: {findings:#?}", path.display());
        assert!(!load.plan.policies.is_empty(), "{}", path.display());
    }
}

#[test]
fn valid_files_resolve_to_these_trees() {
    let mut text = String::new();
    for path in corpus("valid") {
        let load = load_path(&path, Front::Text).unwrap();
        writeln!(text, "==== {}", stem(&path)).unwrap();
        for policy in load.plan.as_written() {
            writeln!(text, "{}", explain(&load, policy)).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn invalid_files_are_refused_in_these_words() {
    let mut text = String::new();
    for path in corpus("invalid") {
        let load = load_path(&path, Front::Text).unwrap();
        writeln!(text, "==== {}", stem(&path)).unwrap();
        for finding in &load.diagnostics {
            text.push_str(&draw(&load, finding));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_first_finding_of_an_invalid_file_is_the_one_it_is_named_after() {
    for path in corpus("invalid") {
        let load = load_path(&path, Front::Text).unwrap();
        let found = load.diagnostics.first().map_or("", |it| it.code.code());
        let stem = stem(&path);
        let (wanted, _) = stem.split_once('-').unwrap();
        assert_eq!(found, wanted, "{}", path.display());
    }
}

#[test]
fn every_code_that_a_text_can_produce_has_a_file() {
    // Paths are counted in `policy!` only; host names are known to the host's registry only.
    let elsewhere = [codes::PATHS, codes::HOST_NAME];
    let named: BTreeSet<String> =
        corpus("invalid").iter().map(|path| stem(path)[..5].to_owned()).collect();
    let codes: BTreeSet<String> = codes::ERRORS
        .iter()
        .filter(|code| !elsewhere.contains(code))
        .map(|code| code.code().to_owned())
        .collect();
    assert_eq!(named, codes);
}

fn sound(load: &Load) {
    let spans = load.diagnostics.iter().flat_map(|finding| {
        let labels = finding.labels.iter().map(|label| label.span);
        let fix = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        std::iter::once(finding.span).chain(labels).chain(fix)
    });
    for span in spans {
        let file = &load.files[span.file.index()];
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(file.text().get(start..end).is_some(), "{span:?} of {:?}", file.text());
    }
}

fn corpus_texts() -> impl Strategy<Value = Vec<u8>> {
    let texts: Vec<Vec<u8>> = corpus("valid")
        .into_iter()
        .chain(corpus("invalid"))
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    prop::sample::select(texts)
}

/// What texts are mutated with: tokens of the language rather than bytes, so that most results
/// reach the resolver.
const TOKENS: &[&str] = &[
    "+",
    "|",
    "&",
    "(",
    ")",
    ",",
    ";",
    "=",
    "~",
    ":",
    " 1s ",
    " 3 ",
    " 50% ",
    " p95 ",
    " @a ",
    " a ",
    " t ",
    " retry(0) ",
    " timeout ",
    " fallback ",
    " full ",
    " { x } ",
    " fail ",
    " pass ",
    "policy a = ",
    "policy t(x: policy) = ",
    "let a = ",
    "use \"x.nl\";",
    " budget(20%) ",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_texts_never_panic_and_every_span_is_one_of_its_text(
        mut text in corpus_texts(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12usize, prop::sample::select(TOKENS)), 1..6),
        front in prop::sample::select(&[Front::Text, Front::Macro][..]),
    ) {
        for (at, cut, token) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            text.splice(at..end, token.bytes());
        }
        let load = load_bytes("mutated.nl", &text, None, front);
        if load.diagnostics.iter().all(|it| it.code != codes::ENCODING) {
            sound(&load);
        }
        for policy in &load.plan.policies {
            prop_assert!(!explain(&load, policy).is_empty());
        }
    }
}
