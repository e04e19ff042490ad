//! `#[allow(name)]` and `#[deny(name)]`: what a text says about which part of it.

use super::Settings;
use crate::ast::{Attribute, Declaration, Expression, File};
use crate::codes::Level;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;
use std::collections::HashMap;

/// What the attributes of a load say, in the order written.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels(Vec<Said>);

/// One name of one attribute.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// What it is said of, the attribute included. Parts lie within one another or apart.
    pub(super) part: Span,
    pub(super) attribute: Span,
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) level: Level,
}

/// The findings at their levels, and what decided.
pub(super) struct Leveled {
    pub(super) findings: Vec<Diagnostic>,
    /// By name of an attribute, as in [`Levels::said`]: it decided about a finding.
    pub(super) decided: Vec<bool>,
}

impl Levels {
    /// Every name of every attribute.
    pub(super) fn said(&self) -> &[Said] {
        &self.0
    }

    /// Reads the attributes of a file.
    pub(super) fn read(&mut self, file: &File) {
        self.add(&file.attributes, Span::new(file.id, 0, usize::MAX));
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
            self.0.extend(attribute.names.iter().map(|name| Said {
                part: attribute.span.to(part),
                attribute: attribute.span,
                name: name.text.clone(),
                name_span: name.span,
                level,
            }));
        }
    }

    /// Gives each of the findings, which are sorted by place, its level: the attribute of the
    /// smallest part around it decides, and of those the last.
    pub(super) fn apply(
        &self,
        settings: &Settings,
        findings: impl IntoIterator<Item = Diagnostic>,
    ) -> Leveled {
        let mut decided = vec![false; self.0.len()];
        let mut said: Vec<(usize, &Said)> = self.0.iter().enumerate().collect();
        // Outer parts before those within them.
        said.sort_by_key(|(at, it)| (it.part.file, it.part.start, u32::MAX - it.part.end, *at));
        let mut said = said.into_iter().peekable();
        // By name: what is said of the parts around the place that the walk has come to.
        let mut around: HashMap<&str, Vec<(usize, &Said)>> = HashMap::new();
        let place = |span: Span| (span.file, span.start);
        let at_its_level = |mut finding: Diagnostic| {
            while let Some((at, it)) = said.next_if(|(_, it)| place(it.part) <= place(finding.span))
            {
                let around = around.entry(&it.name).or_default();
                let is_over = |before: &mut (usize, &Said)| {
                    before.1.part == it.part || ends_before(before.1.part, it.part)
                };
                while around.pop_if(is_over).is_some() {}
                around.push((at, it));
            }
            let attribute = around.get_mut(finding.code.name()).and_then(|around| {
                while around.pop_if(|it| ends_before(it.1.part, finding.span)).is_some() {}
                around.iter().rfind(|it| it.1.part.covers(finding.span))
            });
            if let Some(decided) = attribute.and_then(|(at, _)| decided.get_mut(*at)) {
                *decided = true;
            }
            match settings.level(finding.code, attribute.map(|(_, said)| said.level)) {
                Level::Allow => return None,
                Level::Warn => {}
                Level::Deny => finding.severity = Severity::Error,
            }
            Some(finding)
        };
        let findings = findings.into_iter().filter_map(at_its_level).collect();
        Leveled { findings, decided }
    }
}

fn ends_before(part: Span, span: Span) -> bool {
    part.file != span.file || part.end <= span.start
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::found;

    const BODY: &str = "timeout(1s) + retry(3, jitter = none)";

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(found(text), expected, "{text}");
    }

    #[test]
    fn attribute_is_about_the_part_it_stands_before() {
        check(&format!("#[allow(no-jitter)] policy p = {BODY};"), &[]);
        check(&format!("#[deny(no-jitter)] policy p = {BODY};"), &["NL104 error none"]);
        check(&format!("#![allow(no-jitter)] policy p = {BODY};"), &[]);
        check(&format!("policy p = #[allow(no-jitter)] ({BODY});"), &[]);
        let other = format!("#[deny(no-jitter)] policy o = timeout(1s); policy p = {BODY};");
        check(&other, &["NL104 warning none"]);
    }

    #[test]
    fn innermost_attribute_decides_and_of_one_part_the_last() {
        let retry = "#[allow(no-jitter)] retry(3, jitter = none)";
        check(&format!("#![deny(no-jitter)] policy p = timeout(1s) + {retry};"), &[]);
        let both = format!(
            "#![allow(unused-allow)] #[allow(no-jitter)] #[deny(no-jitter)] policy p = {BODY};"
        );
        check(&both, &["NL104 error none"]);
        // What follows an inner part is of the outer one again.
        let follows = "retry(2, jitter = none) | timeout(1s) + b: retry(2, jitter = none)";
        let text =
            format!("#[deny(no-jitter)] policy p = timeout(1s) + #[allow(no-jitter)] {follows};");
        check(&text, &["NL104 error none"]);
    }
}
