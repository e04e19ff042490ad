//! The TextMate grammars of the VS Code extension give the words of the corpus the right scopes, and
//! everything that the extension names is there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failed check ends its test"
)]

mod machine;

use insta::assert_snapshot;
use machine::Grammar;
use ninelives_dsl::load::{Front, load_path};
use ninelives_dsl::plan::{Node, NodeKind};
use ninelives_dsl::source::Span;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn extension() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors/vscode")
}

fn json(path: &str) -> Value {
    let text = fs::read_to_string(extension().join(path)).expect(path);
    serde_json::from_str(&text).expect(path)
}

fn language() -> Grammar {
    Grammar::new([json("syntaxes/ninelives.tmLanguage.json")])
}

/// The corpus, file by file.
fn corpus(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "nl"))
        .map(|path| {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            (path, text)
        })
        .collect();
    files.sort();
    files
}

/// Each token with its innermost scope, line by line; blanks left out.
fn shown(grammar: &Grammar, text: &str) -> String {
    let mut shown = String::new();
    for line in grammar.lines(text) {
        let tokens = line.iter().filter(|token| !token.text.trim().is_empty());
        let tokens = tokens.map(|token| {
            let scope = token.scopes.last().map_or("", String::as_str);
            format!("{}‹{}›", token.text.trim(), scope.trim_end_matches(".ninelives"))
        });
        let tokens: Vec<_> = tokens.collect();
        shown.push_str(&tokens.join(" "));
        shown.push('\n');
    }
    shown
}

#[test]
fn every_text_of_the_corpus_has_its_scopes() {
    let grammar = language();
    let texts = corpus("valid").into_iter().map(|(file, text)| {
        format!("── {}\n{}", file.file_name().unwrap().display(), shown(&grammar, &text))
    });
    assert_snapshot!("valid", texts.collect::<String>());
}

/// The layers of a policy with where they stand in the first file.
fn layers(node: &Node, found: &mut Vec<(&'static str, Span)>) {
    match &node.kind {
        NodeKind::Layer(layer) => found.push((layer.kind.entry().name, node.span)),
        NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
            parts.iter().for_each(|part| layers(part, found));
        }
        _ => {}
    }
}

#[test]
fn what_the_parser_takes_for_a_layer_is_coloured_as_one() {
    let grammar = language();
    let mut checked = 0;
    for (path, text) in corpus("valid").into_iter().chain(corpus("peers")) {
        let load = load_path(&path, Front::Text).unwrap();
        let lines = grammar.lines(&text);
        let mut found = Vec::new();
        load.plan.policies.iter().for_each(|policy| layers(&policy.body, &mut found));
        for (name, span) in found.into_iter().filter(|(_, span)| span.file.index() == 0) {
            let (start, end) = (span.start as usize, span.end as usize);
            // Behind its label and its attributes.
            let at = start
                + text[start..end]
                    .rfind(&format!("{name}("))
                    .or(text[start..end].rfind(name))
                    .unwrap();
            let line = text[..at].matches('\n').count();
            let mut column = at - text[..at].rfind('\n').map_or(0, |end| end + 1);
            let token = lines[line].iter().find(|token| {
                let is_here = column < token.text.len();
                column = column.saturating_sub(token.text.len());
                is_here
            });
            let scope = token.and_then(|token| token.scopes.last());
            assert_eq!(
                scope.unwrap(),
                "support.function.layer.ninelives",
                "{}: {name}",
                path.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} layers");
}

/// What is not finished in the line before, and what a grammar might take for the beginning of something long.
const BROKEN: [&str; 8] = [
    "policy a = timeout(",
    "policy a = retry(3, on = timeout |",
    "policy a = timeout(1s) + (retry(3) &",
    "policy a =",
    "template a(b: duration",
    "#[allow(no-jitter",
    "policy a = retry(backoff = exponential(100ms, factor =",
    "} ] ) ; = | & + @ : ,",
];

#[test]
fn a_layer_behind_an_error_is_coloured_as_one() {
    let grammar = language();
    let invalid = corpus("invalid").into_iter().chain(corpus("warnings"));
    let invalid = invalid.map(|(file, text)| (file.display().to_string(), text));
    let broken = BROKEN.map(|text| (text.to_owned(), text.to_owned()));
    for (name, text) in invalid.chain(broken) {
        let lines = grammar.lines(&text);
        let coloured: String =
            lines.iter().flatten().map(|token| token.text).collect::<Vec<_>>().concat();
        assert_eq!(coloured, text.lines().collect::<String>(), "{name}");

        let text = format!(
            "{text}\npolicy next = pass;\npolicy after = timeout(1s) + x: retry(3) | fallback;"
        );
        let lines = grammar.lines(&text);
        // All that follows is inside them, for the parser, too.
        let open = [("comment-open.nl", "comment.block"), ("text-open.nl", "string.quoted.double")];
        if let Some((_, scope)) = open.iter().find(|(file, _)| name.ends_with(file)) {
            let last = lines.last().unwrap()[0].scopes.last().unwrap();
            assert_eq!(last, &format!("{scope}.ninelives"), "{name}");
            continue;
        }
        for layer in ["timeout", "retry", "fallback"] {
            let token = lines.last().unwrap().iter().find(|token| token.text == layer);
            let scope = token.and_then(|token| token.scopes.last()).map(String::as_str);
            assert_eq!(scope, Some("support.function.layer.ninelives"), "{layer} behind {name}");
        }
    }
}

#[test]
fn policies_in_rust_are_coloured_and_the_rest_is_left_to_rust() {
    let grammar = Grammar::new([
        json("syntaxes/ninelives.rust.tmLanguage.json"),
        json("syntaxes/ninelives.tmLanguage.json"),
    ]);
    let text = "let retry = 3;\n\
                let a = policy!(timeout(1s) + (retry(3) | fallback(@cached)));\n\
                let timeout = policy![hedge(after = p95)];\n\
                policy! {\n    /// Search.\n    pub policy search = retry({ if x { 2 } else { 3 } }) + pass;\n}\n\
                fn timeout() {}\n";
    assert_snapshot!("rust", shown(&grammar, text));
}

#[test]
fn everything_that_the_extension_names_is_there() {
    let package = json("package.json");
    let mut files = vec![package["main"].clone()];
    for language in package["contributes"]["languages"].as_array().unwrap() {
        files.push(language["configuration"].clone());
        assert_eq!(language["extensions"], serde_json::json!([".nl"]));
    }
    for grammar in package["contributes"]["grammars"].as_array().unwrap() {
        let path = grammar["path"].as_str().unwrap();
        assert_eq!(json(path)["scopeName"], grammar["scopeName"], "{path}");
        files.push(grammar["path"].clone());
    }
    for file in files {
        assert!(extension().join(file.as_str().unwrap()).exists(), "{file}");
    }
    let dependencies = package["dependencies"].as_object().unwrap();
    assert_eq!(dependencies.keys().collect::<Vec<_>>(), ["vscode-languageclient"]);
    assert!(package["contributes"]["configuration"]["properties"]["ninelives.path"].is_object());
    json("language-configuration.json");
}
