//! Hover, completion and go to definition inside the macros, asked of a real language server. Where
//! the component `rust-analyzer` is not installed the test says so and passes, unless `NINELIVES_EDITOR` is
//! set: then it is to be there.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what helps a test fails as a test does"
)]

mod client;

use client::Client;
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Three bodies: declarations, a type, a value.
const TEXT: &str = r#"use ninelives::{PolicyError, host, policy};

#[host]
fn cached(_: Option<()>, _: Option<Result<u8, PolicyError<u8>>>) -> u8 { 0 }

mod policies {
    use super::cached;

    ninelives::policy! {
        /// How long anybody waits.
        let patience = 100ms;

        policy limit(of: duration) = timeout(of);

        /// Guards the search.
        pub policy search = limit(patience) | fallback(@cached);

        policy calm = retry(backoff = exponential(50ms, max = 2s));

        pub policy api = bulkhead(64, queue = 8, wait = 1s) + search + calm;
    }
}

type Guard = policy!(<timeout(1s) | fallback(@cached)>);

mod shop {
    ninelives::policies!("shop.nl");
}

fn main() {
    let _ = shop::checkout;
    let guard: Guard = policy!(timeout(1s) | fallback(@cached));
    let _ = policy!(timeout(1s) + retry(max_attempts = 3, jitter = equal) | fallback(@cached));
    let _ = (guard, policies::api);
}
"#;

const SHOP: &str = "/// Guards the checkout.\npolicy checkout = timeout(1s);\n";

const SEARCH: &str = "pub policy search";
const RETRY: &str = "policy calm";
const API: &str = "pub policy api";
const TYPE: &str = "type Guard";
const VALUE: &str = "jitter = equal";

/// A package beside the tests' other output that depends on the facade.
fn package() -> (PathBuf, PathBuf) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor");
    let facade = Path::new(env!("CARGO_MANIFEST_DIR"));
    let main = root.join("src/main.rs");
    fs::create_dir_all(root.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"edited\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nninelives = {{ path = {facade:?} }}\n\n[workspace]\n"
    );
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::copy(facade.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    fs::write(root.join("src/shop.nl"), SHOP).unwrap();
    fs::write(&main, TEXT).unwrap();
    (root, main)
}

/// The first line that holds `part`, and its number.
fn line<'t>(text: &'t str, part: &str) -> (usize, &'t str) {
    let mut lines = text.lines().enumerate();
    lines.find(|(_, line)| line.contains(part)).unwrap_or_else(|| panic!("no line with `{part}`"))
}

/// The end of the last `word` in the first line that holds `part`.
fn place(text: &str, part: &str, word: &str) -> Value {
    let (number, line) = line(text, part);
    let column = line.rfind(word).expect("the word is in the line");
    json!({ "line": number, "character": column + word.len() })
}

#[test]
fn editors_understand_the_inside_of_the_macros() {
    let version = Command::new("rust-analyzer").arg("--version").output();
    if !version.is_ok_and(|version| version.status.success()) {
        let required = std::env::var_os("NINELIVES_EDITOR").is_some();
        assert!(!required, "the component rust-analyzer is not installed, or does not run");
        // Past the capture of a test that passes.
        let skipped = b"\nSKIPPED: the component rust-analyzer is not installed\n";
        io::stderr().write_all(skipped).unwrap();
        return;
    }
    let (root, main) = package();
    let mut client = Client::start(&root, &main, TEXT);
    hover(&mut client);
    definition(&mut client);
    completion(&mut client);
}

/// The words of the language show what the catalogue says, names what their author wrote.
fn hover(client: &mut Client) {
    for (part, word, shown) in [
        (VALUE, "retry", "tries again after a failure"),
        (VALUE, "max_attempts", "the first call included"),
        (VALUE, "equal", "a jitter"),
        (VALUE, "cached", "struct cached"),
        (RETRY, "exponential", "is multiplied each time"),
        (RETRY, "max", "the longest wait"),
        (API, "bulkhead", "bounds the calls in flight"),
        (API, "queue", "how many calls may wait"),
        (API, "search", "Guards the search."),
        (SEARCH, "limit", "of"),
        (SEARCH, "patience", "How long anybody waits."),
        (TYPE, "cached", "struct cached"),
        ("let _ = shop", "checkout", "Guards the checkout."),
    ] {
        let text = client.hover(place(TEXT, part, word));
        assert!(text.contains(shown), "`{word}` in `{part}` shows {text:?}");
    }
}

/// Names lead to where they were declared: in the same macro, or in Rust.
fn definition(client: &mut Client) {
    for (part, word, declared) in [
        (VALUE, "cached", "fn cached"),
        (TYPE, "cached", "fn cached"),
        (SEARCH, "cached", "fn cached"),
        (SEARCH, "limit", "policy limit"),
        (SEARCH, "patience", "let patience"),
        (API, "search", SEARCH),
    ] {
        let lines = client.definition(place(TEXT, part, word));
        assert!(lines.contains(&line(TEXT, declared).0), "`{word}` in `{part}` leads to {lines:?}");
    }
}

/// While a text is being written there are no items yet, and still something to offer.
fn completion(client: &mut Client) {
    for (part, written, word, offered) in [
        (VALUE, "policy!(timeout(1s) + ret)", "ret", "retry"),
        (VALUE, "policy!(retry(max_a))", "max_a", "max_attempts"),
        (VALUE, "policy!(retry(jitter = fu))", "fu", "full"),
        (API, "pub policy api = timeout(1s) + sea;", "sea", "search"),
        (API, "pub policy api = timeout(of = pat);", "pat", "patience"),
        (API, "policy api = retry(backoff = linear(1s, ma));", "ma", "max"),
        (API, "pub policy api = lim(patience);", "lim", "limit"),
        (API, "pub policy api = fallback(@cac);", "cac", "cached"),
        (TYPE, "type Guard = policy!(<fallback(@cached)>);", "cached", "cached"),
    ] {
        let (_, before) = line(TEXT, part);
        let after = match part {
            VALUE => format!("let _ = {written};"),
            _ => written.to_owned(),
        };
        let text = TEXT.replace(before, &after);
        client.change(&text);
        let words = client.completion(place(&text, written, word));
        assert!(words.iter().any(|word| word == offered), "`{written}` offers {words:?}");
    }
}
