//! What each token of a text is for, as far as the text alone says.

use super::cursor::{Machine, Slot};
use super::tokens::{Token, TokenKind, tokens};
use crate::catalogue::{self, LATER_POLICIES, WORDS, value_call};
use crate::value::Class;

/// What a token is for. Names that the text declares are [`Symbols`](super::Symbols).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `policy`, `let`, `use`, `pub`
    Keyword,
    /// `retry`, `pass`
    Layer,
    /// `full`, `exponential`, `transient`
    Value,
    /// The name of an argument.
    Argument,
    /// A label.
    Label,
    /// The type of a parameter.
    Type,
    /// The name of a thing of the host.
    Host,
    /// `allow`, and the names of findings.
    Attribute,
    /// The `s` of `100/s`
    Unit,
    /// `p99.9`
    Quantile,
    /// A mark, a literal, a comment, a name.
    Other,
}

/// Every token of a text with its role.
pub fn roles(text: &str) -> impl Iterator<Item = (Token<'_>, Role)> {
    let mut machine = Machine::default();
    let mut tokens = tokens(text).peekable();
    let mut rate = false;
    std::iter::from_fn(move || {
        let token = tokens.next()?;
        let role = match token.kind {
            TokenKind::Word if rate => Role::Unit,
            TokenKind::Word if token.is_quantile() => Role::Quantile,
            TokenKind::Word => word(token, tokens.peek(), &machine.slot(Some(token))),
            _ => Role::Other,
        };
        rate = token.is_mark("/");
        machine.step(token);
        Some((token, role))
    })
}

fn word(token: Token<'_>, next: Option<&Token<'_>>, slot: &Slot<'_>) -> Role {
    let word = token.text;
    let follows = |mark| next.is_some_and(|next| next.is_mark(mark));
    let is_layer = || {
        let later = LATER_POLICIES.contains(&word) || ["pass", "fail"].contains(&word);
        later || catalogue::policy(word).is_some()
    };
    let is_value = || {
        let class = Class::FAILURES.into_iter().any(|class| class.word() == word);
        class || WORDS.contains(&word) || value_call(word).is_some()
    };
    match slot {
        Slot::Declaration if ["policy", "let", "use", "pub"].contains(&word) => Role::Keyword,
        Slot::Type => Role::Type,
        Slot::Host(_) => Role::Host,
        Slot::Level | Slot::Finding => Role::Attribute,
        Slot::Argument(_) if follows("=") => Role::Argument,
        Slot::Policy | Slot::Argument(_) | Slot::Value(_) if follows(":") => Role::Label,
        Slot::Policy if is_layer() => Role::Layer,
        Slot::Argument(_) | Slot::Value(_) | Slot::Let | Slot::Default(_) if is_value() => {
            Role::Value
        }
        // An argument may be a policy.
        Slot::Argument(_) | Slot::Value(_) | Slot::Default(_) if is_layer() => Role::Layer,
        _ => Role::Other,
    }
}
