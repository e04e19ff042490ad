//! What an expression is worth by its own form, before anyone says what is expected there:
//! `20%` is a ratio, `timeout` a class, `full` a jitter, `retry(3)` a policy.

use super::Resolver;
use super::names::{Found, Item};
use super::template::{Bound, Frame};
use super::{Done, kind};
use crate::ast::{Arguments, Expression, ExpressionKind, Literal, Name};
use crate::catalogue::{self, Kind};
use crate::codes;
use crate::diagnostic::Diagnostic;
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

/// The class of that word.
pub(super) fn class(word: &str) -> Option<Class> {
    std::iter::once(Class::Success)
        .chain(Class::FAILURES)
        .find(|class| class.word() == word)
}

/// True for a word that is a value of the language, or will be.
pub(super) fn is_value_word(word: &str) -> bool {
    class(word).is_some()
        || catalogue::WORDS.contains(&word)
        || catalogue::VALUE_CALLS.contains(&word)
        || catalogue::LATER_CLASSES.contains(&word)
}

fn jitter(word: &str) -> Option<Jitter> {
    [
        Jitter::None,
        Jitter::Full,
        Jitter::Equal,
        Jitter::Decorrelated,
    ]
    .into_iter()
    .find(|jitter| jitter.word() == word)
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
            ExpressionKind::Sequence(_) | ExpressionKind::ForkJoin(_) => term(Form::Policy),
            ExpressionKind::Host(name) => term(Form::Value(Value::Host(Host::Name {
                name: name.text.clone(),
                span,
            }))),
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

    /// Labels and attributes belong to policies.
    fn check_bare(&mut self, expression: &Expression) -> Option<()> {
        let (span, what) = match (&expression.label, expression.attributes.first()) {
            (Some(label), _) => (label.span, "a label"),
            (None, Some(attribute)) => (attribute.span, "an attribute"),
            (None, None) => return Some(()),
        };
        self.report(
            Diagnostic::error(
                codes::MISPLACED,
                span,
                format!("{what} stands before a policy, not before a value"),
            )
            .with_help("leave it out; an argument's name is followed by `=`"),
        );
        None
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
                    self.report(
                        Diagnostic::error(
                            codes::OUT_OF_RANGE,
                            span,
                            "the range ends before it begins",
                        )
                        .with_help("write the smaller duration first"),
                    );
                    return None;
                }
                _ => {
                    self.report(
                        Diagnostic::error(
                            codes::WRONG_TYPE,
                            span,
                            "a range goes from a duration to a duration",
                        )
                        .with_help("for example `100ms..2s`"),
                    );
                    return None;
                }
            },
        })
    }

    pub(super) fn named(
        &mut self,
        name: &'a Name,
        arguments: Option<&'a Arguments>,
        span: Span,
        frame: &Frame<'a, '_>,
        wanted: &[Kind],
    ) -> Option<Term> {
        let named = match frame.bound(&name.text) {
            Some(Bound::Value(term)) => Ok(term.clone()),
            Some(Bound::Policy(..) | Bound::AnyPolicy) => Err(Form::Policy),
            Some(Bound::Poison) => return None,
            None => match self.names.find(name) {
                Found::Declared(_) if self.references.cut.contains(&name.span) => return None,
                Found::Declared(id) => match (self.done.get(id), self.names.declared.get(id)?.item)
                {
                    (Some(Done::Let(term)), _) => Ok(term.clone()?),
                    (_, Item::Policy(_) | Item::Template(_)) => Err(Form::Policy),
                    (_, Item::Let(_) | Item::Broken) => return None,
                },
                Found::Hidden(_) | Found::PerhapsImported | Found::Unknown => {
                    return self.language_word(name, arguments, span, frame, wanted);
                }
            },
        };
        match (named, arguments) {
            (Ok(term), None) => Some(term),
            (Ok(_), Some(arguments)) => {
                self.refuse_arguments(&name.text, "a value", arguments.span);
                None
            }
            (Err(form), _) => Some(Term { form, origin: span }),
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
        if catalogue::VALUE_CALLS.contains(&word) {
            let form = self.value_call(name, arguments, span, frame)?;
            return Some(Term { form, origin: span });
        }
        let is_policy = catalogue::policy(word).is_some()
            || catalogue::LATER_POLICIES.contains(&word)
            || matches!(word, "pass" | "fail");
        let plain = match class(word) {
            _ if is_policy && arguments.is_some() => None,
            Some(Class::Success) => {
                self.refuse_success(span);
                return None;
            }
            Some(class) => Some(Form::Value(Value::Classes(class.into()))),
            None => jitter(word)
                .map(Value::Jitter)
                .or(match word {
                    "any" => Some(Value::Classes(ClassSet::ANY)),
                    "off" => Some(Value::Off),
                    "true" => Some(Value::Bool(true)),
                    "false" => Some(Value::Bool(false)),
                    _ => None,
                })
                .map(Form::Value)
                .or_else(|| {
                    let is_word = catalogue::WORDS.contains(&word)
                        || catalogue::LATER_CLASSES.contains(&word);
                    is_word.then(|| Form::Word(word.to_owned()))
                }),
        };
        match (plain, arguments) {
            (Some(form), None) => Some(Term { form, origin: span }),
            (Some(_), Some(arguments)) => {
                self.refuse_arguments(word, "a word", arguments.span);
                None
            }
            (None, _) if is_policy => Some(Term {
                form: Form::Policy,
                origin: span,
            }),
            (None, _) => {
                self.unknown_value(name, frame, wanted);
                None
            }
        }
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
                return Some(Term {
                    form: Form::Policy,
                    origin: span,
                });
            }
            let more = match self.fit(term, &[Kind::Classes], part.span, None) {
                Some(Form::Value(Value::Classes(more))) => more,
                Some(_) => ClassSet::EMPTY,
                None => continue,
            };
            if let Some(twice) = more.iter().find(|class| so_far.contains(*class)) {
                self.report(
                    Diagnostic::error(
                        codes::DUPLICATE,
                        part.span,
                        format!("`{twice}` is named twice"),
                    )
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

    pub(super) fn refuse_host_expression(&mut self, span: Span) {
        let (message, help) = if self.front.holds_rust(span.file) {
            (
                "a Rust expression stands only as the whole argument of a policy",
                "write it directly there, such as `retry({ attempts })`",
            )
        } else {
            (
                "a Rust expression is possible in `policy!` only",
                "give the thing a name in the host program and write `@name`",
            )
        };
        self.report(Diagnostic::error(codes::HOST_EXPRESSION, span, message).with_help(help));
    }

    pub(super) fn refuse_shadow(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::NOT_YET, span, "shadow values cannot be run yet")
                .with_help("leave out `~` and what stands to its right"),
        );
    }

    pub(super) fn refuse_weight(&mut self, span: Span) {
        self.report(
            Diagnostic::error(
                codes::MISPLACED,
                span,
                "a weight stands only before an arm of `split`",
            )
            .with_help("leave the weight out"),
        );
    }

    pub(super) fn refuse_arguments(&mut self, name: &str, what: &str, span: Span) {
        self.report(
            Diagnostic::error(
                codes::MISPLACED,
                span,
                format!("`{name}` is {what} and takes no arguments"),
            )
            .with_help("leave the parentheses out"),
        );
    }

    fn refuse_success(&mut self, span: Span) {
        self.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                span,
                "`success` is not a class of failure",
            )
            .with_help(format!("the classes are {}", kind::failures())),
        );
    }
}
