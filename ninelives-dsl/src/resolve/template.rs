//! Templates: their parameters, what a call binds them to, and the expansion. A template is checked
//! once by itself; only one that is sound is expanded, so a mistake in it is reported once.

use super::Resolver;
use super::arguments::Signature;
use super::kind;
use super::paths::Parent;
use super::policy::Part;
use super::value::{Form, Term};
use crate::ast::{Arguments, Expression, ExpressionKind, Name, Parameter, PolicyDeclaration};
use crate::catalogue::Kind;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::source::Span;
use crate::suggest;
use std::rc::Rc;

/// A template, ready to be called.
#[derive(Debug)]
pub(super) struct Template<'a> {
    pub(super) declaration: &'a PolicyDeclaration,
    parameters: Vec<TemplateParameter<'a>>,
    /// Its parameters are known: a call can be judged.
    callable: bool,
    /// Its body can be expanded.
    sound: bool,
}

#[derive(Debug)]
struct TemplateParameter<'a> {
    name: &'a Name,
    /// `None` for an unknown type, which was reported.
    kind: Option<Kind>,
    default: Option<Bound<'a, 'a>>,
}

/// A call of a template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) name: &'a Name,
    pub(super) label: Option<&'a Name>,
    pub(super) arguments: Option<&'a Arguments>,
    /// Name and arguments.
    pub(super) span: Span,
}

/// What a parameter stands for within one expansion.
#[derive(Clone, Debug)]
pub(super) enum Bound<'a, 'p> {
    Value(Term),
    /// A policy, to be expanded where the parameter is mentioned, with the names of where it was
    /// written.
    Policy(&'a Expression, Option<&'p Frame<'a, 'p>>),
    /// Any policy: the template is being checked by itself.
    AnyPolicy,
    /// Was reported; fits every type.
    Poison,
}

/// The parameters in force; empty outside a template.
#[derive(Debug, Default)]
pub(super) struct Frame<'a, 'p> {
    bound: Vec<(&'a str, Bound<'a, 'p>)>,
    /// The call in the policy's own text that led here: what the call hands in is to blame for
    /// what a sound template cannot do with it.
    pub(super) call: Option<Span>,
}

impl<'a, 'p> Frame<'a, 'p> {
    /// What that name is bound to, if it is a parameter.
    pub(super) fn bound(&self, name: &str) -> Option<&Bound<'a, 'p>> {
        self.bound.iter().find(|(parameter, _)| *parameter == name).map(|(_, bound)| bound)
    }

    /// The parameters' names.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.bound.iter().map(|(name, _)| *name)
    }
}

