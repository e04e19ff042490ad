//! The one table of policies and parameters. Checker, did-you-mean, `nl explain`, editor probes,
//! the macro's code, the dynamic builder and the runtime's own range checks all read it.
//!
//! Adding a policy is one entry here, one layer folder in the runtime, one builder arm, its tests.

use crate::plan::Value;
use crate::value::{Backoff, Budget, ClassSet, Jitter, Number, Quantile, Rate, Ratio, Written};
use std::fmt;
use std::time::Duration;

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

/// The values a parameter allows. Bounds are inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Every value of its kinds.
    Any,
    /// Arms a timer: whole milliseconds between these.
    Timer(Duration, Duration),
    /// A measured length of time between these; no timer is armed.
    Measured(Duration, Duration),
    /// A count between these.
    Count(u64, u64),
    /// A ratio between these.
    Ratio(Ratio, Ratio),
    /// `window` of the breaker: a count between the first two, or a measured time between the last.
    CountOrMeasured(u64, u64, Duration, Duration),
}

const MILLISECOND: Duration = Duration::from_millis(1);
const MICROSECOND: Duration = Duration::from_micros(1);
/// The longest duration any parameter takes: tokio's timer wheel ends a little above two years,
/// and nothing a request waits for is longer than this.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);
const TIMER: Range = Range::Timer(MILLISECOND, LONGEST);
const TIMER_OR_ZERO: Range = Range::Timer(Duration::ZERO, LONGEST);
const MEASURED: Range = Range::Measured(MICROSECOND, LONGEST);

/// A value refused by a parameter's range or kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong: "must be between 1ms and 30d".
    pub message: String,
    /// What to write instead, where it is certain.
    pub instead: Option<String>,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl ParameterEntry {
    /// Checks a resolved value of an accepted kind against the range. The checker calls this at
    /// compile time, the runtime's configuration at construction and at each write: one rule.
    ///
    /// # Errors
    /// [`Refused`] with the allowed range when the value lies outside it.
    pub fn check(&self, value: &Value) -> Result<(), Refused> {
        match (self.range, value) {
            (Range::Timer(low, high), Value::Duration(duration)) => timer(*duration, low, high),
            (
                Range::Measured(low, high) | Range::CountOrMeasured(_, _, low, high),
                Value::Duration(duration),
            ) => between(
                Written(*duration),
                Written(low),
                Written(high),
                *duration >= low && *duration <= high,
            ),
            (
                Range::Count(low, high) | Range::CountOrMeasured(low, high, ..),
                Value::Count(count),
            ) => between(count, low, high, (low..=high).contains(count)),
            (Range::Ratio(low, high), Value::Ratio(ratio)) => {
                between(ratio, low, high, (low..=high).contains(ratio))
            }
            (_, Value::Backoff(backoff)) => check_backoff(*backoff),
            (_, Value::Budget(budget)) => check_budget(*budget),
            (_, Value::Classes(classes)) if classes.is_empty() => {
                Err(Refused { message: "must name at least one class".into(), instead: None })
            }
            _ => Ok(()),
        }
    }
}

fn between(
    found: impl fmt::Display,
    low: impl fmt::Display,
    high: impl fmt::Display,
    inside: bool,
) -> Result<(), Refused> {
    if inside {
        return Ok(());
    }
    Err(Refused { message: format!("`{found}` must be between {low} and {high}"), instead: None })
}

fn timer(duration: Duration, low: Duration, high: Duration) -> Result<(), Refused> {
    between(Written(duration), Written(low), Written(high), duration >= low && duration <= high)?;
    if duration.subsec_nanos().is_multiple_of(1_000_000) {
        return Ok(());
    }
    let rounded = Duration::from_secs(duration.as_secs())
        + Duration::from_millis(u64::from(duration.subsec_nanos().div_ceil(1_000_000)));
    Err(Refused {
        message: format!(
            "`{}` must be whole milliseconds: timers have no finer steps",
            Written(duration)
        ),
        instead: Some(Written(rounded).to_string()),
    })
}

fn check_backoff(backoff: Backoff) -> Result<(), Refused> {
    let delay = |delay: Duration| timer(delay, Duration::ZERO, LONGEST);
    match backoff {
        Backoff::Fixed { delay: fixed } => delay(fixed),
        Backoff::Linear { delay: first, max } => {
            delay(first)?;
            delay(max)?;
            ceiling(first, max)
        }
        Backoff::Exponential { delay: first, factor, max } => {
            delay(first)?;
            delay(max)?;
            ceiling(first, max)?;
            let (low, high) = (Number::whole(1), Number::whole(100));
            between(format_args!("factor = {factor}"), low, high, (low..=high).contains(&factor))
        }
    }
}

