//! The operators: the only place that knows which binds tighter.

use super::builder::bare;
use crate::ast::{Expression, ExpressionKind};
use crate::source::Span;

/// The operators from the weakest to the tightest. Rust's own differ: there `+` is tighter than `&`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operator {
    /// `~`
    Shadow,
    /// `|`
    Fallback,
    /// `+`
    Sequence,
    /// `&`
    ForkJoin,
}

/// What other languages write between two operands, and what to say about it.
const FOREIGN: [(&str, &str); 13] = [
    ("||", ONE_SIGN),
    ("&&", ONE_SIGN),
    ("++", ONE_SIGN),
    ("|>", JOINED),
    ("->", JOINED),
    ("=>", JOINED),
    (">>", JOINED),
    (".", JOINED),
    ("::", "names have no parts; in `policy!` a path is written `{a::b}`"),
    ("..", "a range has two ends of one kind: `100ms..2s`"),
    ("*", NO_ARITHMETIC),
    ("/", NO_ARITHMETIC),
    ("-", NO_ARITHMETIC),
];

const ONE_SIGN: &str = "operators have one sign: `+`, `|`, `&`";
const JOINED: &str = "policies are joined with `+`: the left one is outside";
const NO_ARITHMETIC: &str = "there is no arithmetic: write the value out";

/// What to say about a sign of another language.
pub(super) fn foreign(sign: &str) -> Option<&'static str> {
    let foreign = FOREIGN.iter().find(|(foreign, _)| *foreign == sign);
    foreign.map(|(_, help)| *help)
}

impl Operator {
    /// The operator that a sign is.
    pub(crate) fn of(sign: &str) -> Self {
        match sign {
            "~" => Self::Shadow,
            "|" => Self::Fallback,
            "&" => Self::ForkJoin,
            _ => Self::Sequence,
        }
    }

    /// The sign that it is written with.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Shadow => "~",
            Self::Fallback => "|",
            Self::Sequence => "+",
            Self::ForkJoin => "&",
        }
    }

    fn join(self, parts: Vec<Expression>) -> ExpressionKind {
        match self {
            Self::Shadow => {
                let mut parts = parts.into_iter();
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(value), Some(shadow), None) => {
                        ExpressionKind::Shadow { value: Box::new(value), shadow: Box::new(shadow) }
                    }
                    _ => ExpressionKind::Poison,
                }
            }
            Self::Fallback => ExpressionKind::Fallback(parts),
            Self::Sequence => ExpressionKind::Sequence(parts),
            Self::ForkJoin => ExpressionKind::ForkJoin(parts),
        }
    }
}

/// Makes a tree of operands and the operators between them: splits at the weakest operator, so that a
/// chain of one operator is one flat node. Goes as deep as there are operators.
pub(super) fn assemble(
    operands: &mut impl Iterator<Item = Expression>,
    operators: &[Operator],
) -> Option<Expression> {
    let Some(weakest) = operators.iter().min() else {
        return operands.next();
    };
    let mut parts = Vec::with_capacity(operators.len() + 1);
    for tighter in operators.split(|operator| operator == weakest) {
        parts.push(assemble(operands, tighter)?);
    }
    let span = whole(parts.first()?).to(parts.last()?.span);
    Some(bare(weakest.join(parts), span))
}

/// The span of an expression with its label and attributes.
pub(super) fn whole(expression: &Expression) -> Span {
    let label = expression.label.as_ref().map(|label| label.span);
    let attribute = expression.attributes.first().map(|first| first.span);
    [label, attribute].into_iter().flatten().fold(expression.span, Span::to)
}
