//! The one table of policies and parameters. Checker, did-you-mean, `nl explain`, editor probes,
//! the macro's code, the dynamic builder and the runtime's own range checks all read it.
//!
//! Adding a policy is one entry in `policies`, one layer folder in the runtime, one builder arm, its
//! tests.

mod parts;
mod policies;
mod range;
mod values;

pub use policies::{BULKHEAD, CIRCUIT_BREAKER, FALLBACK, HEDGE, RETRY, TIMEOUT, TO};
pub use range::{Range, Refused};
pub use values::{VALUE_CALLS, ValueCall, ValueParameter, value_call};

use crate::plan::Value;

/// The layers this version can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LayerKind {
    /// `timeout`
    Timeout,
    /// `retry`
    Retry,
    /// `circuit_breaker`
    CircuitBreaker,
    /// `bulkhead`
    Bulkhead,
    /// `hedge`
    Hedge,
    /// `fallback`
    Fallback,
    /// `to`
    To,
}

impl LayerKind {
    /// The catalogue's row.
    pub fn entry(self) -> &'static PolicyEntry {
        match self {
            Self::Timeout => &TIMEOUT,
            Self::Retry => &RETRY,
            Self::CircuitBreaker => &CIRCUIT_BREAKER,
            Self::Bulkhead => &BULKHEAD,
            Self::Hedge => &HEDGE,
            Self::Fallback => &FALLBACK,
            Self::To => &TO,
        }
    }
}

/// One policy of the language.
#[derive(Debug)]
pub struct PolicyEntry {
    /// Which layer runs it.
    pub kind: LayerKind,
    /// Its word.
    pub name: &'static str,
    /// The runtime's type for it: `Timeout`, `CircuitBreaker`.
    pub type_name: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// The first may be given by position.
    pub parameters: &'static [ParameterEntry],
    /// Does not call what is inside: nothing may stand to its right.
    pub terminal: bool,
    /// Keeps state between requests (its path matters for reload).
    pub stateful: bool,
}

impl PolicyEntry {
    /// The row of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&'static ParameterEntry> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// One parameter.
#[derive(Debug)]
pub struct ParameterEntry {
    /// Its word.
    pub name: &'static str,
    /// What may be written for it; the first kind is the one that examples are of.
    pub accepts: &'static [Kind],
    /// What holds when it is not written.
    pub default: Default,
    /// What holds when the value is [`Value::Unset`], in a few words; empty where it never is.
    pub unset: &'static str,
    /// The values allowed.
    pub range: Range,
    /// Can be read and set while requests run.
    pub adaptive: bool,
    /// The parameters of one group are read together, and change in one step.
    pub group: Option<&'static str>,
    /// One line on what it does, with its unit.
    pub doc: &'static str,
}

/// What holds when a parameter is not written.
#[derive(Debug)]
pub enum Default {
    /// It must be written.
    Required,
    /// This value; [`Value::Unset`] and [`Value::Off`] are values too.
    Is(Value),
}

/// The kinds of value; the names of template parameter types are in [`Kind::TEMPLATE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `250ms`
    Duration,
    /// `3`
    Count,
    /// `1.5`
    Number,
    /// `50%`
    Ratio,
    /// `100/s`
    Rate,
    /// `64KiB`
    Size,
    /// `100ms..2s`
    Range,
    /// `p95`
    Quantile,
    /// `true`
    Bool,
    /// `"…"`
    Text,
    /// `timeout | overloaded`
    Classes,
    /// `exponential(50ms)`
    Backoff,
    /// `full`
    Jitter,
    /// `budget(20%)`; a ratio is its short form
    Budget,
    /// `off`
    Off,
    /// A degraded answer, service, layer or key of the host
    Host,
    /// A policy
    Policy,
}

