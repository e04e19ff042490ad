//! rustfmt is a second reader: it lays out the body of `policy!(…)` where that reads as Rust. The
//! tree must not change.

use super::Input;
use super::corpus::corpus;
use ninelives_dsl::ast::Declaration;
use ninelives_dsl::parse::{parse_expression, parse_file};
use ninelives_dsl::source::{FileId, SourceFile};
use proc_macro2::{Span, TokenStream, TokenTree};
use std::io::Write;
use std::process::{Command, Stdio};
use std::str::FromStr;

/// What rustfmt touches although it is not Rust, and then some.
const EXPRESSIONS: [&str; 6] = [
    "timeout(1s)+retry(3)   |   fallback&hedge",
    "bulkhead(64)+retry(max_attempts=3,backoff=exponential(50ms,max=2s),jitter=decorrelated,on=timeout|overloaded)",
    "((timeout(1s))) & (hedge(after=p99.9,budget=budget(20%,min=100/s)) + pass)",
    "hedge(after = p99.9) + retry(budget=budget(20,min=100/s))",
    "timeout({ if a { b } else { c } }) | label: retry(3,)",
    "a_policy_with_a_long_name & another_policy_with_a_long_name + a_third_policy | a_fourth_policy_with_a_name",
];

/// Every policy of the corpus, as an expression.
fn bodies() -> Vec<String> {
    let mut bodies: Vec<String> = EXPRESSIONS.map(str::to_owned).into();
    for (_, text) in corpus("valid") {
        let (file, _) = parse_file(&text, FileId(0));
        let source = SourceFile::new("corpus", text);
        for declaration in &file.declarations {
            if let Declaration::Policy(policy) = declaration {
                bodies.push(source.slice(policy.body.span).to_owned());
            }
        }
    }
    bodies
}

/// The tree without its spans.
fn tree(tokens: TokenStream) -> String {
    let input = Input::new(tokens, Span::call_site());
    let (expression, _) = parse_expression(input.text(), FileId(0));
    let text = format!("{expression:?}");
    let mut parts = text.split("Span {");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |tree, part| tree + part.split_once('}').map_or(part, |(_, rest)| rest))
}

/// The bodies of all `policy!` calls of a Rust file.
fn calls(file: &str) -> Vec<TokenStream> {
    let TokenTree::Group(function) =
        TokenStream::from_str(file).unwrap().into_iter().last().unwrap()
    else {
        panic!("a function ends with its body");
    };
    let tokens = function.stream().into_iter();
    tokens
        .filter_map(|token| match token {
            TokenTree::Group(body) => Some(body.stream()),
            _ => None,
        })
        .collect()
}

fn rustfmt(file: &str) -> Option<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    rustfmt.stdin.take()?.write_all(file.as_bytes()).ok()?;
    let output = rustfmt.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok().filter(|text| output.status.success() && !text.is_empty())
}

#[test]
fn rustfmt_changes_the_layout_and_not_the_tree() {
    let bodies = bodies();
    let calls_of = |body: &String| format!("policy!({body});\n");
    let file = format!("fn f() {{\n{}}}\n", bodies.iter().map(calls_of).collect::<String>());
    let Some(formatted) = rustfmt(&file) else {
        println!("skipped: the component rustfmt is not installed");
        return;
    };
    assert_ne!(formatted, file, "rustfmt lays out nothing");
    let formatted = calls(&formatted);
    assert_eq!(formatted.len(), bodies.len());
    for (body, formatted) in bodies.iter().zip(formatted) {
        let before = tree(TokenStream::from_str(body).unwrap());
        assert_eq!(before, tree(formatted), "{body}");
    }
}
