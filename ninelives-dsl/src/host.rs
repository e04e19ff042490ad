//! What a text asks of the host program: `@name` stands for a thing of one kind. NL018 says where
//! there is none, to a program that loads the text, and to a check that only has a list of names.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::plan::{Host, Node, NodeKind, Plan, Value};
use crate::source::Span;
use crate::suggest::nearest;
use std::collections::BTreeSet;

/// The kinds of things that a host program registers under names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostKind {
    /// Makes degraded answers: `fallback(@name)`.
    Handler,
    /// Is called: `to(@name)`.
    Service,
    /// Wraps the guarded service: `… + @name`.
    Layer,
}

impl HostKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Handler, Self::Service, Self::Layer];

    /// Its word. A parameter that takes a thing of a kind is called as the kind is.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Service => "service",
            Self::Layer => "layer",
        }
    }
}

/// A name that a text asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Without the `@`.
    pub name: &'a str,
    /// With the `@`.
    pub span: Span,
    /// What is needed there.
    pub kind: HostKind,
}

/// Every name that the policies of a plan ask for, as often as they do.
pub fn asked(plan: &Plan) -> Vec<Asked<'_>> {
    let mut names = Vec::new();
    for policy in &plan.policies {
        in_node(&policy.body, &mut names);
    }
    names
}

fn in_node<'p>(node: &'p Node, names: &mut Vec<Asked<'p>>) {
    match &node.kind {
        NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
            parts.iter().for_each(|part| in_node(part, names));
        }
        NodeKind::HostLayer(host) => names.extend(name(host, HostKind::Layer)),
        NodeKind::Layer(layer) => {
            for argument in &layer.arguments {
                let mut kinds = HostKind::ALL.into_iter();
                let kind = kinds.find(|it| it.word() == argument.parameter.name);
                if let (Value::Host(host), Some(kind)) = (&argument.value, kind) {
                    names.extend(name(host, kind));
                }
            }
        }
        NodeKind::Pass | NodeKind::Fail | NodeKind::Reference { .. } => {}
    }
}

fn name(host: &Host, kind: HostKind) -> Option<Asked<'_>> {
    match host {
        Host::Name { name, span } => Some(Asked { name, span: *span, kind }),
        Host::Expression(_) => None,
    }
}

impl Asked<'_> {
    /// NL018: the name stands for nothing, or for a thing of another kind. `registered` are all names with what they stand for; `whose` says which things those
    /// are (`for requests of type …`), and `remedy` what to do where there is none of the kind.
    pub fn unprovided<'n>(
        &self,
        registered: impl Iterator<Item = (&'n str, HostKind)> + Clone,
        whose: &str,
        remedy: &str,
    ) -> Diagnostic {
        let Self { name, span, kind } = *self;
        let word = kind.word();
        let other = registered.clone().find(|(known, _)| *known == name);
        let message = match other {
            Some((_, other)) => {
                format!("`@{name}` is a {}, and a {word} is needed here", other.word())
            }
            None => format!("the host program has no {word} `@{name}`"),
        };
        let fitting = registered.filter(|(_, known)| *known == kind).map(|(name, _)| name);
        let suggestion = nearest(name, fitting.clone());
        let suggestion = suggestion.map(|near| format!("did you mean `@{near}`? "));
        let listed: Vec<String> = fitting.map(|name| format!("`@{name}`")).collect();
        let listed = if listed.is_empty() { format!("none; {remedy}") } else { listed.join(", ") };
        let help = format!("{}{word}s {whose}: {listed}", suggestion.unwrap_or_default());
        Diagnostic::error(codes::HOST_NAME, span, message).with_help(help)
    }
}

/// The names that a host program registers, written down: texts are checked without the program.
#[derive(Clone, Debug, Default)]
pub struct HostNames(BTreeSet<(String, HostKind)>);

impl HostNames {
    /// The program registers a thing of this kind under `name`. For different kinds of requests a
    /// name may stand for different kinds of things.
    pub fn insert(&mut self, kind: HostKind, name: impl Into<String>) {
        self.0.insert((name.into(), kind));
    }

    /// Every name with the kind of thing it stands for.
    pub fn iter(&self) -> impl Iterator<Item = (HostKind, &str)> {
        self.0.iter().map(|(name, kind)| (*kind, name.as_str()))
    }

    /// NL018 for each `@name` that asks for what is not in the list, which is written in `file`.
    pub fn check(&self, plan: &Plan, file: &str) -> Vec<Diagnostic> {
        let mut findings = Findings::default();
        for asked in asked(plan) {
            if !self.0.contains(&(asked.name.to_owned(), asked.kind)) {
                let registered = self.0.iter().map(|(name, kind)| (name.as_str(), *kind));
                let remedy = format!("add it to `{}s` of `[host]`", asked.kind.word());
                findings.push(asked.unprovided(registered, &format!("in `{file}`"), &remedy));
            }
        }
        findings.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Front, load_bytes};

    fn found(text: &str) -> Vec<String> {
        let mut names = HostNames::default();
        names.insert(HostKind::Handler, "cached");
        names.insert(HostKind::Service, "us_east");
        let load = load_bytes("a.nl", text.as_bytes(), None, Front::Text);
        assert!(!load.has_errors(), "{:?}", load.diagnostics);
        let say = |it: Diagnostic| {
            let written = load.files[0].slice(it.span);
            format!("{written}: {}; {}", it.message, it.help.unwrap_or_default())
        };
        names.check(&load.plan, "nl.toml").into_iter().map(say).collect()
    }

    #[test]
    fn what_is_listed_is_provided() {
        assert!(found("policy a = timeout(1s) | to(@us_east) | fallback(@cached);").is_empty());
    }

    #[test]
    fn name_that_is_not_listed_or_listed_as_another_kind_is_a_finding() {
        assert_eq!(
            found("policy a = to(@us_esat) | fallback(@us_east); policy b = pass + @trace;"),
            [
                "@us_esat: the host program has no service `@us_esat`; \
                 did you mean `@us_east`? services in `nl.toml`: `@us_east`",
                "@us_east: `@us_east` is a service, and a handler is needed here; \
                 handlers in `nl.toml`: `@cached`",
                "@trace: the host program has no layer `@trace`; \
                 layers in `nl.toml`: none; add it to `layers` of `[host]`",
            ]
        );
    }

    #[test]
    fn name_in_a_template_is_said_once() {
        let text = "policy t(d: duration) = timeout(d) | to(@eu);\n\
                    policy a = t(1s); policy b = t(2s);";
        assert_eq!(found(text).len(), 1);
    }
}
