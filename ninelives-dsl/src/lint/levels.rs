//! `#[allow(name)]` and `#[deny(name)]`: what is said of which part of a text.

use crate::ast::{Attribute, Declaration, Expression, File};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;

/// What the attributes of a load say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Levels(Vec<Level>);

#[derive(Clone, Debug)]
struct Level {
    /// The part that the attribute stands before; `None` is the whole of its file.
    part: Option<Span>,
    attribute: Span,
    name: String,
    denies: bool,
}

impl Levels {
    /// Reads the attributes of a file.
    pub(crate) fn read(&mut self, file: &File) {
        self.add(&file.attributes, None);
        for declaration in &file.declarations {
            match declaration {
                Declaration::Policy(policy) => {
                    self.add(&policy.attributes, Some(policy.span));
                    self.expression(&policy.body);
                }
                Declaration::Let(binding) => self.expression(&binding.value),
                Declaration::Use(_) | Declaration::Broken { .. } => {}
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        self.add(&expression.attributes, Some(expression.span));
        expression.parts(|part| self.expression(part));
    }

    fn add(&mut self, attributes: &[Attribute], part: Option<Span>) {
        for attribute in attributes {
            self.0.extend(attribute.names.iter().map(|name| Level {
                part,
                attribute: attribute.span,
                name: name.text.clone(),
                denies: attribute.level.text == "deny",
            }));
        }
    }

    /// The findings at their levels: the attribute of the smallest part around a finding decides,
    /// and of one part the last.
    pub(super) fn apply(&self, findings: impl Iterator<Item = Diagnostic>) -> Vec<Diagnostic> {
        let level = |finding: &Diagnostic| {
            let named = self.0.iter().filter(|level| level.name == finding.code.name());
            let around = named.filter(|level| match level.part {
                Some(part) => part.covers(finding.span),
                None => level.attribute.file == finding.span.file,
            });
            let size = |level: &&Level| level.part.map_or(u32::MAX, |part| part.end - part.start);
            around.rev().min_by_key(size).map(|level| level.denies)
        };
        findings
            .filter_map(|mut finding| match level(&finding) {
                Some(true) => {
                    finding.severity = Severity::Error;
                    Some(finding)
                }
                Some(false) => None,
                None => Some(finding),
            })
            .collect()
    }
}
