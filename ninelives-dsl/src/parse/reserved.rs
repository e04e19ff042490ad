//! Words that no declaration, parameter or label may have as its name: they would change what other
//! texts mean, or they cannot be names of Rust items, which `policy!` makes of them.

use super::literals::is_quantile;
use crate::catalogue;
use crate::value::Class;

/// Why `word` cannot be declared, or `None` when it can.
pub(super) fn reserved(word: &str) -> Option<&'static str> {
    let is = |words: &[&str]| words.contains(&word);
    if catalogue::policy(word).is_some() || is(&catalogue::LATER_POLICIES) || is(&["pass", "fail"])
    {
        Some("it is a policy of the language")
    } else if is(&catalogue::VALUE_CALLS) || is(&catalogue::WORDS) {
        Some("it is a value of the language")
    } else if Class::FAILURES.iter().any(|class| class.word() == word) || is(&CLASSES) {
        Some("it is an outcome class")
    } else if is_quantile(word) {
        Some("it is a quantile")
    } else if is_structure(word) || is_later(word) {
        Some("it is a word of the language")
    } else if is(&RUST) || word.bytes().all(|byte| byte == b'_') {
        Some("it cannot be a name in Rust")
    } else {
        None
    }
}

/// True for a word that begins or joins declarations.
pub(super) fn is_structure(word: &str) -> bool {
    matches!(word, "policy" | "let" | "use" | "pub" | "as")
}

/// True for a word that begins a declaration of a later version.
pub(super) fn is_later(word: &str) -> bool {
    ["scenario", "saga", "upstream", "route"].contains(&word)
}

/// `success`, and the later parts of `rejected`.
const CLASSES: [&str; 4] = ["success", "open", "limited", "any"];

const RUST: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "try", "type", "typeof", "unsafe",
    "unsized", "use", "virtual", "where", "while", "yield", "false", "true",
];
