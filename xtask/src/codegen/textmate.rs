//! The TextMate grammars of the VS Code extension: `.nl` files, and the bodies of `policy!` in Rust. Takes the
//! words of the catalogue.
//!
//! Patterns use nothing that the crate `regex` cannot do, so that a test of ours can run them
//! (`xtask/tests/textmate`).

use super::Files;
use ninelives_dsl::catalogue::{Kind, LATER_POLICIES, POLICIES, VALUE_CALLS, WORDS, units};
use ninelives_dsl::codes;
use ninelives_dsl::value::Class;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

pub(super) const FOLDER: &str = "editors/vscode/syntaxes";

const NAME: &str = r"[A-Za-z_]\w*";
const DIGITS: &str = r"\d[\d_]*(?:\.\d[\d_]*)?";

/// Both grammars.
pub(super) fn files() -> Result<Files, String> {
    let grammars =
        [("ninelives.tmLanguage.json", language()), ("ninelives.rust.tmLanguage.json", in_rust())];
    grammars
        .into_iter()
        .map(|(name, grammar)| {
            let text = serde_json::to_string_pretty(&grammar).map_err(|error| error.to_string())?;
            Ok((Path::new(FOLDER).join(name), text + "\n"))
        })
        .collect()
}

fn language() -> Value {
    json!({
        "name": "Nine Lives",
        "scopeName": "source.ninelives",
        "fileTypes": ["nl"],
        "patterns": includes(&["comments", "attribute", "declaration", "expression"]),
        "repository": {
            "comments": patterns(vec![
                of("comment.line.shebang", "^#!/.*$"),
                of("comment.line.documentation", "//[/!].*$"),
                of("comment.line.double-slash", "//.*$"),
                json!({ "include": "#comment" }),
            ]),
            "comment": block("comment.block", r"/\*", r"\*/", includes(&["comment"])),
            // One that nobody closed ends with the declaration that it stands before.
            "attribute": block("meta.attribute", r"#\s*!?\s*\[", r"\]|;", vec![
                of("keyword.other.attribute", &words(["allow", "deny", "doc"])),
                of("constant.other.finding", &words(codes::all().map(codes::Code::name))),
                json!({ "include": "#text" }),
            ]),
            "declaration": patterns(vec![
                of("storage.modifier.public", &words(["pub"])),
                parts(&format!(r"\b(policy)\s+({NAME})"), &["storage.type.policy", "entity.name.function.policy"]),
                parts(&format!(r"\b(let)\s+({NAME})"), &["storage.type.let", "variable.other.constant"]),
                of("keyword.control.import", &words(["use"])),
            ]),
            "expression": patterns(includes(&[
                "comments", "attribute", "host_expression", "host", "text", "name", "number", "word", "operator",
            ])),
            "host_expression": {
                "name": "meta.embedded.block.rust",
                "begin": r"\{",
                "end": r"\}",
                "captures": { "0": { "name": scope("punctuation.section.embedded") } },
                "patterns": [{ "include": "#host_expression" }, { "include": "source.rust" }],
            },
            "host": parts(&format!(r"(@)\s*({NAME})"), &["punctuation.definition.host", "variable.other.host"]),
            "text": block("string.quoted.double", "\"", "\"", vec![of("constant.character.escape", r"\\.")]),
            "name": patterns(named()),
            "number": patterns(numbers()),
            "word": patterns(bare()),
            "operator": patterns(vec![
                of("keyword.operator.policy", r"[+|&]"),
                of("keyword.operator.range", r"\.\."),
                of("keyword.operator.assignment", "="),
                of("punctuation.separator", r"[,;:]"),
            ]),
        },
    })
}

/// What stands before an `=` or a `:`.
fn named() -> Vec<Value> {
    let types = alternatives(Kind::TEMPLATE.map(|(word, _)| word));
    let any_class = alternatives(classes());
    let policies = POLICIES.iter().flat_map(|entry| entry.parameters).map(|it| it.name);
    let values = VALUE_CALLS.iter().flat_map(|call| call.parameters).map(|it| it.name);
    let parameters = alternatives(policies.chain(values));
    vec![
        parts(
            &format!(r"\b({NAME})\s*(:)\s*({types})\b"),
            &["variable.parameter.template", "punctuation.separator.type", "support.type"],
        ),
        parts(&format!(r"\b({NAME})\s*(:)"), &["entity.name.label", "punctuation.separator.label"]),
        json!({
            "match": format!(r"\b(on)\s*(=)\s*((?:{any_class})\b(?:\s*\|\s*(?:{any_class})\b)*)"),
            "captures": {
                "1": { "name": scope("variable.parameter.layer") },
                "2": { "name": scope("keyword.operator.assignment") },
                "3": { "patterns": [
                    of("constant.language.class", &words(classes())),
                    of("keyword.operator.union", r"\|"),
                ] },
            },
        }),
        parts(
            &format!(r"\b({parameters})\s*(=)"),
            &["variable.parameter.layer", "keyword.operator.assignment"],
        ),
        parts(
            &format!(r"\b({NAME})\s*(=)"),
            &["variable.parameter.template", "keyword.operator.assignment"],
        ),
    ]
}

