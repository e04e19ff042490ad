//! Which argument goes to which parameter: one rule for policies, value calls and templates.

use super::Resolver;
use crate::ast::{Argument, Arguments, Expression, ExpressionKind, Name};
use crate::catalogue::{self, Kind};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::suggest;

/// What is called, as far as its arguments go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature<'s> {
    /// Its name, for messages.
    pub(super) callee: &'s str,
    /// The names of its parameters, in order.
    pub(super) parameters: &'s [&'s str],
    /// How many may be given by position.
    pub(super) positional: usize,
}

impl<'s> Signature<'s> {
    /// The one parameter that takes such a value and is not given by name.
    fn only_place(self, value: &Expression, all: &[Argument]) -> Option<&'s str> {
        let kind = kind_of(value)?;
        let given =
            |name: &str| all.iter().filter_map(|it| it.name.as_ref()).any(|it| it.text == name);
        let takes = |name: &str| catalogue::accepted(self.callee, Some(name)).contains(&kind);
        let free = self.parameters.iter().skip(self.positional).copied();
        let mut places = free.filter(|name| takes(name) && !given(name));
        places.next().filter(|_| places.next().is_none())
    }
}

/// The kind of a value, where its text says so.
fn kind_of(value: &Expression) -> Option<Kind> {
    match &value.kind {
        ExpressionKind::Literal(literal) => Some(literal.kind()),
        ExpressionKind::Call { name, arguments: Some(_) } => {
            catalogue::value_call(&name.text).map(|call| call.gives)
        }
        _ => None,
    }
}

/// The arguments of a call by parameter.
#[derive(Debug)]
pub(super) struct Assigned<'a> {
    /// One for each parameter of the signature.
    pub(super) slots: Vec<Option<&'a Argument>>,
    /// An argument fits nowhere, which was reported.
    pub(super) bad: bool,
}

impl<'a> Resolver<'a, '_> {
    /// Gives each argument to its parameter.
    pub(super) fn assign(
        &mut self,
        signature: Signature<'_>,
        arguments: Option<&'a Arguments>,
    ) -> Assigned<'a> {
        let mut assigned = Assigned { slots: vec![None; signature.parameters.len()], bad: false };
        let mut named = false;
        // Where one was lost, the place of the others says nothing.
        let mut lost = false;
        for (index, argument) in arguments.iter().flat_map(|it| it.items.iter().enumerate()) {
            let at = match &argument.name {
                Some(name) => {
                    named = true;
                    let at = signature.parameters.iter().position(|it| *it == name.text);
                    if at.is_none() {
                        self.unknown_parameter(signature, name);
                    }
                    at
                }
                None if lost || matches!(argument.value.kind, ExpressionKind::Poison) => {
                    lost = true;
                    None
                }
                None if index < signature.positional && !named => Some(index),
                None => {
                    let items = arguments.map_or(&[][..], |it| &it.items);
                    self.misplaced_argument(signature, index, argument, items);
                    None
                }
            };
            match at.and_then(|at| assigned.slots.get_mut(at)) {
                Some(slot @ None) => *slot = Some(argument),
                Some(Some(first)) => {
                    let first = first.span;
                    let name = at.and_then(|at| signature.parameters.get(at));
                    self.duplicate_argument(name.copied().unwrap_or_default(), first, argument);
                    assigned.bad = true;
                }
                None => assigned.bad = true,
            }
        }
        assigned
    }

    fn unknown_parameter(&mut self, signature: Signature<'_>, name: &Name) {
        let Signature { callee, parameters, .. } = signature;
        let message = format!("`{callee}` has no parameter `{}`", name.text);
        let near = suggest::nearest(&name.text, parameters.iter().copied());
        let help = match (near, parameters) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, []) => format!("`{callee}` takes no arguments"),
            (None, parameters) => {
                let list: Vec<_> = parameters.iter().map(|it| format!("`{it}`")).collect();
                format!("it has {}", list.join(", "))
            }
        };
        self.report(Diagnostic::error(codes::UNKNOWN_NAME, name.span, message).with_help(help));
    }

    fn duplicate_argument(&mut self, name: &str, first: Span, argument: &Argument) {
        let span = argument.name.as_ref().map_or(argument.span, |it| it.span);
        let message = format!("`{name}` is given twice");
        self.report(
            Diagnostic::error(codes::DUPLICATE, span, message)
                .with_label(first, "first given here")
                .with_help("leave one of them out"),
        );
    }

    fn misplaced_argument(
        &mut self,
        signature: Signature<'_>,
        index: usize,
        argument: &Argument,
        all: &[Argument],
    ) {
        let Signature { callee, parameters, positional } = signature;
        let message = match (parameters, index < positional) {
            ([], _) => format!("`{callee}` takes no arguments"),
            (_, true) => "an argument by position stands after one with a name".to_owned(),
            (_, false) if positional == 1 => {
                "only the first argument may be given by position".to_owned()
            }
            (_, false) => format!("`{callee}` takes at most {positional} arguments"),
        };
        let is_class = matches!(
            &argument.value.kind,
            ExpressionKind::Call { name, arguments: None } if super::value::is_class(&name.text)
        );
        let finding = Diagnostic::error(codes::MISPLACED, argument.span, message);
        self.report(match parameters.get(index) {
            _ if is_class => {
                finding.with_help("classes are joined with `|`: `timeout | transient`")
            }
            Some(name) => {
                let finding = finding.with_help(format!("say which it is, such as `{name} = …`"));
                if signature.only_place(&argument.value, all) == Some(*name) {
                    let front = Span { end: argument.span.start, ..argument.span };
                    finding.with_fix(front, format!("{name} = "))
                } else {
                    finding
                }
            }
            None => finding.with_help("leave it out"),
        });
    }
}
