//! Expressions: chains of operands, calls, groups.

use super::builder::{Builder, Pair, Pairs, bare, poison};
use super::expected::Place;
use super::literals;
use super::operators::{self, Operator};
use super::reserved;
use crate::ast::{Argument, Arguments, Expression, ExpressionKind, Literal, Name};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use ninelives_grammar::Rule;

const ESCAPES: &str =
    r#"the escapes are Rust's: `\n` `\r` `\t` `\\` `\0` `\"` `\'` `\x41` `\u{1f600}`"#;

impl Builder<'_> {
    /// A chain, and what is left of the place it stands in, if anything is.
    pub(super) fn expression(
        &mut self,
        chain: Pair<'_>,
        left: Option<Pair<'_>>,
        place: Place,
    ) -> Expression {
        let span = self.span(&chain);
        let mut chain = Chain {
            pairs: chain.into_inner().peekable(),
            place,
            told_missing: false,
        };
        let mut first = self.operand(&mut chain);
        let weight = match first.kind {
            ExpressionKind::Literal(Literal::Ratio(ratio))
                if place == Place::Argument && chain.weighs() =>
            {
                let weight = (ratio, first.span);
                first = self.operand(&mut chain);
                Some(weight)
            }
            _ => None,
        };
        let mut end = End::of(&first);
        let mut rest = Vec::new();
        let mut broken = false;
        while let Some(pair) = chain.pairs.next() {
            if pair.as_rule() != Rule::operator {
                self.misplaced_weight(&pair);
                return poison(span);
            }
            let operator = self.operator(&pair, place, &rest);
            let operand = self.operand(&mut chain);
            end = End::of(&operand);
            match operator {
                Some(operator) => rest.push((operator, operand)),
                None => broken = true,
            }
        }
        if let Some(left) = left {
            // What follows a mistake is part of it.
            if end.sound {
                self.unexpected(left.as_span().start(), place, end.number);
            }
            broken = true;
        }
        if broken {
            return poison(span);
        }
        let expression = operators::assemble(first, rest);
        match weight {
            Some((weight, at)) => {
                let span = at.to(expression.span);
                let policy = Box::new(expression);
                bare(ExpressionKind::Weighted { weight, policy }, span)
            }
            None => expression,
        }
    }

    /// Reads a sign; `None` after a mistake that leaves nothing to be made of the chain.
    fn operator(
        &mut self,
        pair: &Pair<'_>,
        place: Place,
        before: &[(Operator, Expression)],
    ) -> Option<Operator> {
        let span = self.span(pair);
        let operator = Operator::read(pair.as_str(), span, self.report)?;
        if operator != Operator::Shadow {
            return Some(operator);
        }
        let again = before.iter().any(|(before, _)| *before == Operator::Shadow);
        let message = if !place.is_argument() {
            "`~` stands directly in an argument of a policy"
        } else if again {
            "`~` stands once in an argument"
        } else {
            return Some(operator);
        };
        self.report
            .push(Diagnostic::error(codes::MISPLACED, span, message));
        None
    }

    fn misplaced_weight(&mut self, policy: &Pair<'_>) {
        let span = self.span(policy);
        self.report.push(
            Diagnostic::error(
                codes::MISPLACED,
                span,
                "a policy follows a ratio only at the start of an argument of `split`",
            )
            .with_help("an operator is missing, or this is an arm: `split(95% to(@a), 5% to(@b))`"),
        );
    }

    /// An operand with its attributes and label.
    fn operand(&mut self, chain: &mut Chain<'_>) -> Expression {
        let mut attributes = Vec::new();
        while let Some(pair) = chain.take(Rule::attribute) {
            attributes.extend(self.operand_attribute(pair));
        }
        let Some(mut pair) = chain.pairs.next() else {
            return poison(self.at(0, 0));
        };
        let mut label = None;
        if pair.as_rule() == Rule::word && chain.take(Rule::colon).is_some() {
            label = Some(self.name(&pair));
            let Some(next) = chain.pairs.next() else {
                return poison(self.span(&pair));
            };
            pair = next;
        }
        let mut expression = self.term(pair, chain);
        if matches!(expression.kind, ExpressionKind::Literal(_)) {
            let label = label.as_ref().map(|label| (label.span, "a label"));
            let attribute = attributes.first().map(|first| (first.span, "an attribute"));
            if let Some((span, what)) = label.or(attribute) {
                self.report.push(Diagnostic::error(
                    codes::MISPLACED,
                    span,
                    format!("{what} stands before a policy, not before a value"),
                ));
                return poison(expression.span);
            }
        }
        expression.label = label.filter(|label| self.may_be_named(label, "a label"));
        expression.attributes = attributes;
        expression
    }

    /// False, and reported, when the name is a reserved word.
    pub(super) fn may_be_named(&mut self, name: &Name, what: &str) -> bool {
        let Some(reason) = reserved::reserved(&name.text) else {
            return true;
        };
        self.report.push(Diagnostic::error(
            codes::RESERVED,
            name.span,
            format!("`{}` cannot be {what}: {reason}", name.text),
        ));
        false
    }

    fn term(&mut self, pair: Pair<'_>, chain: &mut Chain<'_>) -> Expression {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::word => return self.word(&pair, chain),
            Rule::number | Rule::sign => return self.literal(pair, &mut chain.pairs),
            Rule::group => return self.group(pair),
            Rule::text => self
                .text(&pair)
                .map(Literal::Text)
                .map(ExpressionKind::Literal),
            Rule::host => self.host(pair).map(ExpressionKind::Host),
            Rule::host_expression => Some(ExpressionKind::HostExpression),
            _ => {
                if !std::mem::replace(&mut chain.told_missing, true) {
                    self.missing(pair.as_span().start(), chain.place);
                }
                None
            }
        };
        bare(kind.unwrap_or(ExpressionKind::Poison), span)
    }

    /// A name, a call or a quantile.
    fn word(&mut self, pair: &Pair<'_>, chain: &mut Chain<'_>) -> Expression {
        let name = self.name(pair);
        if let Some(pair) = chain.take(Rule::arguments) {
            let arguments = self.arguments(pair);
            let span = name.span.to(arguments.span);
            let arguments = Some(arguments);
            return bare(ExpressionKind::Call { name, arguments }, span);
        }
        if let Some(fraction) = chain.take(Rule::fraction) {
            let span = name.span.to(self.span(&fraction));
            let digits = fraction.into_inner().next();
            let digits = digits.as_ref().map(|digits| digits.as_str());
            return self.quantile(&name.text, digits, span);
        }
        if literals::is_quantile(&name.text) {
            return self.quantile(&name.text, None, name.span);
        }
        if reserved::is_structure(&name.text) {
            if !std::mem::replace(&mut chain.told_missing, true) {
                self.missing(pair.as_span().start(), chain.place);
            }
            return poison(name.span);
        }
        let span = name.span;
        let arguments = None;
        bare(ExpressionKind::Call { name, arguments }, span)
    }

    fn quantile(&mut self, word: &str, fraction: Option<&str>, span: Span) -> Expression {
        let quantile = self.value(span, literals::quantile(word, fraction));
        let literal = quantile.map(Literal::Quantile).map(ExpressionKind::Literal);
        bare(literal.unwrap_or(ExpressionKind::Poison), span)
    }

    fn group(&mut self, pair: Pair<'_>) -> Expression {
        let span = self.span(&pair);
        let mut pairs = pair.into_inner();
        let Some(chain) = pairs.next() else {
            return poison(span);
        };
        let inner = self.expression(chain, pairs.next(), Place::Group);
        bare(ExpressionKind::Group(Box::new(inner)), span)
    }

    /// `@name`, without the `@`.
    fn host(&mut self, pair: Pair<'_>) -> Option<Name> {
        let end = self.end(&pair);
        let word = pair.into_inner().next();
        if word.is_none() {
            let error = self.expected("a name of the host program", self.next_token(end));
            self.report.push(error);
        }
        word.map(|word| self.name(&word))
    }

    pub(super) fn text(&mut self, pair: &Pair<'_>) -> Option<String> {
        match literals::unescape(pair.as_str()) {
            Ok(text) => Some(text),
            Err(escape) => {
                let start = pair.as_span().start();
                let span = self.at(start + escape.start, start + escape.end);
                let written = pair.as_str().get(escape).unwrap_or("");
                let message = format!("`{written}` is not an escape");
                self.report
                    .push(Diagnostic::error(codes::SYNTAX, span, message).with_help(ESCAPES));
                None
            }
        }
    }

    fn arguments(&mut self, pair: Pair<'_>) -> Arguments {
        let span = self.span(&pair);
        let mut pairs = pair.into_inner().peekable();
        let mut items = Vec::new();
        while let Some(pair) = pairs.next() {
            let last = pairs.peek().is_none();
            items.extend(self.argument(pair, last));
        }
        Arguments { items, span }
    }

    /// One argument; nothing may stand between `()` and after the last comma.
    fn argument(&mut self, pair: Pair<'_>, last: bool) -> Option<Argument> {
        let span = self.span(&pair);
        if last
            && self
                .text
                .get(pair.as_span().start()..)
                .is_some_and(|text| text.starts_with(')'))
        {
            return None;
        }
        let mut name = None;
        let mut chain = None;
        let mut left = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => name = Some(self.name(&part)),
                Rule::colon => self.colon_for_equals(&part),
                Rule::chain => chain = Some(part),
                _ => left = Some(part),
            }
        }
        let place = if name.is_some() {
            Place::Named
        } else {
            Place::Argument
        };
        let value = self.expression(chain?, left, place);
        Some(Argument { name, value, span })
    }

    fn colon_for_equals(&mut self, colon: &Pair<'_>) {
        let span = self.span(colon);
        self.report.push(
            Diagnostic::error(codes::SYNTAX, span, "expected `=`, found `:`")
                .with_help(
                    "an argument is `name = value`; a label stands before a policy in a chain",
                )
                .with_fix(span, " ="),
        );
    }
}

/// A chain being read.
struct Chain<'i> {
    pairs: Pairs<'i>,
    place: Place,
    /// One missing operand was reported; `= + ;` lacks two by one mistake.
    told_missing: bool,
}

impl<'i> Chain<'i> {
    fn take(&mut self, rule: Rule) -> Option<Pair<'i>> {
        self.pairs.next_if(|pair| pair.as_rule() == rule)
    }

    /// True when the ratio just read is the weight of what follows.
    fn weighs(&mut self) -> bool {
        let next = self.pairs.peek();
        next.is_some_and(|pair| pair.as_rule() != Rule::operator)
    }
}

/// How a chain ends: it decides what is said about what follows.
struct End {
    sound: bool,
    number: Option<Span>,
}

impl End {
    fn of(operand: &Expression) -> Self {
        let number = matches!(
            operand.kind,
            ExpressionKind::Literal(Literal::Count(_) | Literal::Number(_))
        );
        Self {
            sound: !matches!(operand.kind, ExpressionKind::Poison),
            number: number.then_some(operand.span),
        }
    }
}