fn ceiling(first: Duration, max: Duration) -> Result<(), Refused> {
    between(format_args!("max = {}", Written(max)), Written(first), Written(LONGEST), max >= first)
}

fn check_budget(budget: Budget) -> Result<(), Refused> {
    let (low, high) = (Ratio::ZERO, Ratio::percent(1_000));
    between(budget.ratio, low, high, (low..=high).contains(&budget.ratio))?;
    let (low, high) = (Duration::from_secs(1), Duration::from_secs(3_600));
    between(
        format_args!("window = {}", Written(budget.window)),
        Written(low),
        Written(high),
        budget.window >= low && budget.window <= high,
    )?;
    let (low, high) = (Rate::new(1, Duration::from_secs(3_600)), Rate::per_second(1_000_000_000));
    // A count of nothing is no floor at all: only Rust can say it.
    let none = budget.min.count() == 0 && !budget.min.period().is_zero();
    let inside = none || (at_most(low, budget.min) && at_most(budget.min, high));
    between(format_args!("min = {}", budget.min), low, high, inside)
}

/// True when `rate` is not above `other`; compared without rounding.
fn at_most(rate: Rate, other: Rate) -> bool {
    u128::from(rate.count()) * other.period().as_nanos()
        <= u128::from(other.count()) * rate.period().as_nanos()
}

const fn required(
    name: &'static str,
    accepts: &'static [Kind],
    range: Range,
    doc: &'static str,
) -> ParameterEntry {
    ParameterEntry {
        name,
        accepts,
        default: Default::Required,
        unset: "",
        range,
        adaptive: true,
        doc,
    }
}

const fn optional(
    name: &'static str,
    accepts: &'static [Kind],
    default: Value,
    range: Range,
    doc: &'static str,
) -> ParameterEntry {
    ParameterEntry {
        name,
        accepts,
        default: Default::Is(default),
        unset: "",
        range,
        adaptive: true,
        doc,
    }
}

const fn host(name: &'static str, default: Default, doc: &'static str) -> ParameterEntry {
    ParameterEntry {
        name,
        accepts: &[Kind::Host],
        default,
        unset: "",
        range: Range::Any,
        adaptive: false,
        doc,
    }
}

impl ParameterEntry {
    const fn when_unset(mut self, unset: &'static str) -> Self {
        self.unset = unset;
        self
    }
}

/// `timeout`
pub static TIMEOUT: PolicyEntry = PolicyEntry {
    kind: LayerKind::Timeout,
    name: "timeout",
    type_name: "Timeout",
    summary: "a deadline for everything inside; what is still running then is dropped",
    parameters: &[required(
        "duration",
        &[Kind::Duration],
        TIMER,
        "how long the call may take, from the moment it is made",
    )],
    terminal: false,
    stateful: false,
};

/// `retry`
pub static RETRY: PolicyEntry = PolicyEntry {
    kind: LayerKind::Retry,
    name: "retry",
    type_name: "Retry",
    summary: "tries again after a failure, with backoff, jitter and a shared budget",
    parameters: &[
        optional(
            "max_attempts",
            &[Kind::Count],
            Value::Count(3),
            Range::Count(1, 100),
            "how many attempts in all, the first call included",
        ),
        optional(
            "backoff",
            &[Kind::Backoff],
            Value::Backoff(Backoff::exponential(Duration::from_millis(100))),
            Range::Any,
            "how the wait between attempts grows: `fixed`, `linear` or `exponential`",
        ),
        optional(
            "jitter",
            &[Kind::Jitter],
            Value::Jitter(Jitter::Full),
            Range::Any,
            "how the wait is spread: `none`, `full`, `equal` or `decorrelated`",
        ),
        optional(
            "on",
            &[Kind::Classes],
            Value::Classes(ClassSet::DEFAULT),
            Range::Any,
            "the outcome classes that are tried again",
        ),
        optional(
            "budget",
            &[Kind::Budget, Kind::Off],
            Value::Budget(Budget::RETRY),
            Range::Any,
            "the share of calls that retries may add, over all clones; `off` for no bound",
        ),
        optional(
            "retry_after",
            &[Kind::Duration, Kind::Off],
            Value::Duration(Duration::from_secs(30)),
            TIMER,
            "the longest retry-after hint obeyed; a longer one ends the retry, `off` ignores hints",
        ),
    ],
    terminal: false,
    stateful: true,
};

