//! Stop 3 of 9: what the author wrote, every node with a span. Takes tokens from `parse`, is read
//! by `resolve`. Nothing is looked up yet: names are text, values are literals.
//!
//! Policies and values share one expression syntax; the expected type decides when it is resolved.

use crate::catalogue::Kind;
use crate::source::{FileId, Span};
use crate::value::{Number, Quantile, Rate, Ratio};
use std::time::Duration;

/// One parsed file (or one macro body).
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Which file of the load this is.
    pub id: FileId,
    /// `//!` lines at the head.
    pub docs: Vec<String>,
    /// `#![…]` at the head.
    pub attributes: Vec<Attribute>,
    /// In the order written; what failed to parse is there as [`Declaration::Broken`].
    pub declarations: Vec<Declaration>,
}

/// One item of a file.
#[derive(Clone, Debug)]
pub enum Declaration {
    /// `policy NAME = …;` or a template.
    Policy(PolicyDeclaration),
    /// `let NAME = value;`
    Let(LetDeclaration),
    /// `use "other.nl";`
    Use(UseDeclaration),
    /// Did not parse and was reported; it still declares its name, so that nothing cascades.
    Broken {
        /// The name it would have declared.
        name: Option<Name>,
    },
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// `policy NAME = expr;` or `policy NAME(p: type = default) = expr;`.
#[derive(Clone, Debug)]
pub struct PolicyDeclaration {
    /// `///` lines.
    pub docs: Vec<String>,
    /// `#[…]` before it.
    pub attributes: Vec<Attribute>,
    /// `pub`, with its place.
    pub public: Option<Span>,
    /// The name.
    pub name: Name,
    /// `Some` makes it a template, even with no parameter.
    pub parameters: Option<Vec<Parameter>>,
    /// What stands right of `=`.
    pub body: Expression,
    /// The whole declaration.
    pub span: Span,
}

/// One parameter of a template.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type, by name.
    pub kind: Name,
    /// Its default.
    pub default: Option<Expression>,
}

/// `let NAME = value;`
#[derive(Clone, Debug)]
pub struct LetDeclaration {
    /// `///` lines.
    pub docs: Vec<String>,
    /// `#[…]` before it.
    pub attributes: Vec<Attribute>,
    /// The name.
    pub name: Name,
    /// The value.
    pub value: Expression,
    /// The whole declaration.
    pub span: Span,
}

/// `use "other.nl";`
#[derive(Clone, Debug)]
pub struct UseDeclaration {
    /// `#[…]` before it.
    pub attributes: Vec<Attribute>,
    /// The path, unescaped.
    pub path: String,
    /// The text literal.
    pub path_span: Span,
    /// The whole declaration.
    pub span: Span,
}

/// `#[allow(a, b)]` or `#![deny(a)]`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// `allow` or `deny`.
    pub level: Name,
    /// The finding names.
    pub names: Vec<Name>,
    /// The whole attribute.
    pub span: Span,
}

/// An expression with what stands before it.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Without attributes and label.
    pub span: Span,
    /// `label:` before it.
    pub label: Option<Name>,
    /// `#[…]` before it (and before its label).
    pub attributes: Vec<Attribute>,
}

/// The forms of an expression. Chains are flat: `a + b + c` is one `Sequence` of three.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// `a + b + …`
    Sequence(Vec<Expression>),
    /// `a | b | …` (or a union, where classes are expected)
    Fallback(Vec<Expression>),
    /// `a & b & …`
    ForkJoin(Vec<Expression>),
    /// `(a)`
    Group(Box<Expression>),
    /// A name, with arguments when parentheses follow: `hedge`, `retry(3)`, `full`, `search`, `off`.
    Call {
        /// The name.
        name: Name,
        /// `None` without parentheses.
        arguments: Option<Arguments>,
    },
    /// `@name`; the name without the `@`.
    Host(Name),
    /// `{ … }`; the span covers the braces.
    HostExpression,
    /// A literal value.
    Literal(Literal),
    /// `95% to(@v1)`: an arm of `split`.
    Weighted {
        /// The weight.
        weight: Ratio,
        /// The arm.
        policy: Box<Expression>,
    },
    /// `1s ~ 800ms`: a value in force and one evaluated beside it.
    Shadow {
        /// In force.
        value: Box<Expression>,
        /// Beside it.
        shadow: Box<Expression>,
    },
    /// Was reported already; fits every type.
    Poison,
}

impl Expression {
    /// Where it begins, with what stands before it.
    pub fn start(&self) -> u32 {
        let label = self.label.iter().map(|label| label.span);
        let before = label.chain(self.attributes.iter().map(|attribute| attribute.span));
        before.map(|span| span.start).fold(self.span.start, u32::min)
    }

    /// Gives the expressions that this one is made of, in the order written.
    pub fn parts<'a>(&'a self, mut seen: impl FnMut(&'a Self)) {
        match &self.kind {
            ExpressionKind::Sequence(parts)
            | ExpressionKind::Fallback(parts)
            | ExpressionKind::ForkJoin(parts) => parts.iter().for_each(seen),
            ExpressionKind::Group(inner) | ExpressionKind::Weighted { policy: inner, .. } => {
                seen(inner);
            }
            ExpressionKind::Shadow { value, shadow } => {
                seen(value);
                seen(shadow);
            }
            ExpressionKind::Call { arguments, .. } => {
                let items = arguments.iter().flat_map(|arguments| &arguments.items);
                items.for_each(|argument| seen(&argument.value));
            }
            ExpressionKind::Host(_)
            | ExpressionKind::HostExpression
            | ExpressionKind::Literal(_)
            | ExpressionKind::Poison => {}
        }
    }
}

/// A literal value. `true`, `false`, words and names are [`ExpressionKind::Call`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `250ms`
    Duration(Duration),
    /// `3`
    Count(u64),
    /// `1.5`
    Number(Number),
    /// `50%`
    Ratio(Ratio),
    /// `100/s`
    Rate(Rate),
    /// `64KiB`, in bytes
    Size(u64),
    /// `100ms..2s`
    Range(Box<Literal>, Box<Literal>),
    /// `p99.9`
    Quantile(Quantile),
    /// `"…"`, unescaped
    Text(String),
}

impl Literal {
    /// The kind of the value.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Duration(_) => Kind::Duration,
            Self::Count(_) => Kind::Count,
            Self::Number(_) => Kind::Number,
            Self::Ratio(_) => Kind::Ratio,
            Self::Rate(_) => Kind::Rate,
            Self::Size(_) => Kind::Size,
            Self::Range(..) => Kind::Range,
            Self::Quantile(_) => Kind::Quantile,
            Self::Text(_) => Kind::Text,
        }
    }
}

/// `( … )` after a name.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// In the order written.
    pub items: Vec<Argument>,
    /// The parentheses and what is between them.
    pub span: Span,
}

/// `value` or `name = value`.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The name before `=`.
    pub name: Option<Name>,
    /// The value.
    pub value: Expression,
    /// All of it.
    pub span: Span,
}
