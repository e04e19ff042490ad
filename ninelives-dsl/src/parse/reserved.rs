//! Words that no declaration, parameter or label may have as its name: they would change what other
//! texts mean, or they cannot be names of Rust items, which `policy!` makes of them.

use super::literals::is_quantile;
use crate::catalogue::{LATER_POLICIES, POLICIES, VALUE_CALLS, WORDS};
use crate::value::Class;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Why `word` cannot be declared, or `None` when it can.
pub(super) fn reserved(word: &str) -> Option<&'static str> {
    if is_quantile(word) {
        return Some("it is a quantile");
    }
    if is_underscores(word) {
        return Some(RUST);
    }
    RESERVED.get(word).copied()
}

/// Why `@word` cannot be a thing of the host program, or `None` when it can.
pub(super) fn reserved_for_host(word: &str) -> Option<&'static str> {
    (is_underscores(word) || RUST_KEYWORDS.contains(&word)).then_some(RUST)
}

fn is_underscores(word: &str) -> bool {
    word.bytes().all(|byte| byte == b'_')
}

/// Asked for every name: one look-up instead of a hundred comparisons.
static RESERVED: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let policies = POLICIES.iter().map(|policy| policy.name);
    let policies = policies.chain(LATER_POLICIES).chain(["pass", "fail"]);
    let classes = Class::FAILURES.iter().map(|class| class.word());
    let groups: [(&str, Vec<&str>); 6] = [
        (RUST, RUST_KEYWORDS.to_vec()),
        (
            "it is a value of the language",
            VALUE_CALLS.iter().map(|call| call.name).chain(WORDS).collect(),
        ),
        ("it is an outcome class", classes.collect()),
        ("it is reserved for an outcome class", LATER_CLASSES.to_vec()),
        ("it is a word of the language", [&STRUCTURE[..], &LATER].concat()),
        ("it is a policy of the language", policies.collect()),
    ];
    let reasons = groups.into_iter();
    reasons.flat_map(|(reason, words)| words.into_iter().map(move |word| (word, reason))).collect()
});

const RUST: &str = "it is a keyword of Rust";

/// True for a word that begins or joins declarations.
pub(super) fn is_structure(word: &str) -> bool {
    STRUCTURE.contains(&word)
}

/// True for a word that begins a declaration of a later version.
pub(super) fn is_later(word: &str) -> bool {
    LATER.contains(&word)
}

/// The words that begin and join declarations.
const STRUCTURE: [&str; 5] = ["policy", "let", "use", "pub", "as"];

/// The words that begin the declarations of a later version.
const LATER: [&str; 4] = ["scenario", "saga", "upstream", "route"];

/// `success`, and the later parts of `rejected`: no text can name them yet.
const LATER_CLASSES: [&str; 3] = ["success", "open", "limited"];

const RUST_KEYWORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "try", "type", "typeof", "unsafe",
    "unsized", "use", "virtual", "where", "while", "yield", "false", "true",
];