/// Numbers with what belongs to them, as spread out as a macro may have them.
fn numbers() -> Vec<Value> {
    let (sizes, durations): (Vec<_>, Vec<_>) = units().partition(|unit| unit.ends_with('B'));
    let durations = alternatives(durations.into_iter().chain(["\u{b5}s", "\u{3bc}s"]));
    let number = |name: &str, form: String| of(&format!("constant.numeric.{name}"), &form);
    vec![
        number("rate", format!(r"\b\d[\d_]*\s*/\s*\d*(?:{durations})\b")),
        number("duration", format!(r"\b(?:{DIGITS}(?:{durations}))+\b")),
        number("size", format!(r"\b{DIGITS}(?:{})\b", alternatives(sizes))),
        number("ratio", format!(r"\b{DIGITS}\s*%")),
        number("quantile", r"\bp\d+(?:\s*\.\s*\d+)?\b".to_owned()),
        number("plain", format!(r"\b{DIGITS}\b")),
    ]
}

/// Words of the language; what is left is a name.
fn bare() -> Vec<Value> {
    vec![
        of("support.function.layer", &words(POLICIES.map(|entry| entry.name))),
        of("constant.language.identity", &words(["pass", "fail"])),
        of("support.function.value", &words(VALUE_CALLS.iter().map(|call| call.name))),
        of("constant.language.class", &words(classes())),
        of("constant.language.word", &words(WORDS)),
        of("invalid.illegal.reserved", &words(LATER_POLICIES)),
        of("variable.other.reference", &format!(r"\b{NAME}\b")),
    ]
}

/// The classes of failures. `timeout` is one behind `on =`, and elsewhere the layer.
fn classes() -> impl Iterator<Item = &'static str> {
    Class::FAILURES.into_iter().map(Class::word).chain(["any"])
}

/// The grammar that is injected into Rust.
fn in_rust() -> Value {
    let body = |open: &str, close: &str, inside: &str| {
        json!({
            "name": "meta.embedded.block.ninelives",
            "begin": format!(r"\b(policy)\s*(!)\s*({open})"),
            "end": close,
            "beginCaptures": {
                "1": { "name": "entity.name.function.macro.rust" },
                "2": { "name": "entity.name.function.macro.rust" },
                "3": { "name": "punctuation.section.embedded.ninelives" },
            },
            "endCaptures": { "0": { "name": "punctuation.section.embedded.ninelives" } },
            "patterns": [{ "include": inside }, { "include": "source.ninelives" }],
        })
    };
    json!({
        "name": "Nine Lives in Rust",
        "scopeName": "source.rust.ninelives",
        "injectionSelector": "L:source.rust -comment -string -meta.embedded",
        "patterns": [
            body(r"\(", r"\)", "#round"),
            body(r"\[", r"\]", "#square"),
            body(r"\{", r"\}", "source.ninelives"),
        ],
        "repository": {
            "round": { "begin": r"\(", "end": r"\)", "patterns": [{ "include": "#round" }, { "include": "source.ninelives" }] },
            "square": { "begin": r"\[", "end": r"\]", "patterns": [{ "include": "#square" }, { "include": "source.ninelives" }] },
        },
    })
}

fn scope(name: &str) -> String {
    format!("{name}.ninelives")
}

/// A pattern with one scope.
fn of(name: &str, form: &str) -> Value {
    json!({ "name": scope(name), "match": form })
}

/// A pattern with a scope for each of its groups.
fn parts(form: &str, names: &[&str]) -> Value {
    let captures = (1..)
        .zip(names)
        .map(|(group, name)| (i32::to_string(&group), json!({ "name": scope(name) })));
    json!({ "match": form, "captures": captures.collect::<serde_json::Map<_, _>>() })
}

/// From one mark to another, over lines.
fn block(name: &str, begin: &str, end: &str, patterns: Vec<Value>) -> Value {
    json!({ "name": scope(name), "begin": begin, "end": end, "patterns": patterns })
}

fn patterns(patterns: Vec<Value>) -> Value {
    json!({ "patterns": patterns })
}

fn includes(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| json!({ "include": format!("#{name}") })).collect()
}

/// Any of these words, whole.
fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    format!(r"\b(?:{})\b", alternatives(words))
}

/// The longest first, so that none hides another.
fn alternatives<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let distinct: BTreeSet<_> = words.into_iter().collect();
    let mut words: Vec<_> = distinct.into_iter().collect();
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
    words.join("|")
}
