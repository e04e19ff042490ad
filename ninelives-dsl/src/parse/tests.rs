//! What is said about a text, and the tree that is made of it.

mod declarations;
mod expressions;
mod literals;
mod recovery;
mod robustness;
pub(crate) use robustness::tokens;

use super::{parse_expression, parse_file};
use crate::ast::{Argument, Declaration, Expression, ExpressionKind, File, Literal};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceFile};
use crate::value::Written;
use std::fmt::Write;

/// Each finding as `CODE offset "characters" message | help: … | fix: …`.
fn findings(text: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let file = SourceFile::new("test.nl", text);
    let line = |diagnostic: &Diagnostic| {
        let span = diagnostic.span;
        let characters = file.slice(span);
        let mut line =
            format!("{} {} {characters:?} {}", diagnostic.code, span.start, diagnostic.message);
        for label in &diagnostic.labels {
            let characters = file.slice(label.span);
            write!(line, " | {characters:?} {}", label.message).unwrap();
        }
        if let Some(help) = &diagnostic.help {
            write!(line, " | help: {help}").unwrap();
        }
        for edit in diagnostic.fix.iter().flat_map(|fix| &fix.edits) {
            let characters = file.slice(edit.span);
            write!(line, " | fix: {characters:?} -> {:?}", edit.replacement).unwrap();
        }
        line
    };
    diagnostics.iter().map(line).collect()
}

/// The findings of a file. Each fix mends its mistake.
#[track_caller]
fn check(text: &str, expected: &[&str]) -> File {
    let (file, diagnostics) = parse_file(text, FileId(0));
    assert_eq!(findings(text, &diagnostics), expected, "{text}");
    check_fixes(text, &diagnostics, |text| parse_file(text, FileId(0)).1);
    file
}

#[track_caller]
fn check_fixes(text: &str, diagnostics: &[Diagnostic], parse: fn(&str) -> Vec<Diagnostic>) {
    let offset = |offset: u32| usize::try_from(offset).unwrap();
    for diagnostic in diagnostics {
        if let Some(fix) = &diagnostic.fix {
            let mut mended = text.to_owned();
            for edit in fix.edits.iter().rev() {
                let range = offset(edit.span.start)..offset(edit.span.end);
                mended.replace_range(range, &edit.replacement);
            }
            let same = |left: &Diagnostic| {
                left.message == diagnostic.message && left.span.start == diagnostic.span.start
            };
            assert!(!parse(&mended).iter().any(same), "{mended}");
        }
    }
}

/// The findings of the body of a policy; offsets count from the body.
#[track_caller]
fn check_body(body: &str, expected: &[&str]) {
    let (_, diagnostics) = parse_expression(body, FileId(0));
    assert_eq!(findings(body, &diagnostics), expected, "{body}");
    check_fixes(body, &diagnostics, |body| parse_expression(body, FileId(0)).1);
}

/// The tree of an expression without mistakes, every operator in parentheses.
#[track_caller]
fn check_shape(text: &str, expected: &str) {
    let (expression, diagnostics) = parse_expression(text, FileId(0));
    assert_eq!(findings(text, &diagnostics), [""; 0], "{text}");
    assert_eq!(shape(&expression), expected, "{text}");
}

fn shape(expression: &Expression) -> String {
    let joined = |sign: &str, parts: &[Expression]| {
        let parts: Vec<_> = parts.iter().map(shape).collect();
        format!("({})", parts.join(&format!(" {sign} ")))
    };
    let kind = match &expression.kind {
        ExpressionKind::Sequence(parts) => joined("+", parts),
        ExpressionKind::Fallback(parts) => joined("|", parts),
        ExpressionKind::ForkJoin(parts) => joined("&", parts),
        ExpressionKind::Group(inner) => format!("group{}", shape(inner)),
        ExpressionKind::Call { name, arguments } => match arguments {
            Some(arguments) => {
                let arguments: Vec<_> = arguments.items.iter().map(argument_shape).collect();
                format!("{}({})", name.text, arguments.join(", "))
            }
            None => name.text.clone(),
        },
        ExpressionKind::Host(name) => format!("@{}", name.text),
        ExpressionKind::HostExpression => "{}".to_owned(),
        ExpressionKind::Literal(literal) => literal_shape(literal),
        ExpressionKind::Weighted { weight, policy } => format!("{weight} of {}", shape(policy)),
        ExpressionKind::Shadow { value, shadow } => {
            format!("({} ~ {})", shape(value), shape(shadow))
        }
        ExpressionKind::Poison => "poison".to_owned(),
    };
    let attributes: String = expression
        .attributes
        .iter()
        .map(|attribute| {
            let names: Vec<_> = attribute.names.iter().map(|name| &*name.text).collect();
            format!("#{}({}) ", attribute.level.text, names.join(" "))
        })
        .collect();
    let label = expression.label.as_ref();
    let label = label.map_or(String::new(), |label| format!("{}: ", label.text));
    format!("{attributes}{label}{kind}")
}

fn argument_shape(argument: &Argument) -> String {
    let value = shape(&argument.value);
    match &argument.name {
        Some(name) => format!("{} = {value}", name.text),
        None => value,
    }
}

fn literal_shape(literal: &Literal) -> String {
    match literal {
        Literal::Duration(duration) => Written(*duration).to_string(),
        Literal::Count(count) => count.to_string(),
        Literal::Number(number) => number.to_string(),
        Literal::Ratio(ratio) => ratio.to_string(),
        Literal::Rate(rate) => rate.to_string(),
        Literal::Size(bytes) => format!("{bytes} bytes"),
        Literal::Range(low, high) => format!("{}..{}", literal_shape(low), literal_shape(high)),
        Literal::Quantile(quantile) => quantile.to_string(),
        Literal::Text(text) => format!("{text:?}"),
    }
}

/// Each declaration with what it declares.
fn declarations(file: &File) -> Vec<String> {
    file.declarations
        .iter()
        .map(|declaration| match declaration {
            Declaration::Policy(policy) => {
                let public = if policy.public.is_some() { "pub " } else { "" };
                let parameters = policy.parameters.as_ref().map_or(String::new(), |list| {
                    let list: Vec<_> = list
                        .iter()
                        .map(|parameter| {
                            let default = parameter.default.as_ref();
                            let default =
                                default.map_or(String::new(), |it| format!(" = {}", shape(it)));
                            format!("{}: {}{default}", parameter.name.text, parameter.kind.text)
                        })
                        .collect();
                    format!("({})", list.join(", "))
                });
                let name = &policy.name.text;
                format!("{public}policy {name}{parameters} = {}", shape(&policy.body))
            }
            Declaration::Let(binding) => {
                format!("let {} = {}", binding.name.text, shape(&binding.value))
            }
            Declaration::Use(import) => format!("use {:?}", import.path),
            Declaration::Broken { name } => {
                let name = name.as_ref().map_or("?", |name| name.text.as_str());
                format!("broken {name}")
            }
        })
        .collect()
}
