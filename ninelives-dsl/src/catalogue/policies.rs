//! The policies: one entry each.

use super::range::{MEASURED, TIMER, TIMER_OR_ZERO};
use super::{Default, Kind, LayerKind, ParameterEntry, PolicyEntry, Range};
use crate::plan::Value;
use crate::value::{Backoff, Budget, ClassSet, Jitter, Quantile, Ratio};
use std::time::Duration;

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
        group: None,
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
        group: None,
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
        group: None,
        doc,
    }
}

impl ParameterEntry {
    const fn when_unset(mut self, unset: &'static str) -> Self {
        self.unset = unset;
        self
    }

    const fn in_group(mut self, group: &'static str) -> Self {
        self.group = Some(group);
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
        "how long the call may take, from when it begins",
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
        )
        .in_group("sample"),
        optional(
            "min_calls",
            &[Kind::Count],
            Value::Count(20),
            Range::Count(1, 100_000),
            "how many calls the window must hold before it is judged",
        )
        .in_group("sample"),
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