/// `circuit_breaker`
pub static CIRCUIT_BREAKER: PolicyEntry = PolicyEntry {
    kind: LayerKind::CircuitBreaker,
    name: "circuit_breaker",
    type_name: "CircuitBreaker",
    summary: "refuses calls while the service fails, and probes for its recovery",
    parameters: &[
        optional(
            "failure_rate",
            &[Kind::Ratio],
            Value::Ratio(Ratio::percent(50)),
            Range::Ratio(Ratio::from_millionths(1), Ratio::ONE),
            "the share of failures in the window that opens the circuit",
        ),
        optional(
            "window",
            &[Kind::Count, Kind::Duration],
            Value::Count(100),
            Range::CountOrMeasured(
                1,
                100_000,
                Duration::from_millis(10),
                Duration::from_secs(86_400),
            ),
            "what is judged: the last so many calls, or the calls of the last so long",
        ),
        optional(
            "min_calls",
            &[Kind::Count],
            Value::Count(20),
            Range::Count(1, 100_000),
            "how many calls the window must hold before it is judged",
        ),
        optional(
            "consecutive",
            &[Kind::Count, Kind::Off],
            Value::Off,
            Range::Count(1, 100_000),
            "opens after so many failures in a row, whatever the rate",
        ),
        optional(
            "slow_call",
            &[Kind::Duration, Kind::Off],
            Value::Off,
            MEASURED,
            "a call that takes longer counts as slow",
        ),
        optional(
            "slow_rate",
            &[Kind::Ratio],
            Value::Ratio(Ratio::ONE),
            Range::Ratio(Ratio::from_millionths(1), Ratio::ONE),
            "the share of slow calls in the window that opens the circuit",
        ),
        optional(
            "cooldown",
            &[Kind::Duration],
            Value::Duration(Duration::from_secs(5)),
            TIMER,
            "how long the circuit stays open; doubles per reopening, with equal jitter",
        ),
        optional(
            "max_cooldown",
            &[Kind::Duration],
            Value::Duration(Duration::from_secs(300)),
            TIMER,
            "the ceiling of the doubled cooldown",
        ),
        optional(
            "probes",
            &[Kind::Count],
            Value::Count(1),
            Range::Count(1, 1_000),
            "how many calls a half-open circuit admits; all must succeed to close it",
        ),
        optional(
            "on",
            &[Kind::Classes],
            Value::Classes(ClassSet::DEFAULT),
            Range::Any,
            "the outcome classes that count as failures",
        ),
    ],
    terminal: false,
    stateful: true,
};

/// `bulkhead`
pub static BULKHEAD: PolicyEntry = PolicyEntry {
    kind: LayerKind::Bulkhead,
    name: "bulkhead",
    type_name: "Bulkhead",
    summary: "bounds the calls in flight; refuses or queues what is above",
    parameters: &[
        required(
            "max_concurrency",
            &[Kind::Count],
            Range::Count(1, 1_000_000),
            "how many calls may be in flight at once",
        ),
        optional(
            "queue",
            &[Kind::Count],
            Value::Count(0),
            Range::Count(0, 1_000_000),
            "how many calls may wait for a place, first come first served",
        ),
        optional(
            "wait",
            &[Kind::Duration],
            Value::Unset,
            TIMER_OR_ZERO,
            "how long a call waits in the queue; until the earliest deadline when not written",
        )
        .when_unset("until the earliest deadline"),
    ],
    terminal: false,
    stateful: true,
};

