//! Expected against found: one place decides what fits where, and words the refusal.

use super::Resolver;
use super::value::{Form, PartialBudget, Term};
use crate::catalogue::{Kind, ParameterEntry};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::plan::Value;
use crate::source::Span;
use crate::value::{Class, Number, Ratio};

impl Form {
    /// The kind of a form; `None` for a word that is no value by itself.
    pub(super) fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Value(value) => value.kind()?,
            Self::Budget(_) => Kind::Budget,
            Self::Later(kind) => *kind,
            Self::Policy => Kind::Policy,
            Self::Word(_) => return None,
        })
    }

    fn phrase(&self) -> String {
        match (self, self.kind()) {
            (Self::Word(word), _) => format!("the word `{word}`"),
            (_, Some(kind)) => kind.phrase().to_owned(),
            (_, None) => "nothing".to_owned(),
        }
    }
}

impl Resolver<'_, '_> {
    /// Makes a term fit one of `wanted`, or reports what was expected. `parameter` is whom it is
    /// for, as far as it is known.
    pub(super) fn fit(
        &mut self,
        term: Term,
        wanted: &[Kind],
        at: Span,
        parameter: Option<&ParameterEntry>,
    ) -> Option<Form> {
        let kind = term.form.kind();
        if kind.is_some_and(|kind| wanted.contains(&kind)) {
            return Some(term.form);
        }
        match (term.form, kind) {
            (Form::Value(Value::Count(count)), _) if wanted.contains(&Kind::Number) => {
                Some(Form::Value(Value::Number(Number::whole(count))))
            }
            (Form::Value(Value::Ratio(ratio)), _) if wanted.contains(&Kind::Budget) => {
                Some(Form::Budget(PartialBudget { ratio, min: None, window: None }))
            }
            (Form::Later(Kind::Count), _) if wanted.contains(&Kind::Number) => {
                Some(Form::Later(Kind::Number))
            }
            (Form::Later(Kind::Ratio), _) if wanted.contains(&Kind::Budget) => {
                Some(Form::Later(Kind::Budget))
            }
            (form, _) => {
                let term = Term { form, origin: term.origin };
                self.mismatch(&term, wanted, at, parameter);
                None
            }
        }
    }

    fn mismatch(
        &mut self,
        term: &Term,
        wanted: &[Kind],
        at: Span,
        parameter: Option<&ParameterEntry>,
    ) {
        let expected = Kind::phrases(wanted);
        let message = format!("expected {expected}, found {}", term.form.phrase());
        let help = hint(&term.form, wanted).or_else(|| {
            parameter.map(|parameter| format!("`{}` is {}", parameter.name, parameter.doc))
        });
        let mut finding = Diagnostic::error(codes::WRONG_TYPE, at, message);
        if term.origin != at {
            finding = finding.with_label(term.origin, "its value is written here");
        }
        finding.help = help;
        self.report(finding);
    }
}

/// What was probably meant.
fn hint(found: &Form, wanted: &[Kind]) -> Option<String> {
    let Form::Value(value) = found else {
        return match (found, wanted) {
            (Form::Policy, [Kind::Classes, ..]) => {
                Some("a class is a bare word, such as `timeout`".to_owned())
            }
            (Form::Policy, [Kind::Host, ..]) => {
                Some("to call a service of the host program, give its `@name`".to_owned())
            }
            (Form::Word(word), _) if crate::catalogue::LATER_CLASSES.contains(&word.as_str()) => {
                Some(format!("`{word}` is reserved and has no meaning yet"))
            }
            _ => None,
        };
    };
    wanted.iter().find_map(|kind| match (kind, value) {
        (Kind::Duration, Value::Count(0)) => Some("a duration always has a unit: `0s`".to_owned()),
        (Kind::Duration, Value::Count(count)) => Some(format!("`{count}s` or `{count}ms`?")),
        (Kind::Duration, Value::Number(number)) => Some(format!("`{number}s` or `{number}ms`?")),
        (Kind::Ratio | Kind::Budget, Value::Count(count)) => Some(format!("`{count}%`?")),
        (Kind::Ratio | Kind::Budget, Value::Number(number)) => u32::try_from(number.millionths())
            .ok()
            .map(|millionths| format!("`{}`?", Ratio::from_millionths(millionths))),
        (Kind::Rate, Value::Count(count)) => Some(format!("`{count}/s`?")),
        (Kind::Host, Value::Text(text)) => Some(format!("`@{text}`?")),
        _ => None,
    })
}

/// An example of a kind, for the help of what is missing.
pub(super) const fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Duration => "1s",
        Kind::Count => "10",
        Kind::Number => "1.5",
        Kind::Ratio => "50%",
        Kind::Rate => "100/s",
        Kind::Size => "64KiB",
        Kind::Range => "100ms..2s",
        Kind::Quantile => "p95",
        Kind::Bool => "true",
        Kind::Text => "\"text\"",
        Kind::Classes => "timeout | transient",
        Kind::Backoff => "exponential(100ms)",
        Kind::Jitter => "full",
        Kind::Budget => "20%",
        Kind::Off => "off",
        Kind::Host => "@name",
        Kind::Policy => "retry(3)",
    }
}

/// The failure classes, for help.
pub(super) fn failures() -> String {
    Class::FAILURES.map(|class| format!("`{class}`")).join(", ")
}
