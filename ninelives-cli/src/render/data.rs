//! Values and bounds as typed data: every number has its unit in its key, and what has no bound is
//! null. Keys may be added, never removed or renamed.

use ninelives_dsl::bounds::{Count, Outcome, UNBOUNDED};
use ninelives_dsl::explain::{Figures, Longest, PerService, WorstCase};
use ninelives_dsl::plan::{Host, Value};
use ninelives_dsl::value::{Backoff, Budget, Class, Rate};
use serde::{Serialize, Serializer};
use std::time::Duration;

/// A value of the language.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Typed {
    Duration {
        duration_ms: Ms,
    },
    Count {
        count: u64,
    },
    Number {
        number: f64,
    },
    Ratio {
        ratio: f64,
    },
    Rate {
        count: u64,
        period_ms: Ms,
    },
    Size {
        bytes: u64,
    },
    Range {
        from_ms: Ms,
        to_ms: Ms,
    },
    Quantile {
        quantile: f64,
    },
    Bool {
        value: bool,
    },
    Classes {
        classes: Vec<&'static str>,
    },
    Fixed {
        delay_ms: Ms,
    },
    Linear {
        delay_ms: Ms,
        max_ms: Ms,
    },
    Exponential {
        delay_ms: Ms,
        factor: f64,
        max_ms: Ms,
    },
    Jitter {
        jitter: &'static str,
    },
    Budget {
        ratio: f64,
        min_count: u64,
        min_period_ms: Ms,
        window_ms: Ms,
    },
    Text {
        text: String,
    },
    Host {
        name: Option<String>,
    },
    Off,
    /// There is none: the text beside it says what holds.
    Unset,
}

impl Typed {
    pub(crate) fn new(value: &Value) -> Self {
        match value {
            Value::Duration(duration) => Self::Duration { duration_ms: Ms(*duration) },
            Value::Count(count) => Self::Count { count: *count },
            Value::Number(number) => Self::Number { number: number.millionths() as f64 / 1e6 },
            Value::Ratio(ratio) => Self::Ratio { ratio: ratio.as_f64() },
            Value::Rate(rate) => Self::Rate { count: rate.count(), period_ms: Ms(rate.period()) },
            Value::Size(bytes) => Self::Size { bytes: *bytes },
            Value::Range(from, to) => Self::Range { from_ms: Ms(*from), to_ms: Ms(*to) },
            Value::Quantile(quantile) => Self::Quantile { quantile: quantile.as_f64() },
            Value::Bool(value) => Self::Bool { value: *value },
            Value::Classes(classes) => {
                Self::Classes { classes: classes.iter().map(Class::word).collect() }
            }
            Value::Backoff(backoff) => Self::backoff(*backoff),
            Value::Jitter(jitter) => Self::Jitter { jitter: jitter.word() },
            Value::Budget(budget) => Self::budget(*budget),
            Value::Text(text) => Self::Text { text: text.clone() },
            Value::Host(Host::Name { name, .. }) => Self::Host { name: Some(name.clone()) },
            Value::Host(Host::Expression(_)) => Self::Host { name: None },
            Value::Off => Self::Off,
            Value::Unset => Self::Unset,
        }
    }

    fn backoff(backoff: Backoff) -> Self {
        match backoff {
            Backoff::Fixed { delay } => Self::Fixed { delay_ms: Ms(delay) },
            Backoff::Linear { delay, max } => Self::Linear { delay_ms: Ms(delay), max_ms: Ms(max) },
            Backoff::Exponential { delay, factor, max } => Self::Exponential {
                delay_ms: Ms(delay),
                factor: factor.millionths() as f64 / 1e6,
                max_ms: Ms(max),
            },
        }
    }

    fn budget(budget: Budget) -> Self {
        let Budget { ratio, min, window } = budget;
        let (min_count, min_period_ms) = (Rate::count(min), Ms(min.period()));
        Self::Budget { ratio: ratio.as_f64(), min_count, min_period_ms, window_ms: Ms(window) }
    }
}

