//! Literals of several tokens: ratios, rates, ranges, each with one span.

use super::builder::{Builder, Pair, Pairs, bare, poison, written};
use super::literals::{self, Mistake};
use crate::ast::{Expression, ExpressionKind, Literal};
use crate::source::Span;
use ninelives_grammar::Rule;

impl Builder<'_> {
    /// A quantity or a range of two, beginning with `first`.
    pub(super) fn literal(&mut self, first: Pair<'_>, pairs: &mut Pairs<'_>) -> Expression {
        let (low, span) = self.quantity(first, pairs);
        let Some(dots) = pairs.next_if(|pair| pair.as_rule() == Rule::dots) else {
            return low.map_or_else(|| poison(span), |low| literal(low, span));
        };
        let bound = |pair: &Pair<'_>| matches!(pair.as_rule(), Rule::number | Rule::sign);
        let Some(first) = pairs.next_if(bound) else {
            let at = self.next_token(self.end(&dots));
            let error = self.expected("the upper end of the range", at);
            self.report.push(error);
            return poison(span);
        };
        let (high, end) = self.quantity(first, pairs);
        let span = span.to(end);
        match low.zip(high) {
            Some((low, high)) => match self.value(span, literals::range(low, high)) {
                Some(range) => literal(range, span),
                None => poison(span),
            },
            None => poison(span),
        }
    }

    /// A number with the sign or period that makes it a ratio or a rate; `None` was reported.
    fn quantity(&mut self, first: Pair<'_>, pairs: &mut Pairs<'_>) -> (Option<Literal>, Span) {
        let start = self.span(&first);
        let sign = (first.as_rule() == Rule::sign).then(|| written(&first));
        let number = if sign.is_some() {
            pairs.next()
        } else {
            Some(first)
        };
        let Some(number) = number else {
            return (None, start);
        };
        let mut span = start.to(self.span(&number));
        let number = number.as_str();
        let value = if let Some(percent) = pairs.next_if(|next| next.as_rule() == Rule::percent) {
            span = span.to(self.span(&percent));
            if written(&percent).len() > 1 {
                Err(Mistake::spelling("a ratio has one `%`").instead(format!("{number}%")))
            } else {
                literals::ratio(number).map(Literal::Ratio)
            }
        } else if let Some(slash) = pairs.next_if(|next| next.as_rule() == Rule::slash) {
            let period = |pair: &Pair<'_>| matches!(pair.as_rule(), Rule::number | Rule::word);
            let Some(period) = pairs.next_if(period) else {
                let at = self.next_token(self.end(&slash));
                let error = self.expected("the period of the rate, such as `s`", at);
                self.report.push(error);
                return (None, span);
            };
            span = span.to(self.span(&period));
            literals::rate(number, period.as_str()).map(Literal::Rate)
        } else {
            literals::number(number)
        };
        let value = match sign {
            None => value,
            Some(".") => Err(Mistake::spelling("a number begins with a digit")
                .help(format!("write `0.{number}`"))),
            Some(_) => Err(Mistake::spelling("values have no sign")),
        };
        (self.value(span, value), span)
    }
}

fn literal(literal: Literal, span: Span) -> Expression {
    bare(ExpressionKind::Literal(literal), span)
}