/// `hedge`
pub static HEDGE: PolicyEntry = PolicyEntry {
    kind: LayerKind::Hedge,
    name: "hedge",
    type_name: "Hedge",
    summary: "starts a second attempt when the first is slow; the first success wins",
    parameters: &[
        optional(
            "after",
            &[Kind::Duration, Kind::Quantile],
            Value::Quantile(Quantile::P95),
            TIMER_OR_ZERO,
            "how long to wait before the next attempt: a duration, or a quantile of what was seen",
        ),
        optional(
            "initial",
            &[Kind::Duration],
            Value::Unset,
            TIMER,
            "the wait while there are not enough samples for the quantile; not hedged without it",
        )
        .when_unset("not hedged until there are samples"),
        optional(
            "min_samples",
            &[Kind::Count],
            Value::Count(100),
            Range::Count(1, 1_000_000),
            "how many successes must have been seen before the quantile is used",
        ),
        optional(
            "max_attempts",
            &[Kind::Count],
            Value::Count(2),
            Range::Count(1, 100),
            "how many attempts in all, the first call included",
        ),
        optional(
            "budget",
            &[Kind::Budget, Kind::Off],
            Value::Budget(Budget::HEDGE),
            Range::Any,
            "the share of calls that hedges may add, over all clones; `off` for no bound",
        ),
        optional(
            "on",
            &[Kind::Classes],
            Value::Classes(ClassSet::DEFAULT),
            Range::Any,
            "the outcome classes that start the next attempt at once",
        ),
    ],
    terminal: false,
    stateful: true,
};

/// `fallback`
pub static FALLBACK: PolicyEntry = PolicyEntry {
    kind: LayerKind::Fallback,
    name: "fallback",
    type_name: "Fallback",
    summary: "answers with a degraded response and calls nothing; cannot fail",
    parameters: &[host(
        "handler",
        Default::Is(Value::Unset),
        "makes the degraded answer; without it the response type's own `DegradedResponse`",
    )
    .when_unset("the response type's own degraded answer")],
    terminal: true,
    stateful: false,
};

/// `to`
pub static TO: PolicyEntry = PolicyEntry {
    kind: LayerKind::To,
    name: "to",
    type_name: "To",
    summary: "calls another service of the host program instead of the wrapped one",
    parameters: &[host("service", Default::Required, "the service to call")],
    terminal: true,
    stateful: false,
};

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

/// A call that makes a value, such as `exponential(50ms, max = 2s)`.
#[derive(Debug)]
pub struct ValueCall {
    /// Its word.
    pub name: &'static str,
    /// The kind of what it makes.
    pub gives: Kind,
    /// One line on what it makes.
    pub summary: &'static str,
    /// The first is required and may be given by position.
    pub parameters: &'static [ValueParameter],
}

/// One parameter of a value call.
#[derive(Debug)]
pub struct ValueParameter {
    /// Its word.
    pub name: &'static str,
    /// What is written for it.
    pub kind: Kind,
    /// One line on what it does.
    pub doc: &'static str,
}

const DELAY: ValueParameter =
    ValueParameter { name: "delay", kind: Kind::Duration, doc: "the first wait" };
const CEILING: ValueParameter = ValueParameter {
    name: "max",
    kind: Kind::Duration,
    doc: "the longest wait; 10s when not given",
};

/// The value calls of the language.
pub static VALUE_CALLS: [ValueCall; 4] = [
    ValueCall {
        name: "fixed",
        gives: Kind::Backoff,
        summary: "the same wait each time",
        parameters: &[DELAY],
    },
    ValueCall {
        name: "linear",
        gives: Kind::Backoff,
        summary: "a wait that grows by the same each time",
        parameters: &[DELAY, CEILING],
    },
    ValueCall {
        name: "exponential",
        gives: Kind::Backoff,
        summary: "a wait that is multiplied each time",
        parameters: &[
            DELAY,
            ValueParameter {
                name: "factor",
                kind: Kind::Number,
                doc: "how many times the wait before; 2 when not given",
            },
            CEILING,
        ],
    },
    ValueCall {
        name: "budget",
        gives: Kind::Budget,
        summary: "what repetition may cost, over all clones",
        parameters: &[
            ValueParameter { name: "ratio", kind: Kind::Ratio, doc: "repetitions per first call" },
            ValueParameter {
                name: "min",
                kind: Kind::Rate,
                doc: "repetitions always allowed; the policy's own when not given",
            },
            ValueParameter {
                name: "window",
                kind: Kind::Duration,
                doc: "how far back first calls count; 10s when not given",
            },
        ],
    },
];

/// The value call of that name.
pub fn value_call(name: &str) -> Option<&'static ValueCall> {
    VALUE_CALLS.iter().find(|call| call.name == name)
}

/// The names of the policies, now and later, and of their parameters.
pub fn words() -> impl Iterator<Item = &'static str> {
    let parameters = POLICIES.iter().flat_map(|entry| entry.parameters);
    let policies = POLICIES.iter().map(|entry| entry.name);
    policies.chain(LATER_POLICIES).chain(parameters.map(|parameter| parameter.name))
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
