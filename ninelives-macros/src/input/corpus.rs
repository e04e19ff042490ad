//! The corpus through tokens: a policy means the same in both fronts, and what is wrong with a text
//! is wrong in both, in the same words.

use super::Input;
use ninelives_dsl::explain::explain;
use ninelives_dsl::load::{Front, Load, load_bytes};
use proc_macro2::{Span, TokenStream};
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub(super) fn corpus(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(folder);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if let (true, Ok(text)) = (path.extension().is_some(), fs::read_to_string(&path)) {
            files.push((path, text));
        }
    }
    files.sort();
    files
}

/// The text as the macro sees it; `None` when it is not made of Rust tokens.
fn through_tokens(text: &str) -> Option<String> {
    let tokens = TokenStream::from_str(text).ok()?;
    Some(Input::new(tokens, Span::call_site()).text().to_owned())
}

fn load(path: &Path, text: &str) -> Load {
    load_bytes("corpus", text.as_bytes(), path.parent(), Front::File)
}

fn explained(load: &Load) -> String {
    let policies = load.plan.as_written().into_iter();
    policies.map(|policy| explain(load, policy)).collect()
}

#[test]
fn a_policy_means_the_same_in_both_fronts() {
    let mut compared = 0;
    for (path, text) in corpus("valid") {
        let tokens = through_tokens(&text).unwrap_or_else(|| panic!("{path:?} has no tokens"));
        let (from_text, from_tokens) = (load(&path, &text), load(&path, &tokens));
        assert_eq!(from_tokens.diagnostics, [], "{path:?}");
        assert_eq!(explained(&from_text), explained(&from_tokens), "{path:?}");
        compared += 1;
    }
    println!("{compared} files of the corpus went through tokens");
    assert!(compared > 0);
}

#[test]
fn what_is_wrong_is_said_in_the_same_words_in_both_fronts() {
    let said = |load: &Load| -> Vec<String> {
        let findings = load.diagnostics.iter();
        findings.map(|finding| format!("{} {}", finding.code, finding.message)).collect()
    };
    let mut compared = 0;
    for (path, text) in corpus("invalid") {
        let Some(tokens) = through_tokens(&text) else {
            continue;
        };
        let (from_text, from_tokens) = (load(&path, &text), load(&path, &tokens));
        assert_eq!(said(&from_text), said(&from_tokens), "{path:?}");
        compared += 1;
    }
    println!("{compared} wrong files of the corpus went through tokens");
    assert!(compared > 0);
}