impl<'a> Resolver<'a, '_> {
    /// Checks a template by itself: defaults where it has them, any value of the type elsewhere.
    pub(super) fn template(&mut self, declaration: &'a PolicyDeclaration) -> Template<'a> {
        let mut callable = true;
        let mut parameters: Vec<TemplateParameter<'a>> = Vec::new();
        let declared = declaration.parameters.as_deref().unwrap_or_default();
        if let Some(parameter) = declared.get(limits::PARAMETERS) {
            let message = format!("a template has at most {} parameters", limits::PARAMETERS);
            self.report(
                Diagnostic::error(codes::LIMIT, parameter.name.span, message)
                    .with_help("divide the template"),
            );
            return Template { declaration, parameters, callable: false, sound: false };
        }
        for parameter in declared {
            let same = |it: &&TemplateParameter<'_>| it.name.text == parameter.name.text;
            if let Some(first) = parameters.iter().find(same) {
                let message = format!("parameter `{}` is declared twice", parameter.name.text);
                let first = first.name.span;
                self.report(
                    Diagnostic::error(codes::DUPLICATE, parameter.name.span, message)
                        .with_label(first, "first declared here")
                        .with_help("choose another name"),
                );
                callable = false;
                continue;
            }
            let parameter = self.template_parameter(parameter);
            parameters.push(parameter);
        }
        let bound = parameters.iter().map(|parameter| {
            let bound = match (&parameter.default, parameter.kind) {
                (Some(default), _) => default.clone(),
                (None, Some(Kind::Policy)) => Bound::AnyPolicy,
                (None, Some(kind)) => {
                    Bound::Value(Term { form: Form::Later(kind), origin: parameter.name.span })
                }
                (None, None) => Bound::Poison,
            };
            (parameter.name.text.as_str(), bound)
        });
        let frame = Frame { bound: bound.collect(), call: None };
        self.meter.begin();
        let mut parent = Parent::policy(&declaration.name.text);
        let body = self.lower(&declaration.body, &frame, &mut parent);
        if let Err(exceeded) = self.meter.end() {
            self.report_exceeded(exceeded, &declaration.name);
        }
        Template { declaration, parameters, callable, sound: body.is_some() }
    }

    fn template_parameter(&mut self, parameter: &'a Parameter) -> TemplateParameter<'a> {
        let kind = Kind::TEMPLATE
            .into_iter()
            .find(|(word, _)| *word == parameter.kind.text)
            .map(|(_, kind)| kind);
        if kind.is_none() {
            let words = Kind::TEMPLATE.map(|(word, _)| word);
            let message = format!("unknown type `{}`", parameter.kind.text);
            let help = suggest::nearest(&parameter.kind.text, words).map_or_else(
                || format!("the types are `{}`", words.join("`, `")),
                |near| format!("did you mean `{near}`?"),
            );
            self.report(
                Diagnostic::error(codes::UNKNOWN_NAME, parameter.kind.span, message)
                    .with_help(help),
            );
        }
        let default = parameter.default.as_ref().map(|default| match kind {
            Some(Kind::Policy) => Bound::Policy(default, None),
            Some(kind) => self.bind(kind, default, &Frame::default()),
            None => Bound::Poison,
        });
        TemplateParameter { name: &parameter.name, kind, default }
    }

    /// Evaluates what a parameter is given, where it is given.
    fn bind<'p>(
        &mut self,
        kind: Kind,
        value: &'a Expression,
        frame: &Frame<'a, '_>,
    ) -> Bound<'a, 'p> {
        let wanted = [kind];
        let Some(term) = self.term(value, frame, &wanted) else {
            return Bound::Poison;
        };
        let origin = term.origin;
        match self.fit(term, &wanted, value.span, None) {
            Some(form) => Bound::Value(Term { form, origin }),
            None => Bound::Poison,
        }
    }

    /// Expands a call: the template's body with its parameters bound, below a path of its own.
    pub(super) fn expand(
        &mut self,
        template: &Rc<Template<'a>>,
        call: Call<'a>,
        frame: &Frame<'a, '_>,
        parent: &mut Parent<'a>,
    ) -> Option<Part> {
        let label = call.label.unwrap_or(call.name);
        let mut inside = parent.enter(&label.text);
        if !template.callable {
            return None;
        }
        let frame = self.bind_call(template, call, frame)?;
        if !template.sound {
            return None;
        }
        self.deeper(|resolver| resolver.lower(&template.declaration.body, &frame, &mut inside))
    }

    fn bind_call<'p>(
        &mut self,
        template: &Template<'a>,
        call: Call<'a>,
        frame: &'p Frame<'a, 'p>,
    ) -> Option<Frame<'a, 'p>> {
        let callee = call.name.text.as_str();
        let names: Vec<&str> =
            template.parameters.iter().map(|parameter| parameter.name.text.as_str()).collect();
        let signature = Signature { callee, parameters: &names, positional: names.len() };
        let assigned = self.assign(signature, call.arguments);
        let mut bad = assigned.bad;
        let mut missing = None;
        let mut bound = Vec::with_capacity(names.len());
        for (parameter, slot) in template.parameters.iter().zip(assigned.slots) {
            let value = match (slot, parameter.kind, &parameter.default) {
                (Some(argument), kind, _) => {
                    self.template_argument(template, parameter, kind, &argument.value, frame)
                }
                (None, _, Some(default)) => default.clone(),
                (None, kind, None) => {
                    missing = missing.or(Some((parameter.name, kind)));
                    Bound::Poison
                }
            };
            bad |= slot.is_some() && matches!(value, Bound::Poison);
            bound.push((parameter.name.text.as_str(), value));
        }
        if let (Some((name, kind)), false) = (missing, bad) {
            let message = format!("`{callee}` needs `{}`", name.text);
            let mut finding = Diagnostic::error(codes::MISSING, call.span, message)
                .with_label(name.span, "declared here, without a default");
            if let Some(kind) = kind {
                let example = kind::example(kind);
                finding = finding.with_help(format!("for example `{} = {example}`", name.text));
            }
            self.report(finding);
        }
        (missing.is_none() && !bad)
            .then(|| Frame { bound, call: Some(frame.call.unwrap_or(call.span)) })
    }

    fn template_argument<'p>(
        &mut self,
        template: &Template<'a>,
        parameter: &TemplateParameter<'a>,
        kind: Option<Kind>,
        value: &'a Expression,
        frame: &'p Frame<'a, 'p>,
    ) -> Bound<'a, 'p> {
        match kind {
            Some(Kind::Policy) if matches!(value.kind, ExpressionKind::HostExpression) => {
                self.refuse_host_expression(value.span);
                Bound::Poison
            }
            Some(Kind::Policy) => {
                let used = self.references.used_parameters.contains(&parameter.name.span);
                if !(used && template.sound) {
                    // Nothing will expand it, and it may hold mistakes of its own.
                    let _ = self.lower(value, frame, &mut Parent::policy(""));
                }
                Bound::Policy(value, Some(frame))
            }
            Some(kind) => self.bind(kind, value, frame),
            None => Bound::Poison,
        }
    }
}