/// The bounds of a policy or a part.
#[derive(Debug, Serialize)]
pub(crate) struct Bounds {
    #[serde(flatten)]
    worst: Worst,
    handler_time_beside: bool,
    long_run: Vec<LongRun>,
    failures: Vec<&'static str>,
    degraded: String,
    in_flight_calls: Option<Count>,
    in_flight_calls_of_all: Option<Count>,
    outcomes: Vec<OfOutcome>,
}

impl From<&Figures> for Bounds {
    fn from(figures: &Figures) -> Self {
        let outcomes = figures.outcomes.iter();
        Self {
            worst: Worst::from(&figures.worst),
            handler_time_beside: figures.handler,
            long_run: long_run(&figures.long_run),
            failures: figures.failures().iter().map(Class::word).collect(),
            degraded: figures.degraded.to_string(),
            in_flight_calls: bounded(figures.in_flight),
            in_flight_calls_of_all: bounded(figures.in_flight_of_all),
            outcomes: outcomes
                .map(|(outcome, worst)| OfOutcome { outcome: name(*outcome), worst: worst.into() })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct OfOutcome {
    outcome: &'static str,
    #[serde(flatten)]
    worst: Worst,
}

#[derive(Debug, Serialize)]
struct Worst {
    #[serde(flatten)]
    latency: Latency,
    calls: Vec<Calls>,
}

impl From<&WorstCase> for Worst {
    fn from(worst: &WorstCase) -> Self {
        let calls = worst
            .calls
            .iter()
            .map(|(service, calls)| Calls { service: service.clone(), calls: bounded(*calls) });
        Self { latency: (&worst.latency).into(), calls: calls.collect() }
    }
}

/// A latency, or the part through which there is no bound.
#[derive(Debug, Serialize)]
pub(crate) struct Latency {
    latency_ms: Option<Ms>,
    unbounded_through: Option<String>,
}

impl From<&Longest> for Latency {
    fn from(longest: &Longest) -> Self {
        match longest {
            Longest::AtMost(most) => Self { latency_ms: Some(Ms(*most)), unbounded_through: None },
            Longest::Unbounded { through } => {
                Self { latency_ms: None, unbounded_through: Some(through.clone()) }
            }
        }
    }
}

/// Calls of a service; `null` is the one that the policy is put around.
#[derive(Debug, Serialize)]
struct Calls {
    service: Option<String>,
    calls: Option<Count>,
}

#[derive(Debug, Serialize)]
struct LongRun {
    service: Option<String>,
    calls_per_request: Option<f64>,
}

fn long_run(calls: &PerService<f64>) -> Vec<LongRun> {
    let one = |(service, calls): &(Option<String>, f64)| LongRun {
        service: service.clone(),
        calls_per_request: finite(*calls),
    };
    calls.iter().map(one).collect()
}

/// `None` for any number.
pub(crate) fn bounded(count: Count) -> Option<Count> {
    (count != UNBOUNDED).then_some(count)
}

/// `None` for any number. A sum of decimal shares is rounded to what they have of digits.
pub(crate) fn finite(average: f64) -> Option<f64> {
    average.is_finite().then(|| (average * 1e6).round() / 1e6)
}

/// A length of time in milliseconds: a whole number wherever it is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ms(Duration);

impl Serialize for Ms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(duration) = self;
        match u64::try_from(duration.as_millis()) {
            Ok(whole) if duration.subsec_nanos() % 1_000_000 == 0 => {
                serializer.serialize_u64(whole)
            }
            _ => serializer.serialize_f64(duration.as_nanos() as f64 / 1e6),
        }
    }
}

/// The classes, and what a class does not tell apart.
const fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "success",
        Outcome::Timeout => "timeout",
        Outcome::Full => "rejected_full",
        Outcome::CircuitOpen => "rejected_open",
        Outcome::Overloaded => "overloaded",
        Outcome::Transient => "transient",
        Outcome::Permanent => "permanent",
        Outcome::Neutral => "none",
    }
}
