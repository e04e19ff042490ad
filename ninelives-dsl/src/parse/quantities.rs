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
        let Some(dots) = take_mark("..", pairs) else {
            return low.map_or_else(|| poison(span), |low| literal(low, span));
        };
        let Some(first) = pairs.next_if(begins_number) else {
            let at = self.next_token(self.end(&dots));
            self.refuse::<()>("the upper end of the range", at);
            return poison(span);
        };
        let (high, end) = self.quantity(first, pairs);
        let span = span.to(end);
        let range = low.zip(high);
        let range = range.and_then(|(low, high)| self.value(span, literals::range(low, high)));
        range.map_or_else(|| poison(span), |range| literal(range, span))
    }

    /// A number with the mark that makes it a ratio or a rate; `None` was reported.
    fn quantity(&mut self, first: Pair<'_>, pairs: &mut Pairs<'_>) -> (Option<Literal>, Span) {
        let start = self.span(&first);
        let stray = (first.as_rule() == Rule::stray).then(|| written(&first));
        let number = if stray.is_some() { pairs.next() } else { Some(first) };
        let Some(number) = number else {
            return (None, start);
        };
        let mut span = start.to(self.span(&number));
        span.end += self.signed_exponent(&number);
        let number = written(&number);
        let value = if let Some(mark) = take_mark("%", pairs) {
            span = span.to(self.span(&mark));
            literals::ratio(number).map(Literal::Ratio)
        } else if let Some(slash) = take_mark("/", pairs) {
            let period = |pair: &Pair<'_>| matches!(pair.as_rule(), Rule::number | Rule::word);
            let Some(period) = pairs.next_if(period) else {
                let at = self.next_token(self.end(&slash));
                return (self.refuse("the period of the rate, such as `s`", at), span);
            };
            span = span.to(self.span(&period));
            literals::rate(number, written(&period)).map(Literal::Rate)
        } else {
            literals::number(number)
        };
        let value =
            match stray {
                None => value,
                Some(".") => Err(Mistake::spelling("a number begins with a digit")
                    .instead(format!("0.{number}"))),
                Some(_) => Err(Mistake::spelling("values have no sign")),
            };
        (self.value(span, value), span)
    }

    /// How long the rest of an exponent with a sign is: `-3` behind `1e`. Numbers have none, and to
    /// rustc it is one token.
    fn signed_exponent(&self, number: &Pair<'_>) -> u32 {
        let behind = self.text.get(number.as_span().end()..).unwrap_or("");
        let digits = behind.trim_start_matches(['-', '+']);
        let sign = behind.len() - digits.len();
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        if number.as_str().ends_with(['e', 'E']) && sign == 1 && length > 0 {
            u32::try_from(sign + length).unwrap_or(0)
        } else {
            0
        }
    }
}

/// The next pair, if it is that mark.
fn take_mark<'i>(mark: &str, pairs: &mut Pairs<'i>) -> Option<Pair<'i>> {
    pairs.next_if(|pair| pair.as_rule() == Rule::mark && pair.as_str() == mark)
}

fn begins_number(pair: &Pair<'_>) -> bool {
    matches!(pair.as_rule(), Rule::number | Rule::stray)
}

fn literal(literal: Literal, span: Span) -> Expression {
    bare(ExpressionKind::Literal(literal), span)
}
