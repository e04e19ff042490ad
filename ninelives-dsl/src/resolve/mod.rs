//! Stop 4 of 9: from what was written to what will run. Takes the parsed files of a load, gives the
//! plan: names looked up, values typed and in range, templates expanded, defaults written out,
//! paths given. What cannot be resolved is reported once and left out of the plan, with everything
//! that is made of it; the rest is still looked at.

mod arguments;
mod attributes;
mod calls;
mod kind;
mod layer;
mod meter;
pub(crate) mod names;
mod paths;
mod policy;
pub(crate) mod references;
mod refusals;
pub(crate) mod suggestions;
mod template;
#[cfg(test)]
mod tests;
mod unused;
mod value;

use crate::ast::{Declaration, Expression, File, LetDeclaration, Name, PolicyDeclaration};
use crate::catalogue::{Kind, ParameterEntry};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::limits;
use crate::load::{Front, Imports};
use crate::plan::{Plan, Policy, Value};
use crate::source::FileId;
use meter::{Exceeded, Meter, Size};
use names::{Declared, Item, Names};
use paths::Parent;
use references::References;
use std::rc::Rc;
use template::{Frame, Template};
pub(crate) use unused::{Unused, UnusedKind};
use value::{Form, Term};

/// What is resolved.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    /// Imported files before those that use them.
    pub(crate) files: Vec<&'a File>,
    /// By file id: its name as the user knows it.
    pub(crate) file_names: Vec<&'a str>,
    /// By file id: what it uses.
    pub(crate) imports: &'a [Imports],
    /// The length of all texts together.
    pub(crate) text_bytes: usize,
    /// Which front reads the text.
    pub(crate) front: Front,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// The policies that could be resolved, each after those it refers to.
    pub(crate) plan: Plan,
    /// The policies, by index, that the host runs directly as far as one can tell: written `pub`,
    /// or entries that no other declaration mentions.
    pub(crate) roots: Vec<usize>,
    /// What nothing mentions.
    pub(crate) unused: Vec<Unused>,
}

/// Resolves a load.
pub(crate) fn resolve(input: &Input<'_>, findings: &mut Findings) -> Resolved {
    let declarations = input.files.iter().flat_map(|file| &file.declarations);
    let mut policies = declarations.filter_map(|declaration| match declaration {
        Declaration::Policy(policy) => Some(policy),
        _ => None,
    });
    if let Some(policy) = policies.nth(limits::POLICIES) {
        let message = format!("a load has at most {} policies", limits::POLICIES);
        findings.push(Diagnostic::error(codes::LIMIT, policy.name.span, message));
        return Resolved::default();
    }
    for file in &input.files {
        attributes::check(file, findings);
    }
    let mut resolver = Resolver::new(input, findings);
    resolver.run();
    resolver.finish()
}

/// Resolves an expression that stands alone, as a value for `parameter` of one of the kinds `wanted`;
/// whether it is in range is not asked.
pub(crate) fn resolve_value(
    expression: &Expression,
    wanted: &[Kind],
    parameter: &ParameterEntry,
    findings: &mut Findings,
) -> Option<Value> {
    let input = Input {
        files: Vec::new(),
        file_names: vec![""],
        imports: &[Imports::default()],
        text_bytes: 0,
        front: Front::Text,
    };
    let mut resolver = Resolver::new(&input, findings);
    let term = resolver.term(expression, &Frame::default(), wanted)?;
    let form = resolver.fit(term, wanted, expression.span, Some(parameter))?;
    layer::value(form, &parameter.default)
}

/// What became of a declaration.
#[derive(Clone, Debug)]
enum Done<'a> {
    /// Index into the plan; `None` when something in it is wrong.
    Policy(Option<usize>),
    Template(Rc<Template<'a>>),
    Let(Option<Term>),
    /// Fits everything.
    Poison,
}

/// What users of a policy must know of it.
#[derive(Clone, Copy, Debug)]
struct Facts {
    size: Size,
    terminal: bool,
}

/// The state of resolving one load. The stages are methods in the files beside this one.
struct Resolver<'a, 'f> {
    front: Front,
    file_names: &'f [&'a str],
    names: Names<'a>,
    references: References,
    /// By declaration.
    done: Vec<Done<'a>>,
    /// By policy of the plan.
    facts: Vec<Facts>,
    meter: Meter,
    plan: Plan,
    /// The name being declared: never suggested.
    declaring: &'a str,
    /// How many more declared names may be compared with unknown ones.
    comparisons: usize,
    /// How many may be looked at for that.
    looks: usize,
    findings: &'f mut Findings,
}

