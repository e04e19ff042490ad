//! `#[allow(name)]` and `#[deny(name)]`: what a text says about which part of it.

use super::Settings;
use crate::ast::{Attribute, Declaration, Expression, File};
use crate::codes::Level;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;
use std::collections::HashMap;

/// What the attributes of a load say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Levels(Vec<Said>);

/// One name of one attribute.
#[derive(Clone, Debug)]
struct Said {
    /// What it is said of. Parts lie within one another or apart.
    part: Span,
    name: String,
    level: Level,
}

impl Levels {
    /// Reads the attributes of a file.
    pub(crate) fn read(&mut self, file: &File) {
        let whole = Span::new(file.id, 0, usize::MAX);
        self.add(&file.attributes, whole);
        for declaration in &file.declarations {
            match declaration {
                Declaration::Policy(policy) => {
                    self.add(&policy.attributes, policy.span);
                    let parameters = policy.parameters.as_deref().unwrap_or_default();
                    let defaults = parameters.iter().filter_map(|it| it.default.as_ref());
                    defaults.for_each(|default| self.expression(default));
                    self.expression(&policy.body);
                }
                Declaration::Let(binding) => {
                    self.add(&binding.attributes, binding.span);
                    self.expression(&binding.value);
                }
                Declaration::Use(import) => self.add(&import.attributes, import.span),
                Declaration::Broken { .. } => {}
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        self.add(&expression.attributes, expression.span);
        expression.parts(|part| self.expression(part));
    }

    fn add(&mut self, attributes: &[Attribute], part: Span) {
        for attribute in attributes {
            let level = if attribute.level.text == "deny" { Level::Deny } else { Level::Allow };
            let names = attribute.names.iter().map(|name| name.text.clone());
            self.0.extend(names.map(|name| Said { part, name, level }));
        }
    }

    /// The findings, which are sorted by place, at their levels.
    pub(super) fn apply(
        &self,
        settings: &Settings,
        findings: impl Iterator<Item = Diagnostic>,
    ) -> Vec<Diagnostic> {
        let mut said: Vec<&Said> = self.0.iter().collect();
        // Outer parts before those within; the sort is stable, so of one part the last comes last.
        said.sort_by_key(|said| (said.part.file, said.part.start, u32::MAX - said.part.end));
        let mut said = said.into_iter().peekable();
        // By name: what is said of the parts around the place that the walk has come to.
        let mut around: HashMap<&str, Vec<&Said>> = HashMap::new();
        let place = |span: Span| (span.file, span.start);
        let at_its_level = |mut finding: Diagnostic| {
            while let Some(said) = said.next_if(|said| place(said.part) <= place(finding.span)) {
                let around = around.entry(&said.name).or_default();
                // What is said twice of one part is said by the last.
                let is_over = |it: &mut &Said| it.part == said.part || ends_before(it, said.part);
                while around.pop_if(is_over).is_some() {}
                around.push(said);
            }
            let attribute = around.get_mut(finding.code.name()).and_then(|around| {
                while around.pop_if(|said| ends_before(said, finding.span)).is_some() {}
                around.iter().rfind(|said| said.part.covers(finding.span))
            });
            match settings.level(finding.code, attribute.map(|said| said.level)) {
                Level::Allow => return None,
                Level::Warn => {}
                Level::Deny => finding.severity = Severity::Error,
            }
            Some(finding)
        };
        findings.filter_map(at_its_level).collect()
    }
}

fn ends_before(said: &Said, span: Span) -> bool {
    said.part.file != span.file || said.part.end <= span.start
}
