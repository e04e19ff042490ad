//! Calls that make a value: `fixed(d)`, `linear(d, max =)`, `exponential(d, factor =, max =)` and
//! `budget(ratio, min =, window =)`.

use super::arguments::Signature;
use super::template::Frame;
use super::value::{Form, PartialBudget};
use super::{Resolver, kind};
use crate::ast::{Arguments, Name};
use crate::catalogue::Kind;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::plan::Value;
use crate::source::Span;
use crate::value::{Backoff, Number};
use std::time::Duration;

/// One value call. The first parameter is required and may be given by position.
struct ValueCall {
    name: &'static str,
    gives: Kind,
    parameters: &'static [&'static str],
    kinds: &'static [Kind],
    make: fn(&Given) -> Option<Form>,
}

static CALLS: [ValueCall; 4] = [
    ValueCall {
        name: "fixed",
        gives: Kind::Backoff,
        parameters: &["delay"],
        kinds: &[Kind::Duration],
        make: |given| backoff(Backoff::fixed(given.duration(0)?)),
    },
    ValueCall {
        name: "linear",
        gives: Kind::Backoff,
        parameters: &["delay", "max"],
        kinds: &[Kind::Duration, Kind::Duration],
        make: |given| {
            backoff(Backoff::Linear {
                delay: given.duration(0)?,
                max: given.duration(1).unwrap_or(Backoff::MAX),
            })
        },
    },
    ValueCall {
        name: "exponential",
        gives: Kind::Backoff,
        parameters: &["delay", "factor", "max"],
        kinds: &[Kind::Duration, Kind::Number, Kind::Duration],
        make: |given| {
            backoff(Backoff::Exponential {
                delay: given.duration(0)?,
                factor: match given.value(1) {
                    Some(Value::Number(factor)) => *factor,
                    _ => Number::whole(2),
                },
                max: given.duration(2).unwrap_or(Backoff::MAX),
            })
        },
    },
    ValueCall {
        name: "budget",
        gives: Kind::Budget,
        parameters: &["ratio", "min", "window"],
        kinds: &[Kind::Ratio, Kind::Rate, Kind::Duration],
        make: |given| {
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
        },
    },
];

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
        let call = CALLS.iter().find(|call| call.name == name.text)?;
        let signature = Signature {
            callee: call.name,
            parameters: call.parameters,
            positional: 1,
        };
        let assigned = self.assign(signature, arguments);
        let mut bad = assigned.bad;
        let mut given = Given(Vec::with_capacity(call.kinds.len()));
        for (slot, kind) in assigned.slots.into_iter().zip(call.kinds) {
            let wanted = std::slice::from_ref(kind);
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
        if let (Some(None), [first, ..], [kind, ..]) =
            (given.0.first(), call.parameters, call.kinds)
        {
            let message = format!("`{}` needs `{first}`", call.name);
            let example = format!("for example `{}({})`", call.name, kind::example(*kind));
            self.report(Diagnostic::error(codes::MISSING, span, message).with_help(example));
            return None;
        }
        let is_later = |form: &Option<Form>| matches!(form, Some(Form::Later(_)));
        if given.0.iter().any(is_later) {
            return Some(Form::Later(call.gives));
        }
        (call.make)(&given)
    }
}
