//! Expressions: chains of operands, calls, groups.

use super::builder::{Builder, Pair, Pairs, bare, poison, written};
use super::expected::Place;
use super::literals;
use super::operators::{self, Operator};
use super::reserved;
use crate::ast::{Argument, Arguments, Attribute, Expression, ExpressionKind, Literal, Name};
use crate::catalogue;
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
        let mut chain = Chain::new(chain, place);
        let first = self.operand(&mut chain);
        self.chain(first, left, &mut chain)
    }

    /// What follows the first operand of a chain.
    fn chain(
        &mut self,
        first: Expression,
        left: Option<Pair<'_>>,
        chain: &mut Chain<'_>,
    ) -> Expression {
        let start = operators::whole(&first);
        let expression = match first.kind {
            ExpressionKind::Literal(Literal::Ratio(weight))
                if matches!(chain.place, Place::Argument(_))
                    && chain.goes_on_without_operator() =>
            {
                let first = self.operand(chain);
                self.join(first, chain).map(|policy| {
                    let span = start.to(policy.span);
                    let policy = Box::new(policy);
                    bare(ExpressionKind::Weighted { weight, policy }, span)
                })
            }
            _ => self.join(first, chain),
        };
        if let Some(left) = &left
            && chain.end.sound
        {
            self.unexpected(left.as_span().start(), chain.place, chain.end.literal);
        }
        let expression = expression.filter(|_| left.is_none());
        expression.unwrap_or_else(|| poison(start.to(chain.end.span)))
    }

    /// Joins the first operand with those that follow; `None` after a mistake that leaves nothing to
    /// be made of the chain.
    fn join(&mut self, first: Expression, chain: &mut Chain<'_>) -> Option<Expression> {
        if chain.pairs.peek().is_none() {
            return Some(first);
        }
        let mut sound = true;
        let mut operands = vec![first];
        let mut operators = Vec::new();
        while let Some(pair) = chain.pairs.next() {
            if pair.as_rule() != Rule::operator {
                if chain.end.sound {
                    self.misplaced_weight(&pair);
                }
                chain.end.sound = false;
                return None;
            }
            let operator = Operator::of(pair.as_str());
            if operator == Operator::Shadow {
                sound &= self.may_shadow(&pair, chain.place, &operators);
            }
            operators.push(operator);
            operands.push(self.operand(chain));
        }
        if !sound {
            return None;
        }
        operators::assemble(&mut operands.into_iter(), &operators)
    }

    /// False, and reported, when `~` cannot stand there.
    fn may_shadow(&mut self, sign: &Pair<'_>, place: Place, before: &[Operator]) -> bool {
        let message = if !place.is_argument() {
            "`~` stands directly in an argument of a policy"
        } else if before.contains(&Operator::Shadow) {
            "`~` stands once in an argument"
        } else {
            return true;
        };
        let span = self.span(sign);
        self.misplaced(span, message);
        false
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

    fn operand(&mut self, chain: &mut Chain<'_>) -> Expression {
        let first = chain.pairs.next();
        self.operand_from(first, chain)
    }

    /// An operand whose first pair was taken already.
    fn operand_from<'i>(&mut self, first: Option<Pair<'i>>, chain: &mut Chain<'i>) -> Expression {
        let operand = match first {
            Some(first) => self.labelled(first, chain),
            None => poison(chain.end.span),
        };
        chain.end = End::of(&operand);
        operand
    }

    /// An operand with its attributes and label.
    fn labelled<'i>(&mut self, first: Pair<'i>, chain: &mut Chain<'i>) -> Expression {
        let mut pair = first;
        let mut attributes = Vec::new();
        while pair.as_rule() == Rule::attribute {
            let span = self.span(&pair);
            attributes.extend(self.operand_attribute(pair));
            let Some(next) = chain.pairs.next() else {
                return poison(span);
            };
            pair = next;
        }
        let mut label = None;
        if pair.as_rule() == Rule::word && chain.take(Rule::colon).is_some() {
            label = Some(self.name(&pair));
            let Some(next) = chain.pairs.next() else {
                return poison(self.span(&pair));
            };
            pair = next;
        }
        let mut expression = self.term(pair, chain);
        if matches!(expression.kind, ExpressionKind::Literal(_))
            && self.is_before_value(label.as_ref(), &attributes)
        {
            return poison(expression.span);
        }
        expression.label = label.filter(|label| self.may_be_named(label, "a label"));
        expression.attributes = attributes;
        expression
    }

    /// True, and reported, when a value has a label or an attribute.
    fn is_before_value(&mut self, label: Option<&Name>, attributes: &[Attribute]) -> bool {
        if let Some(label) = label {
            self.misplaced(label.span, "a label stands before a policy, not before a value");
        } else if let Some(attribute) = attributes.first() {
            let message = "an attribute stands before a policy, not before a value";
            self.misplaced(attribute.span, message);
        }
        label.is_some() || !attributes.is_empty()
    }

    /// False, and reported, when the name is a reserved word.
    pub(super) fn may_be_named(&mut self, name: &Name, what: &str) -> bool {
        self.is_free(name, what, reserved::reserved(&name.text))
    }

    /// False, and reported, when there is a reason why the name cannot be used as that.
    fn is_free(&mut self, name: &Name, what: &str, reason: Option<&str>) -> bool {
        let Some(reason) = reason else {
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
            Rule::number | Rule::stray => return self.literal(pair, &mut chain.pairs),
            Rule::group => return self.group(pair, chain.place.group()),
            Rule::text => self.text(&pair).map(Literal::Text).map(ExpressionKind::Literal),
            Rule::host => self.host(pair).map(ExpressionKind::Host),
            Rule::host_expression => Some(ExpressionKind::HostExpression),
            _ => {
                self.missing_once(&pair, chain);
                None
            }
        };
        bare(kind.unwrap_or(ExpressionKind::Poison), span)
    }

    fn missing_once(&mut self, pair: &Pair<'_>, chain: &mut Chain<'_>) {
        if !chain.told_missing {
            chain.told_missing = self.missing(pair.as_span().start(), chain.place);
        }
    }

    /// A name, a call or a quantile.
    fn word(&mut self, pair: &Pair<'_>, chain: &mut Chain<'_>) -> Expression {
        let name = self.name(pair);
        if let Some(pair) = chain.take(Rule::arguments) {
            let arguments = self.arguments(&name.text, pair);
            let span = name.span.to(arguments.span);
            let arguments = Some(arguments);
            return bare(ExpressionKind::Call { name, arguments }, span);
        }
        if let Some(fraction) = chain.take(Rule::number) {
            let span = name.span.to(self.span(&fraction));
            return self.quantile(&name.text, Some(written(&fraction)), span);
        }
        if literals::is_quantile(&name.text) {
            return self.quantile(&name.text, None, name.span);
        }
        if reserved::is_structure(&name.text) {
            self.missing_once(pair, chain);
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

    fn group(&mut self, pair: Pair<'_>, place: Place) -> Expression {
        let span = self.span(&pair);
        let mut pairs = pair.into_inner();
        let Some(chain) = pairs.next() else {
            return poison(span);
        };
        let inner = self.expression(chain, pairs.next(), place);
        bare(ExpressionKind::Group(Box::new(inner)), span)
    }

    /// `@name`, without the `@`.
    fn host(&mut self, pair: Pair<'_>) -> Option<Name> {
        let end = self.end(&pair);
        match pair.into_inner().next() {
            Some(word) => {
                let name = self.name(&word);
                let reason = reserved::reserved_for_host(&name.text);
                self.is_free(&name, "a host name", reason).then_some(name)
            }
            None => self.refuse("a name of the host program", self.next_token(end)),
        }
    }

    pub(super) fn text(&mut self, pair: &Pair<'_>) -> Option<String> {
        match literals::unescape(written(pair)) {
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

    fn arguments(&mut self, callee: &str, pair: Pair<'_>) -> Arguments {
        let span = self.span(&pair);
        let mut pairs = pair.into_inner().peekable();
        let mut items = Vec::with_capacity(pairs.len());
        // Only the first is given by position.
        let mut place = Place::Argument(catalogue::accepted(callee, None));
        while let Some(pair) = pairs.next() {
            let junk = pairs.next_if(|pair| pair.as_rule() == Rule::junk);
            let span = self.span(&pair);
            let empty = junk.is_none() && span.start == span.end;
            // The last may be empty: nothing between `()`, or behind a comma.
            if !empty || pairs.peek().is_some() {
                let (name, value) = self.argument(callee, Chain::new(pair, place), junk);
                items.push(Argument { name, value, span });
            }
            place = Place::Argument(&[]);
        }
        Arguments { items, span }
    }

    fn argument<'i>(
        &mut self,
        callee: &str,
        mut chain: Chain<'i>,
        junk: Option<Pair<'i>>,
    ) -> (Option<Name>, Expression) {
        let mut first = chain.pairs.next();
        let mut name = None;
        if let Some(word) = first.take_if(|first| chain.names(first)) {
            let word = self.name(&word);
            chain.place = Place::Named(catalogue::accepted(callee, Some(&word.text)));
            name = Some(word);
            if let Some(colon) = chain.take(Rule::colon) {
                self.colon_for_equals(&colon);
            } else {
                chain.pairs.next();
            }
            first = chain.pairs.next();
        }
        let first = self.operand_from(first, &mut chain);
        let value = self.chain(first, junk, &mut chain);
        (name, value)
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
    end: End,
}

impl<'i> Chain<'i> {
    fn new(chain: Pair<'i>, place: Place) -> Self {
        Self {
            pairs: chain.into_inner().peekable(),
            place,
            told_missing: false,
            end: End::default(),
        }
    }

    /// True when the pair, and what follows it, is the name of an argument.
    fn names(&mut self, first: &Pair<'i>) -> bool {
        let next = self.pairs.peek().map(Pair::as_rule);
        first.as_rule() == Rule::word && matches!(next, Some(Rule::equals | Rule::colon))
    }

    fn take(&mut self, rule: Rule) -> Option<Pair<'i>> {
        self.pairs.next_if(|pair| pair.as_rule() == rule)
    }

    /// True when the ratio just read is the weight of what follows.
    fn goes_on_without_operator(&mut self) -> bool {
        let next = self.pairs.peek();
        next.is_some_and(|pair| pair.as_rule() != Rule::operator)
    }
}

/// How the last operand ended: it decides what is said about what follows.
#[derive(Default)]
struct End {
    /// What follows a mistake is part of it: one message is enough.
    sound: bool,
    /// The literal that it was, if it was one.
    literal: Option<Span>,
    span: Span,
}

impl End {
    fn of(operand: &Expression) -> Self {
        let literal = matches!(operand.kind, ExpressionKind::Literal(_));
        Self {
            sound: !matches!(operand.kind, ExpressionKind::Poison),
            literal: literal.then_some(operand.span),
            span: operand.span,
        }
    }
}
