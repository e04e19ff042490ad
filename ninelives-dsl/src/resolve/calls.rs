//! Calls that make a value: `fixed(d)`, `linear(d, max =)`, `exponential(d, factor =, max =)` and
//! `budget(ratio, min =, window =)`.

use super::arguments::Signature;
use super::template::Frame;
use super::value::{Form, PartialBudget};
use super::{Resolver, kind};
use crate::ast::{Arguments, Name};
use crate::catalogue::{self, ValueCall};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::plan::Value;
use crate::source::Span;
use crate::value::{Backoff, Number};
use std::time::Duration;

/// The value of a call; `None` when its first argument is not there, which was reported.
fn make(call: &ValueCall, given: &Given) -> Option<Form> {
    match call.name {
        "fixed" => backoff(Backoff::fixed(given.duration(0)?)),
        "linear" => backoff(Backoff::Linear {
            delay: given.duration(0)?,
            max: given.duration(1).unwrap_or(Backoff::MAX),
        }),
        "exponential" => backoff(Backoff::Exponential {
            delay: given.duration(0)?,
            factor: match given.value(1) {
                Some(Value::Number(factor)) => *factor,
                _ => Number::whole(2),
            },
            max: given.duration(2).unwrap_or(Backoff::MAX),
        }),
        "budget" => {
            let Some(Value::Ratio(ratio)) = given.value(0) else {
                return None;
            };
            Some(Form::Budget(PartialBudget {
                ratio: *ratio,
                min: match given.value(1) {
                    Some(Value::Rate(min)) => Some(*min),
                    _ => None,
                },
                window: given.duration(2),
            }))
        }
        _ => None,
    }
}

const fn backoff(backoff: Backoff) -> Option<Form> {
    Some(Form::Value(Value::Backoff(backoff)))
}

/// The arguments of a value call, by parameter; each has the kind of its parameter.
struct Given(Vec<Option<Form>>);

impl Given {
    fn value(&self, at: usize) -> Option<&Value> {
        match self.0.get(at) {
            Some(Some(Form::Value(value))) => Some(value),
            _ => None,
        }
    }

    fn duration(&self, at: usize) -> Option<Duration> {
        match self.value(at) {
            Some(Value::Duration(duration)) => Some(*duration),
            _ => None,
        }
    }
}

impl<'a> Resolver<'a, '_> {
    /// The value that a call makes.
    pub(super) fn value_call(
        &mut self,
        name: &'a Name,
        arguments: Option<&'a Arguments>,
        span: Span,
        frame: &Frame<'a, '_>,
    ) -> Option<Form> {
        let call = catalogue::value_call(&name.text)?;
        let names: Vec<&str> = call.parameters.iter().map(|each| each.name).collect();
        let signature = Signature { callee: call.name, parameters: &names, positional: 1 };
        let assigned = self.assign(signature, arguments);
        let mut bad = assigned.bad;
        let mut given = Given(Vec::with_capacity(names.len()));
        for (slot, parameter) in assigned.slots.into_iter().zip(call.parameters) {
            let wanted = std::slice::from_ref(&parameter.kind);
            let form = slot.map(|argument| {
                let term = self.term(&argument.value, frame, wanted)?;
                self.fit(term, wanted, argument.value.span, None)
            });
            bad |= matches!(form, Some(None));
            given.0.push(form.flatten());
        }
        if bad {
            return None;
        }
        if let (Some(None), [first, ..]) = (given.0.first(), call.parameters) {
            let message = format!("`{}` needs `{}`", call.name, first.name);
            let example = format!("for example `{}({})`", call.name, kind::example(first.kind));
            self.report(Diagnostic::error(codes::MISSING, span, message).with_help(example));
            return None;
        }
        let is_later = |form: &Option<Form>| matches!(form, Some(Form::Later(_)));
        if given.0.iter().any(is_later) {
            return Some(Form::Later(call.gives));
        }
        make(call, &given)
    }
}