impl<'a, 'f> Resolver<'a, 'f> {
    fn new(input: &'f Input<'a>, findings: &'f mut Findings) -> Self {
        let names = Names::declare(&input.files, input.imports, findings);
        let references = references::references(&names, findings);
        Self {
            front: input.front,
            file_names: &input.file_names,
            done: vec![Done::Poison; names.declared.len()],
            facts: Vec::new(),
            meter: Meter::new(input.text_bytes),
            plan: Plan::default(),
            declaring: "",
            comparisons: suggestions::COMPARISONS,
            looks: suggestions::LOOKS,
            names,
            references,
            findings,
        }
    }

    fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    fn run(&mut self) {
        for id in std::mem::take(&mut self.references.order) {
            let Some(declared) = self.names.declared.get(id).copied() else {
                continue;
            };
            if self.meter.is_spent() {
                return;
            }
            self.declaring = &declared.name.text;
            let done = match declared.item {
                Item::Policy(policy) => Done::Policy(self.policy(policy)),
                Item::Template(template) => Done::Template(Rc::new(self.template(template))),
                Item::Let(binding) => Done::Let(self.binding(binding)),
                Item::Broken => Done::Poison,
            };
            if let Some(slot) = self.done.get_mut(id) {
                *slot = done;
            }
        }
    }

    /// The index of a policy in the plan.
    fn policy(&mut self, declaration: &'a PolicyDeclaration) -> Option<usize> {
        self.meter.begin();
        let mut parent = Parent::policy(&declaration.name.text);
        let part = self.lower(&declaration.body, &Frame::default(), &mut parent);
        let size = match self.meter.end() {
            Ok(size) => size,
            Err(exceeded) => {
                self.report_exceeded(exceeded, &declaration.name);
                return None;
            }
        };
        let part = part?;
        self.facts.push(Facts { size, terminal: part.terminal });
        self.plan.policies.push(Policy {
            name: declaration.name.text.clone(),
            span: declaration.name.span,
            docs: declaration.docs.clone(),
            public: declaration.public.is_some(),
            entry: false,
            body: part.node,
        });
        Some(self.plan.policies.len() - 1)
    }

    /// The value of a `let`, by its own form.
    fn binding(&mut self, declaration: &'a LetDeclaration) -> Option<Term> {
        let value = &declaration.value;
        let term = self.term(value, &Frame::default(), &[])?;
        let (found, help) = match &term.form {
            Form::Policy => {
                ("a policy".to_owned(), format!("write `policy {} = …`", declaration.name.text))
            }
            Form::Value(word @ (Value::Off | Value::Jitter(_))) => {
                let word = match word {
                    Value::Jitter(jitter) => jitter.word(),
                    _ => "off",
                };
                (format!("the word `{word}`"), format!("write `{word}` where it is used"))
            }
            Form::Word(word) => {
                (format!("the word `{word}`"), format!("write `{word}` where it is used"))
            }
            Form::Value(_) | Form::Budget(_) | Form::Later(_) => return Some(term),
        };
        let message = format!("a `let` holds a value, and this is {found}");
        self.report(Diagnostic::error(codes::WRONG_TYPE, value.span, message).with_help(help));
        None
    }

    fn report_exceeded(&mut self, exceeded: Exceeded, name: &Name) {
        let who = &name.text;
        let message = match exceeded {
            Exceeded::Policy => format!(
                "`{who}` has more than {} nodes once templates and references are expanded",
                limits::NODES_PER_POLICY
            ),
            Exceeded::Load => format!(
                "the load has more than {} nodes per 64 KiB of text once `{who}` is expanded",
                limits::NODES_PER_TEXT
            ),
            Exceeded::Depth => format!(
                "`{who}` is more than {} levels deep once templates and references are expanded",
                limits::NESTING
            ),
        };
        self.report(
            Diagnostic::error(codes::LIMIT, name.span, message)
                .with_help("divide it, or refer to a policy instead of expanding a template"),
        );
    }

    fn finish(mut self) -> Resolved {
        let first = FileId::default();
        let policies = || self.names.declared.iter().filter_map(policy_of);
        let some_public = policies().any(|it| it.name.span.file == first && it.public.is_some());
        // What could not be read may mention any policy.
        let all_read = self.names.is_complete();
        let unused = if all_read { self.unused(some_public) } else { Vec::new() };
        let mut roots = Vec::new();
        for (id, done) in self.done.iter().enumerate() {
            let Done::Policy(Some(index)) = done else {
                continue;
            };
            let Some(policy) = self.plan.policies.get_mut(*index) else {
                continue;
            };
            policy.entry = policy.span.file == first && (policy.public || !some_public);
            let unused = self.references.used.get(id) == Some(&false);
            if policy.entry && (policy.public || (unused && all_read)) {
                roots.push(*index);
            }
        }
        Resolved { plan: self.plan, roots, unused }
    }
}

fn policy_of<'a>(declared: &Declared<'a>) -> Option<&'a PolicyDeclaration> {
    match declared.item {
        Item::Policy(policy) | Item::Template(policy) => Some(policy),
        Item::Let(_) | Item::Broken => None,
    }
}
