//! Whether two trees say the same, wherever it stands and whatever groups it is in.

use crate::ast::{
    Argument, Attribute, Declaration, Expression, ExpressionKind, File, Name, Parameter,
};
use crate::source::Span;

/// A text and the tree that was made of it.
type Parsed<'a, T> = (&'a str, &'a T);

/// True when both files declare the same.
pub(super) fn files((a_text, a): Parsed<'_, File>, (b_text, b): Parsed<'_, File>) -> bool {
    let same = Same { a: a_text, b: b_text };
    a.docs == b.docs
        && same.attributes(&a.attributes, &b.attributes)
        && all(&a.declarations, &b.declarations, |a, b| same.declaration(a, b))
}

/// True when both expressions say the same.
pub(super) fn expressions(
    (a_text, a): Parsed<'_, Expression>,
    (b_text, b): Parsed<'_, Expression>,
) -> bool {
    Same { a: a_text, b: b_text }.expression(a, b)
}

/// The texts: a host expression has no other content than what stands in its braces.
struct Same<'a> {
    a: &'a str,
    b: &'a str,
}

impl Same<'_> {
    fn declaration(&self, a: &Declaration, b: &Declaration) -> bool {
        match (a, b) {
            (Declaration::Policy(a), Declaration::Policy(b)) => {
                let parameters = match (&a.parameters, &b.parameters) {
                    (Some(a), Some(b)) => all(a, b, |a, b| self.parameter(a, b)),
                    (a, b) => a.is_none() && b.is_none(),
                };
                parameters
                    && a.docs == b.docs
                    && self.attributes(&a.attributes, &b.attributes)
                    && a.public.is_some() == b.public.is_some()
                    && a.name.text == b.name.text
                    && self.expression(&a.body, &b.body)
            }
            (Declaration::Let(a), Declaration::Let(b)) => {
                a.docs == b.docs
                    && self.attributes(&a.attributes, &b.attributes)
                    && a.name.text == b.name.text
                    && self.expression(&a.value, &b.value)
            }
            (Declaration::Use(a), Declaration::Use(b)) => {
                self.attributes(&a.attributes, &b.attributes) && a.path == b.path
            }
            _ => false,
        }
    }

    fn parameter(&self, a: &Parameter, b: &Parameter) -> bool {
        let default = match (&a.default, &b.default) {
            (Some(a), Some(b)) => self.expression(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        default && a.name.text == b.name.text && a.kind.text == b.kind.text
    }

    fn attributes(&self, a: &[Attribute], b: &[Attribute]) -> bool {
        let name = |a: &Name, b: &Name| a.text == b.text;
        all(a, b, |a, b| a.level.text == b.level.text && all(&a.names, &b.names, name))
    }

    fn expression(&self, a: &Expression, b: &Expression) -> bool {
        let (a_inside, b_inside) = (ungrouped(a), ungrouped(b));
        named_like(&a.label, &b.label)
            && self.attributes(&a.attributes, &b.attributes)
            && self.kind((&a_inside.kind, a_inside.span), (&b_inside.kind, b_inside.span))
    }

    fn kind(&self, a: (&ExpressionKind, Span), b: (&ExpressionKind, Span)) -> bool {
        use ExpressionKind as Kind;
        let expressions =
            |a: &[Expression], b: &[Expression]| all(a, b, |a, b| self.expression(a, b));
        match (a.0, b.0) {
            (Kind::Sequence(a), Kind::Sequence(b))
            | (Kind::Fallback(a), Kind::Fallback(b))
            | (Kind::ForkJoin(a), Kind::ForkJoin(b)) => expressions(a, b),
            (Kind::Group(a), Kind::Group(b)) => self.expression(a, b),
            (
                Kind::Call { name: a, arguments: a_arguments },
                Kind::Call { name: b, arguments: b_arguments },
            ) => {
                let arguments = match (a_arguments, b_arguments) {
                    (Some(a), Some(b)) => all(&a.items, &b.items, |a, b| self.argument(a, b)),
                    (a, b) => a.is_none() && b.is_none(),
                };
                arguments && a.text == b.text
            }
            (Kind::Host(a), Kind::Host(b)) => a.text == b.text,
            (Kind::HostExpression, Kind::HostExpression) => {
                slice(self.a, a.1) == slice(self.b, b.1)
            }
            (Kind::Literal(a), Kind::Literal(b)) => a == b,
            (
                Kind::Weighted { weight: a, policy: a_policy },
                Kind::Weighted { weight: b, policy: b_policy },
            ) => a == b && self.expression(a_policy, b_policy),
            (
                Kind::Shadow { value: a, shadow: a_shadow },
                Kind::Shadow { value: b, shadow: b_shadow },
            ) => self.expression(a, b) && self.expression(a_shadow, b_shadow),
            _ => false,
        }
    }

    fn argument(&self, a: &Argument, b: &Argument) -> bool {
        named_like(&a.name, &b.name) && self.expression(&a.value, &b.value)
    }
}

/// What a group holds, unless that has a name or attributes of its own.
fn ungrouped(expression: &Expression) -> &Expression {
    match &expression.kind {
        ExpressionKind::Group(inner) if inner.label.is_none() && inner.attributes.is_empty() => {
            ungrouped(inner)
        }
        _ => expression,
    }
}

fn named_like(a: &Option<Name>, b: &Option<Name>) -> bool {
    a.as_ref().map(|name| &name.text) == b.as_ref().map(|name| &name.text)
}

fn slice(text: &str, span: Span) -> Option<&str> {
    let start = usize::try_from(span.start).ok()?;
    text.get(start..usize::try_from(span.end).ok()?)
}

fn all<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse_file;
    use crate::source::FileId;

    fn same(a: &str, b: &str) -> bool {
        let parse = |text: &str| parse_file(text, FileId::default()).0;
        files((a, &parse(a)), (b, &parse(b)))
    }

    #[test]
    fn groups_blanks_and_spellings_are_no_difference() {
        assert!(same("policy a = ((b)) + (c & d);", "policy a = b + c&d;"));
        assert!(same("let a = 1_000ms;", "let a=1s ;"));
        assert!(same("policy a = x: (b | c);", "policy a = x: ((b | c));"));
    }

    #[test]
    fn all_else_is() {
        let texts = [
            "policy a = b + (c | d);",
            "policy a = b + c | d;",
            "policy a = (b + c) + d;",
            "policy a = b + c + d;",
            "policy a = x: (y: b);",
            "policy a = x: b;",
            "policy a = y: b;",
            "policy a = #[allow(x)] b;",
            "policy a = #[deny(x)] b;",
            "#[allow(x)] policy a = b;",
            "#![allow(x)] policy a = b;",
            "/// x\npolicy a = b;",
            "//! x\npolicy a = b;",
            "policy a = b;",
            "pub policy a = b;",
            "let a = b;",
            "policy a() = b;",
            "policy a(x: policy) = b;",
            "policy a(x: count) = b;",
            "policy a(x: count = 1) = b;",
            "policy a = b();",
            "policy a = b(1);",
            "policy a = b(c = 1);",
            "policy a = @b;",
            "policy a = { b };",
            "policy a = {b};",
            "policy a = f(1s ~ 2s);",
            "policy a = f(5% b);",
            "policy a = b; policy c = d;",
            "use \"a.nl\";",
            "use \"b.nl\";",
            "",
        ];
        for (at, a) in texts.iter().enumerate() {
            for (other, b) in texts.iter().enumerate() {
                assert_eq!(same(a, b), at == other, "{a}\n{b}");
            }
        }
    }
}
