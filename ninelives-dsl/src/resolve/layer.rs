//! A policy of the catalogue with all its parameters: what is written, in range, and the defaults.

use super::Resolver;
use super::arguments::Signature;
use super::kind;
use super::refusals::blame;
use super::template::{Call, Frame};
use super::value::{Form, PartialBudget};
use crate::ast::{Expression, ExpressionKind};
use crate::catalogue::{Default as CatalogueDefault, ParameterEntry, PolicyEntry};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::plan::{Argument, Host, Value};
use crate::source::Span;
use crate::value::{Backoff, Budget};

impl<'a> Resolver<'a, '_> {
    /// One argument per parameter of the entry.
    pub(super) fn layer_arguments(
        &mut self,
        entry: &'static PolicyEntry,
        call: Call<'a>,
        frame: &Frame<'a, '_>,
    ) -> Option<Vec<Argument>> {
        let names: Vec<&str> = entry.parameters.iter().map(|it| it.name).collect();
        let signature = Signature { callee: entry.name, parameters: &names, positional: 1 };
        let assigned = self.assign(signature, call.arguments);
        let mut bad = assigned.bad;
        let mut missing = None;
        let mut arguments = Vec::with_capacity(names.len());
        for (parameter, slot) in entry.parameters.iter().zip(assigned.slots) {
            let value = match (slot, &parameter.default) {
                (Some(argument), _) => {
                    let value = self.layer_argument(entry, parameter, &argument.value, frame);
                    bad |= value.is_none();
                    value
                }
                (None, CatalogueDefault::Is(value)) => Some(value.clone()),
                (None, CatalogueDefault::Required) => {
                    missing = missing.or(Some(parameter));
                    None
                }
            };
            if let Some(value) = value {
                arguments.push(Argument {
                    parameter,
                    value,
                    written: slot.map(|argument| argument.value.span),
                });
            }
        }
        if let (Some(parameter), false) = (missing, bad) {
            self.report_missing(entry, parameter, call.span);
        }
        (missing.is_none() && !bad).then_some(arguments)
    }

    fn report_missing(&mut self, entry: &PolicyEntry, parameter: &ParameterEntry, span: Span) {
        let message = format!("`{}` needs `{}`", entry.name, parameter.name);
        let example = parameter.accepts.first().copied().map_or("…", kind::example);
        self.report(
            Diagnostic::error(codes::MISSING, span, message)
                .with_help(format!("for example `{}({example})`: {}", entry.name, parameter.doc)),
        );
    }

    fn layer_argument(
        &mut self,
        entry: &PolicyEntry,
        parameter: &'static ParameterEntry,
        expression: &'a Expression,
        frame: &Frame<'a, '_>,
    ) -> Option<Value> {
        let at = expression.span;
        if matches!(expression.kind, ExpressionKind::HostExpression)
            && self.front.holds_rust(at.file)
        {
            return Some(Value::Host(Host::Expression(at)));
        }
        let term = self.term(expression, frame, parameter.accepts)?;
        let origin = term.origin;
        let form = self.fit(term, parameter.accepts, at, Some(parameter))?;
        let Some(value) = value(form, &parameter.default) else {
            // A template checked by itself: its expansion is thrown away.
            return Some(Value::Unset);
        };
        let Err(refused) = parameter.check(&value) else {
            return Some(value);
        };
        let finding = if at.covers(origin) {
            blame(codes::OUT_OF_RANGE, origin, &refused.message, frame)
        } else {
            let given = format!("given to `{}` of `{}` here", parameter.name, entry.name);
            Diagnostic::error(codes::OUT_OF_RANGE, origin, refused.message).with_label(at, given)
        };
        self.report(match (refused.instead, &value) {
            (Some(instead), _) => finding.with_help(format!("write `{instead}`")),
            (None, Value::Backoff(Backoff::Linear { .. } | Backoff::Exponential { .. })) => {
                finding.with_help("`max` is the longest wait, 10s unless written")
            }
            (None, _) => finding.with_help(format!("`{}` is {}", parameter.name, parameter.doc)),
        });
        None
    }
}

/// The value of a form that fits a parameter; `None` where it only comes with a call.
pub(super) fn value(form: Form, default: &CatalogueDefault) -> Option<Value> {
    match form {
        Form::Value(value) => Some(value),
        Form::Budget(partial) => Some(Value::Budget(complete(partial, default))),
        Form::Later(_) | Form::Policy | Form::Word(_) => None,
    }
}

/// What is not written of a budget comes from the parameter's default.
fn complete(partial: PartialBudget, default: &CatalogueDefault) -> Budget {
    let default = match default {
        CatalogueDefault::Is(Value::Budget(budget)) => *budget,
        _ => Budget::RETRY,
    };
    Budget {
        ratio: partial.ratio,
        min: partial.min.unwrap_or(default.min),
        window: partial.window.unwrap_or(default.window),
    }
}
