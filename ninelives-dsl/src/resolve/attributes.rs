//! The names in `#[allow(…)]` and `#[deny(…)]`: each is the name of a finding. A misspelt one would
//! silence nothing, or deny nothing, without a word.

use crate::ast::{Attribute, Declaration, Expression, File, Name};
use crate::codes::{self, Code};
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::suggest::nearest;

/// Reports every name that no finding has.
pub(super) fn check(file: &File, findings: &mut Findings) {
    attributes(&file.attributes, findings);
    for declaration in &file.declarations {
        match declaration {
            Declaration::Policy(policy) => {
                attributes(&policy.attributes, findings);
                let parameters = policy.parameters.as_deref().unwrap_or_default();
                for default in parameters.iter().filter_map(|it| it.default.as_ref()) {
                    expression(default, findings);
                }
                expression(&policy.body, findings);
            }
            Declaration::Let(binding) => {
                attributes(&binding.attributes, findings);
                expression(&binding.value, findings);
            }
            Declaration::Use(import) => attributes(&import.attributes, findings),
            Declaration::Broken { .. } => {}
        }
    }
}

fn expression(expression: &Expression, findings: &mut Findings) {
    attributes(&expression.attributes, findings);
    expression.parts(|part| self::expression(part, findings));
}

fn attributes(attributes: &[Attribute], findings: &mut Findings) {
    for name in attributes.iter().flat_map(|attribute| &attribute.names) {
        if !codes::all().any(|code| code.name() == name.text) {
            findings.push(unknown(name));
        }
    }
}

fn unknown(name: &Name) -> Diagnostic {
    let text = &name.text;
    if let Some(code) = codes::all().find(|code| code.code().eq_ignore_ascii_case(text)) {
        let message = format!("`{text}` is a code, and attributes hold names");
        return Diagnostic::error(codes::UNKNOWN_NAME, name.span, message)
            .with_help(format!("write its name: `{}`", code.name()))
            .with_fix(name.span, code.name());
    }
    let message = format!("unknown finding `{text}`");
    let finding = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
    if let Some(code) = codes::find(&text.replace('_', "-")) {
        return finding
            .with_help(format!("names are written with hyphens: `{}`", code.name()))
            .with_fix(name.span, code.name());
    }
    match nearest(text, codes::all().map(Code::name)) {
        Some(near) => finding.with_help(format!("did you mean `{near}`?")),
        None => finding.with_help("a finding has the name that stands behind its code"),
    }
}
