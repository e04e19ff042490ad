//! What an expression is worth by its own form, before anyone says what is expected there:
//! `20%` is a ratio, `timeout` a class, `full` a jitter, `retry(3)` a policy.

use super::Done;
use super::Resolver;
use super::names::Found;
use super::refusals::blame;
use super::template::{Bound, Frame};
use crate::ast::{Arguments, Expression, ExpressionKind, Literal, Name};
use crate::catalogue::{self, Kind};
use crate::codes;
use crate::plan::{Host, Value};
use crate::source::Span;
use crate::value::{Class, ClassSet, Jitter, Rate, Ratio};
use std::time::Duration;

/// A value by its own form, and where that form was written: at the use, in a `let`, or in the call
/// of a template.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) form: Form,
    pub(super) origin: Span,
}

/// The forms.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Value(Value),
    /// `budget(…)`; what is not written comes from the parameter it is given to.
    Budget(PartialBudget),
    /// A template is checked by itself: a parameter of this kind, its value comes with a call.
    Later(Kind),
    Policy,
    /// A word that is no value by itself.
    Word(String),
}

/// A budget as far as it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartialBudget {
    pub(super) ratio: Ratio,
    pub(super) min: Option<Rate>,
    pub(super) window: Option<Duration>,
}

/// What a bare word is worth.
fn word_value(word: &str) -> Option<Form> {
    let class = || Class::FAILURES.into_iter().find(|class| class.word() == word);
    let jitter = || Jitter::ALL.into_iter().find(|jitter| jitter.word() == word);
    let value = match word {
        "any" => Some(Value::Classes(ClassSet::ANY)),
        "off" => Some(Value::Off),
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ => class()
            .map(|class| Value::Classes(class.into()))
            .or_else(|| jitter().map(Value::Jitter)),
    };
    let is_later = || catalogue::WORDS.contains(&word) || catalogue::LATER_CLASSES.contains(&word);
    value.map(Form::Value).or_else(|| is_later().then(|| Form::Word(word.to_owned())))
}

/// True for a word that is a value of the language, or will be.
pub(super) fn is_value_word(word: &str) -> bool {
    word_value(word).is_some()
        || catalogue::value_call(word).is_some()
        || word == Class::Success.word()
}

/// True for the word of a class of failure.
pub(super) fn is_class(word: &str) -> bool {
    matches!(word_value(word), Some(Form::Value(Value::Classes(_))))
}

