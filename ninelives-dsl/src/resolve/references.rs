//! What refers to what: one walk over every declaration as it was written, and from it the order in
//! which declarations can be resolved.

use super::names::{Declared, Found, Item, Names};
use crate::ast::{Expression, ExpressionKind, Name, Parameter, PolicyDeclaration};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::graph;
use crate::limits;
use crate::source::{FileId, Span};
use std::collections::HashSet;

/// The order to resolve in, and what to leave out on the way.
#[derive(Debug)]
pub(super) struct References {
    /// Ids of declarations, each after those it refers to.
    pub(super) order: Vec<usize>,
    /// The mentions that close a cycle: reported here, poison to whoever meets them.
    pub(super) cut: HashSet<Span>,
    /// By id: something mentions it.
    pub(super) used: Vec<bool>,
    /// `(from, of)`: the first file mentions something of the second.
    pub(super) used_files: HashSet<(FileId, FileId)>,
    /// The template parameters, by where they are declared, that their template mentions.
    pub(super) used_parameters: HashSet<Span>,
}

/// Walks all declarations.
pub(super) fn references(names: &Names<'_>, findings: &mut Findings) -> References {
    let mut used_parameters = HashSet::new();
    let of = |declared: &Declared<'_>| {
        let mut mentions = Vec::new();
        walk(names, declared.item, &mut |span, to| match to {
            Target::Declared(target) => mentions.push(Mention { target, span }),
            Target::Parameter(name) => {
                used_parameters.insert(name.span);
            }
            Target::Argument(_) => {}
        });
        mentions
    };
    let mentions: Vec<Vec<Mention>> = names.declared.iter().map(of).collect();
    let edges: Vec<Vec<usize>> = mentions
        .iter()
        .map(|mentions| mentions.iter().map(|mention| mention.target).collect())
        .collect();
    let graph = graph::depth_first(&edges);
    let mut cut = HashSet::new();
    let mut used = vec![false; names.declared.len()];
    let mut used_files = HashSet::new();
    let file_of = |id: usize| names.declared.get(id).map(|declared| declared.name.span.file);
    for (from, mentions) in mentions.iter().enumerate() {
        for mention in mentions {
            if graph.cut.contains(&(from, mention.target)) {
                cut.insert(mention.span);
            }
            if let Some(used) = used.get_mut(mention.target) {
                *used = true;
            }
            if let Some(of) = file_of(mention.target).filter(|of| *of != mention.span.file) {
                used_files.insert((mention.span.file, of));
            }
        }
    }
    for cycle in &graph.cycles {
        report_cycle(cycle, names, &mentions, findings);
    }
    References { order: graph.order, cut, used, used_files, used_parameters }
}

/// One error for a cycle, at the member declared first.
fn report_cycle(
    cycle: &[usize],
    names: &Names<'_>,
    mentions: &[Vec<Mention>],
    findings: &mut Findings,
) {
    const SHOWN: usize = 6;
    let first = cycle.iter().enumerate().min_by_key(|(_, id)| **id).map_or(0, |(at, _)| at);
    let round = || cycle.iter().cycle().skip(first).take(cycle.len());
    let Some(start) = round().next().and_then(|id| names.declared.get(*id)) else {
        return;
    };
    let others: Vec<String> = round()
        .skip(1)
        .take(SHOWN)
        .filter_map(|id| names.declared.get(*id))
        .map(|declared| format!("`{}`", declared.name.text))
        .collect();
    let through = match (others.as_slice(), cycle.len() > SHOWN + 1) {
        ([], _) => String::new(),
        (others, false) => format!(" through {}", others.join(", ")),
        (others, true) => {
            format!(" through {} and {} more", others.join(", "), cycle.len() - 1 - SHOWN)
        }
    };
    let message = format!("`{}` refers to itself{through}", start.name.text);
    let mut finding = Diagnostic::error(codes::CYCLE, start.name.span, message)
        .with_help("a policy, template or `let` cannot be made of itself: take one reference out");
    let steps = round().zip(round().cycle().skip(1)).take(SHOWN);
    for (from, to) in steps {
        let mention = mentions
            .get(*from)
            .and_then(|mentions| mentions.iter().find(|mention| mention.target == *to));
        if let (Some(mention), Some(to)) = (mention, names.declared.get(*to)) {
            finding =
                finding.with_label(mention.span, format!("refers to `{}` here", to.name.text));
        }
    }
    findings.push(finding);
}

#[derive(Clone, Copy, Debug)]
struct Mention {
    target: usize,
    span: Span,
}

/// What a name stands for where it is mentioned.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// Index into [`Names::declared`].
    Declared(usize),
    /// A parameter of the template that the mention is in.
    Parameter(&'a Name),
    /// A parameter of the template that is called: the name of an argument.
    Argument(&'a Name),
}

/// Gives every mention in what `item` declares, in the order written.
pub(crate) fn walk<'a>(names: &Names<'a>, item: Item<'a>, seen: &mut dyn FnMut(Span, Target<'a>)) {
    let mut walk = Walk { names, parameters: &[], seen };
    match item {
        Item::Policy(policy) | Item::Template(policy) => walk.policy(policy),
        Item::Let(binding) => walk.expression(&binding.value),
        Item::Broken => {}
    }
}

struct Walk<'w, 'a> {
    names: &'w Names<'a>,
    parameters: &'a [Parameter],
    seen: &'w mut dyn FnMut(Span, Target<'a>),
}

impl<'a> Walk<'_, 'a> {
    fn policy(&mut self, policy: &'a PolicyDeclaration) {
        let parameters = policy.parameters.as_deref().unwrap_or_default();
        for default in parameters.iter().filter_map(|it| it.default.as_ref()) {
            self.expression(default);
        }
        // A template with more is refused.
        self.parameters = parameters.get(..limits::PARAMETERS).unwrap_or(parameters);
        self.expression(&policy.body);
    }

    fn expression(&mut self, expression: &'a Expression) {
        if let ExpressionKind::Call { name, arguments } = &expression.kind {
            let template = self.mention(name);
            let named = arguments.iter().flat_map(|arguments| &arguments.items);
            for argument in named.filter_map(|argument| argument.name.as_ref()) {
                let parameter = template.and_then(|template| parameter(template, argument));
                if let Some(parameter) = parameter {
                    (self.seen)(argument.span, Target::Argument(&parameter.name));
                }
            }
        }
        expression.parts(|part| self.expression(part));
    }

    /// Tells of a name, and gives the template that it is the name of.
    fn mention(&mut self, name: &Name) -> Option<&'a PolicyDeclaration> {
        if let Some(parameter) = self.parameters.iter().find(|it| it.name.text == name.text) {
            (self.seen)(name.span, Target::Parameter(&parameter.name));
            return None;
        }
        let Found::Declared(id) = self.names.find(name) else {
            return None;
        };
        (self.seen)(name.span, Target::Declared(id));
        match self.names.declared.get(id)?.item {
            Item::Template(template) => Some(template),
            Item::Policy(_) | Item::Let(_) | Item::Broken => None,
        }
    }
}

fn parameter<'a>(template: &'a PolicyDeclaration, argument: &Name) -> Option<&'a Parameter> {
    template.parameters.iter().flatten().find(|it| it.name.text == argument.text)
}
