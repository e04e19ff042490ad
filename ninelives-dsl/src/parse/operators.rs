//! The operators: the only place that knows which binds tighter.

use super::report::Report;
use crate::ast::{Expression, ExpressionKind};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The operators from the weakest to the tightest. Rust's own differ: there `+` is tighter than `&`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operator {
    /// `~`
    Shadow,
    /// `|`
    Fallback,
    /// `+`
    Sequence,
    /// `&`
    ForkJoin,
}

/// What other languages write, what was probably meant, and what to say about it.
const FOREIGN: [(&str, Option<Operator>, &str); 12] = [
    ("||", Some(Operator::Fallback), ONE_SIGN),
    ("&&", Some(Operator::ForkJoin), ONE_SIGN),
    ("++", Some(Operator::Sequence), ONE_SIGN),
    ("|>", Some(Operator::Sequence), JOINED),
    ("->", Some(Operator::Sequence), JOINED),
    ("=>", Some(Operator::Sequence), JOINED),
    (">>", Some(Operator::Sequence), JOINED),
    (".", Some(Operator::Sequence), JOINED),
    (
        "::",
        None,
        "names have no parts; in `policy!` a path is written `{a::b}`",
    ),
    ("*", None, NO_ARITHMETIC),
    ("/", None, NO_ARITHMETIC),
    ("-", None, NO_ARITHMETIC),
];

const ONE_SIGN: &str = "operators have one sign: `+`, `|`, `&`";
const JOINED: &str = "policies are joined with `+`: the left one is outside";
const NO_ARITHMETIC: &str = "there is no arithmetic: write the value out";

impl Operator {
    /// Reads a sign. One of another language is reported and taken for what it was meant to be.
    pub(super) fn read(sign: &str, span: Span, report: &mut Report) -> Option<Self> {
        let operator = match sign {
            "~" => Self::Shadow,
            "|" => Self::Fallback,
            "+" => Self::Sequence,
            "&" => Self::ForkJoin,
            _ => return Self::read_foreign(sign, span, report),
        };
        Some(operator)
    }

    fn read_foreign(sign: &str, span: Span, report: &mut Report) -> Option<Self> {
        let foreign = FOREIGN.iter().find(|(foreign, ..)| *foreign == sign);
        let (meant, help) = foreign.map_or((None, JOINED), |(_, meant, help)| (*meant, *help));
        let mut diagnostic =
            Diagnostic::error(codes::SYNTAX, span, format!("`{sign}` is not an operator"))
                .with_help(help);
        if help == ONE_SIGN
            && let Some(single) = sign.get(..1)
        {
            diagnostic = diagnostic.with_fix(span, single);
        }
        report.push(diagnostic);
        meant
    }

    fn join(self, parts: Vec<Expression>) -> ExpressionKind {
        match self {
            Self::Shadow => {
                let mut parts = parts.into_iter();
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(value), Some(shadow), None) => ExpressionKind::Shadow {
                        value: Box::new(value),
                        shadow: Box::new(shadow),
                    },
                    _ => ExpressionKind::Poison,
                }
            }
            Self::Fallback => ExpressionKind::Fallback(parts),
            Self::Sequence => ExpressionKind::Sequence(parts),
            Self::ForkJoin => ExpressionKind::ForkJoin(parts),
        }
    }
}

/// Makes a tree of operands as they were written: splits at the weakest operator, so that a chain of
/// one operator is one flat node. Goes as deep as there are operators.
pub(super) fn assemble(first: Expression, rest: Vec<(Operator, Expression)>) -> Expression {
    let Some(weakest) = rest.iter().map(|(operator, _)| *operator).min() else {
        return first;
    };
    let mut parts = Vec::new();
    let mut part = (first, Vec::new());
    for (operator, operand) in rest {
        if operator == weakest {
            let (first, rest) = std::mem::replace(&mut part, (operand, Vec::new()));
            parts.push(assemble(first, rest));
        } else {
            part.1.push((operator, operand));
        }
    }
    parts.push(assemble(part.0, part.1));
    let span = match (parts.first(), parts.last()) {
        (Some(first), Some(last)) => whole(first).to(last.span),
        _ => Span::default(),
    };
    Expression {
        kind: weakest.join(parts),
        span,
        label: None,
        attributes: Vec::new(),
    }
}

/// The span of an expression with its label and attributes.
pub(super) fn whole(expression: &Expression) -> Span {
    let label = expression.label.as_ref().map(|label| label.span);
    let attribute = expression.attributes.first().map(|first| first.span);
    [label, attribute]
        .into_iter()
        .flatten()
        .fold(expression.span, Span::to)
}