impl<'a> Resolver<'a, '_> {
    /// The value of an expression, or `None` when something in it is wrong, which was reported.
    /// `wanted` is what will be accepted: it guides suggestions only, [`fit`](Self::fit) decides.
    pub(super) fn term(
        &mut self,
        expression: &'a Expression,
        frame: &Frame<'a, '_>,
        wanted: &[Kind],
    ) -> Option<Term> {
        self.check_bare(expression)?;
        let span = expression.span;
        let term = |form| Some(Term { form, origin: span });
        match &expression.kind {
            ExpressionKind::Literal(literal) => term(Form::Value(self.literal(literal, span)?)),
            ExpressionKind::Group(inner) => self.term(inner, frame, wanted),
            ExpressionKind::Call { name, arguments } => {
                self.named(name, arguments.as_ref(), span, frame, wanted)
            }
            ExpressionKind::Fallback(parts) => self.alternatives(parts, span, frame),
            ExpressionKind::Sequence(parts) | ExpressionKind::ForkJoin(parts) => {
                if parts.iter().any(is_poison) {
                    return None;
                }
                if parts.iter().any(is_literal) {
                    self.refuse_arithmetic(span);
                    return None;
                }
                term(Form::Policy)
            }
            ExpressionKind::Host(name) => {
                term(Form::Value(Value::Host(Host::Name { name: name.text.clone(), span })))
            }
            ExpressionKind::HostExpression => {
                self.refuse_host_expression(span);
                None
            }
            ExpressionKind::Shadow { .. } => {
                self.refuse_shadow(span);
                None
            }
            ExpressionKind::Weighted { .. } => {
                self.refuse_weight(span);
                None
            }
            ExpressionKind::Poison => None,
        }
    }

    fn literal(&mut self, literal: &Literal, span: Span) -> Option<Value> {
        Some(match literal {
            Literal::Duration(duration) => Value::Duration(*duration),
            Literal::Count(count) => Value::Count(*count),
            Literal::Number(number) => Value::Number(*number),
            Literal::Ratio(ratio) => Value::Ratio(*ratio),
            Literal::Rate(rate) => Value::Rate(*rate),
            Literal::Size(size) => Value::Size(*size),
            Literal::Quantile(quantile) => Value::Quantile(*quantile),
            Literal::Text(text) => Value::Text(text.clone()),
            Literal::Range(low, high) => match (low.as_ref(), high.as_ref()) {
                (Literal::Duration(low), Literal::Duration(high)) if low <= high => {
                    Value::Range(*low, *high)
                }
                (Literal::Duration(_), Literal::Duration(_)) => {
                    self.refuse_empty_range(span);
                    return None;
                }
                _ => {
                    self.refuse_range(span);
                    return None;
                }
            },
        })
    }

    /// A name, with the arguments behind it.
    pub(super) fn named(
        &mut self,
        name: &'a Name,
        arguments: Option<&'a Arguments>,
        span: Span,
        frame: &Frame<'a, '_>,
        wanted: &[Kind],
    ) -> Option<Term> {
        // `None` for a policy.
        let value = match frame.bound(&name.text) {
            Some(Bound::Value(term)) => Some(term),
            Some(Bound::Policy(..) | Bound::AnyPolicy) => None,
            Some(Bound::Poison) => return None,
            None => match self.names.find(name) {
                Found::Declared(_) if self.references.cut.contains(&name.span) => return None,
                Found::Declared(id) => match self.done.get(id)? {
                    Done::Let(term) => Some(term.as_ref()?),
                    Done::Policy(_) | Done::Template(_) => None,
                    Done::Poison => return None,
                },
                Found::Hidden(_) | Found::Unread | Found::Unknown => {
                    return self.language_word(name, arguments, span, frame, wanted);
                }
            },
        };
        match (value.cloned(), arguments) {
            (Some(term), None) => Some(term),
            (Some(_), Some(arguments)) => {
                self.refuse_arguments(&name.text, "a value", arguments.span);
                None
            }
            (None, _) => Some(Term { form: Form::Policy, origin: span }),
        }
    }

    /// A word of the language itself.
    fn language_word(
        &mut self,
        name: &'a Name,
        arguments: Option<&'a Arguments>,
        span: Span,
        frame: &Frame<'a, '_>,
        wanted: &[Kind],
    ) -> Option<Term> {
        let word = name.text.as_str();
        let is_policy = catalogue::policy(word).is_some()
            || catalogue::LATER_POLICIES.contains(&word)
            || matches!(word, "pass" | "fail");
        let form = match (word_value(word), arguments) {
            (_, Some(_)) if is_policy => Form::Policy,
            (Some(form), None) => form,
            (Some(_), Some(arguments)) => {
                self.refuse_arguments(word, "a word", arguments.span);
                return None;
            }
            (None, _) if is_policy => Form::Policy,
            (None, _) if catalogue::value_call(word).is_some() => {
                self.value_call(name, arguments, span, frame)?
            }
            (None, _) if word == Class::Success.word() => {
                self.refuse_success(span);
                return None;
            }
            (None, _) => {
                self.unknown_value(name, frame, wanted);
                return None;
            }
        };
        Some(Term { form, origin: span })
    }

    /// `a | b`: a union of classes, or a policy.
    fn alternatives(
        &mut self,
        parts: &'a [Expression],
        span: Span,
        frame: &Frame<'a, '_>,
    ) -> Option<Term> {
        let mut classes = Some(ClassSet::EMPTY);
        for part in parts {
            let term = self.term(part, frame, &[Kind::Classes]);
            // After a mistake the other parts are looked at for their own, not fitted.
            let (Some(term), Some(so_far)) = (term, classes.take()) else {
                continue;
            };
            if so_far.is_empty() && matches!(term.form, Form::Policy) {
                return Some(Term { form: Form::Policy, origin: span });
            }
            let more = match self.fit(term, &[Kind::Classes], part.span, None) {
                Some(Form::Value(Value::Classes(more))) => more,
                Some(_) => ClassSet::EMPTY,
                None => continue,
            };
            if let Some(twice) = more.iter().find(|class| so_far.contains(*class)) {
                let message = format!("`{twice}` is named twice");
                self.report(
                    blame(codes::DUPLICATE, part.span, &message, frame)
                        .with_help("name each class once; `any` is all of them"),
                );
                continue;
            }
            classes = Some(ClassSet::of(so_far.iter().chain(more.iter())));
        }
        let form = match classes? {
            // Only parameters whose values come later.
            classes if classes.is_empty() => Form::Later(Kind::Classes),
            classes => Form::Value(Value::Classes(classes)),
        };
        Some(Term { form, origin: span })
    }
}

fn is_poison(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Poison => true,
        ExpressionKind::Group(inner) => is_poison(inner),
        _ => false,
    }
}

const fn is_literal(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Literal(_))
}