impl Kind {
    /// Every kind a template parameter may have, and its word in the language.
    pub const TEMPLATE: [(&'static str, Self); 16] = [
        ("duration", Self::Duration),
        ("count", Self::Count),
        ("number", Self::Number),
        ("ratio", Self::Ratio),
        ("rate", Self::Rate),
        ("size", Self::Size),
        ("range", Self::Range),
        ("quantile", Self::Quantile),
        ("bool", Self::Bool),
        ("text", Self::Text),
        ("backoff", Self::Backoff),
        ("jitter", Self::Jitter),
        ("budget", Self::Budget),
        ("classes", Self::Classes),
        ("host", Self::Host),
        ("policy", Self::Policy),
    ];

    /// With its article, for messages: `a duration`, `classes`.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Duration => "a duration",
            Self::Count => "a count",
            Self::Number => "a number",
            Self::Ratio => "a ratio",
            Self::Rate => "a rate",
            Self::Size => "a size",
            Self::Range => "a range",
            Self::Quantile => "a quantile",
            Self::Bool => "`true` or `false`",
            Self::Text => "a text",
            Self::Classes => "outcome classes",
            Self::Backoff => "a backoff",
            Self::Jitter => "a jitter",
            Self::Budget => "a budget",
            Self::Off => "`off`",
            Self::Host => "a name of the host program (`@name`)",
            Self::Policy => "a policy",
        }
    }

    /// Several kinds, for messages: `a count or a duration`.
    pub fn phrases(kinds: &[Self]) -> String {
        let phrases: Vec<_> = kinds.iter().map(|kind| kind.phrase()).collect();
        phrases.join(" or ")
    }
}

/// Every policy this version can run, in the order of the reference.
pub static POLICIES: [&PolicyEntry; 7] =
    [&TIMEOUT, &RETRY, &CIRCUIT_BREAKER, &BULKHEAD, &HEDGE, &FALLBACK, &TO];

/// The row of a policy.
pub fn policy(name: &str) -> Option<&'static PolicyEntry> {
    POLICIES.into_iter().find(|entry| entry.name == name)
}

/// Policies that are reserved and cannot run yet.
pub const LATER_POLICIES: [&str; 11] = [
    "rate_limit",
    "concurrency_limit",
    "load_shed",
    "cache",
    "coalesce",
    "split",
    "mirror",
    "chaos",
    "deadline",
    "only",
    "enforce",
];

/// Outcome classes that are reserved and have no meaning yet: the parts of `rejected` (a full
/// bulkhead, whose word `full` is a jitter too, is the third).
pub const LATER_CLASSES: [&str; 2] = ["open", "limited"];

/// The names of the policies, now and later, and of their parameters.
pub fn words() -> impl Iterator<Item = &'static str> {
    let parameters = POLICIES.iter().flat_map(|entry| entry.parameters);
    let policies = POLICIES.iter().map(|entry| entry.name);
    policies.chain(LATER_POLICIES).chain(parameters.map(|parameter| parameter.name))
}

/// The units of durations, from large to small, and of sizes.
pub fn units() -> impl Iterator<Item = &'static str> {
    crate::parse::units()
}

/// What may be written for a parameter of a policy or a value call, by its name, or else for the one
/// given by position; nothing when either is unknown.
pub fn accepted(callee: &str, parameter: Option<&str>) -> &'static [Kind] {
    let is_meant = |name: &str| parameter.is_none_or(|parameter| parameter == name);
    if let Some(entry) = policy(callee) {
        let row = entry.parameters.iter().find(|row| is_meant(row.name));
        return row.map_or(&[], |row| row.accepts);
    }
    let rows = value_call(callee).map_or(&[][..], |call| call.parameters);
    let row = rows.iter().find(|row| is_meant(row.name));
    row.map_or(&[], |row| std::slice::from_ref(&row.kind))
}

/// The bare words that are values: jitters, switches, and the words of later parameters.
pub const WORDS: [&str; 12] = [
    "none",
    "full",
    "equal",
    "decorrelated",
    "off",
    "unbounded",
    "true",
    "false",
    "gradient",
    "vegas",
    "aimd",
    "any",
];
