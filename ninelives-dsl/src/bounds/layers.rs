//! The bounds of each layer from those of what is inside it.

use super::amount::{Latency, PerTarget};
use super::outcome::{Outcome, Outcomes, Worst};
use super::{Bounds, Deadline, Degraded, Holds};
use crate::catalogue::Range;
use crate::plan::{Layer, Value};
use crate::source::Span;
use crate::value::{Backoff, ClassSet, Jitter};
use std::time::Duration;

/// `timeout(d)`: everything is cut off at `d`. `inside` was computed with that deadline.
pub(super) fn timeout(own: Deadline, around: Option<Deadline>, inside: &Bounds) -> Bounds {
    let duration = own.after;
    let mut outcomes = inside.outcomes.map(|_, worst| Worst {
        latency: worst.latency.within(Some(duration)),
        calls: worst.calls.clone(),
    });
    let mut holds = inside.holds;
    if around.is_none_or(|around| duration < around.after) {
        holds = holds.with(Holds { timeout: Some(own), ..Holds::default() });
    }
    let first = around.is_none_or(|around| duration <= around.after);
    if first && inside.outcomes.latency().reaches(duration) {
        let calls = inside.outcomes.calls();
        outcomes.add(Outcome::Timeout, Worst { latency: Latency::AtMost(duration), calls });
    }
    Bounds { outcomes, holds, ..inside.clone() }
}

/// `timeout({ … })`: its duration is the host's, so it may pass at any time, or late.
pub(super) fn timeout_of_host(inside: &Bounds) -> Bounds {
    let mut bounds = inside.clone();
    if let Some(worst) = inside.outcomes.worst(|_| true) {
        bounds.outcomes.add(Outcome::Timeout, worst);
    }
    bounds
}

/// The parameters of `retry` that matter here.
pub(crate) struct Retry {
    pub(crate) attempts: u32,
    pub(crate) on: ClassSet,
    backoff: Backoff,
    pub(crate) jitter: Jitter,
    pub(crate) longest_hint: Duration,
    budget: Option<f64>,
}

impl Retry {
    pub(crate) fn of(layer: &Layer) -> Self {
        let backoff = match layer.value("backoff") {
            Value::Backoff(backoff) => *backoff,
            _ => Backoff::fixed(Duration::MAX),
        };
        let jitter = match layer.value("jitter") {
            Value::Jitter(jitter) => *jitter,
            _ => Jitter::Full,
        };
        let longest_hint = match layer.value("retry_after") {
            Value::Duration(longest) => *longest,
            _ => Duration::ZERO,
        };
        let attempts = count(layer, "max_attempts");
        Self { attempts, on: classes(layer), backoff, jitter, longest_hint, budget: budget(layer) }
    }

    /// The shortest and the longest wait after so many failures, hints apart.
    fn wait(&self, failures: u32) -> (Duration, Duration) {
        let step = self.backoff.step(failures);
        match self.jitter {
            Jitter::None => (step, step),
            Jitter::Full => (Duration::ZERO, step),
            Jitter::Equal => (step / 2, step),
            Jitter::Decorrelated => {
                let grown = 3u32.saturating_pow(failures);
                let most = self.backoff.base().saturating_mul(grown).min(self.backoff.ceiling());
                (self.backoff.base().min(most), most)
            }
        }
    }

    /// The waits between the attempts, as short as they can be.
    pub(crate) fn shortest_waits(&self) -> impl Iterator<Item = Duration> {
        (1..self.attempts).map(|failures| self.wait(failures).0)
    }

    /// The longest wait between two attempts, hints apart.
    pub(crate) fn longest_backoff(&self) -> Duration {
        (1..self.attempts).map(|failures| self.wait(failures).1).max().unwrap_or_default()
    }

    /// How many attempts can start before the deadline, if every wait is as short as can be.
    pub(crate) fn can_start(&self, deadline: Option<Deadline>) -> u32 {
        let mut waited = Duration::ZERO;
        let starts = self.shortest_waits().take_while(|wait| {
            waited = waited.saturating_add(*wait);
            deadline.is_none_or(|deadline| waited < deadline.after)
        });
        u32::try_from(starts.count()).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// `retry(n, …)`: so many attempts with their waits before the last one's outcome.
pub(super) fn retry(
    layer: &Layer,
    span: Span,
    deadline: Option<Deadline>,
    inside: &Bounds,
) -> Bounds {
    let retry = Retry::of(layer);
    let Some(failed) = inside.outcomes.worst(|outcome| outcome.is_in(retry.on)) else {
        return inside.clone();
    };
    let overloaded =
        inside.outcomes.get(Outcome::Overloaded).is_some() && Outcome::Overloaded.is_in(retry.on);
    let hint = if overloaded { retry.longest_hint } else { Duration::ZERO };
    let attempts = retry.can_start(deadline);
    let waits = (1..attempts).fold(Duration::ZERO, |waits, failures| {
        waits.saturating_add(retry.wait(failures).1.max(hint))
    });
    let before = Worst {
        latency: failed.latency.times(attempts - 1).plus(Latency::AtMost(waits)),
        calls: failed.calls.times(attempts - 1),
    };
    Bounds {
        outcomes: inside.outcomes.map(|_, last| before.then(last)),
        amplification: repeated(&inside.amplification, retry.budget, attempts),
        holds: Holds {
            retry: inside.holds.retry.or((attempts > 1).then_some(span)),
            ..inside.holds
        },
        ..inside.clone()
    }
}

/// `hedge(…)`: attempts that overlap.
pub(super) fn hedge(layer: &Layer, inside: &Bounds) -> Bounds {
    let attempts = count(layer, "max_attempts");
    let whole = inside.outcomes.latency();
    let delay = match layer.value("after") {
        Value::Duration(after) => whole.min(Latency::AtMost(*after)),
        // What was observed is not longer than what can be.
        _ => whole,
    };
    let more = attempts.saturating_sub(1);
    let latency = delay.times(more).plus(whole);
    let calls = inside.outcomes.calls().times(attempts);
    if more == 0 {
        return inside.clone();
    }
    Bounds {
        outcomes: inside.outcomes.map(|_, _| Worst { latency, calls: calls.clone() }),
        amplification: repeated(&inside.amplification, budget(layer), attempts),
        in_flight: inside.in_flight.saturating_mul(attempts.into()),
        ..inside.clone()
    }
}

/// The long-run calls of attempts under a budget.
fn repeated(inside: &PerTarget<f64>, budget: Option<f64>, attempts: u32) -> PerTarget<f64> {
    let most = f64::from(attempts);
    let factor = budget.map_or(most, |share| (1.0 + share).min(most));
    inside.map(|calls| calls * factor)
}

/// `circuit_breaker`: may refuse, and never lowers anything else: other requests may keep it closed.
pub(super) fn circuit_breaker(inside: &Bounds) -> Bounds {
    let mut bounds = inside.clone();
    bounds.outcomes.add(Outcome::CircuitOpen, Worst::nothing());
    bounds
}

/// `bulkhead(m, …)`: a wait before everything, and a refusal after it.
pub(super) fn bulkhead(
    layer: &Layer,
    span: Span,
    deadline: Option<Deadline>,
    inside: &Bounds,
) -> Bounds {
    let wait = match (layer.value("queue"), layer.value("wait")) {
        (Value::Count(0), _) => Latency::ZERO,
        (_, Value::Duration(wait)) => Latency::AtMost(*wait),
        _ => Latency::Unbounded(span),
    }
    .within(deadline.map(|deadline| deadline.after));
    let waited = Worst { latency: wait, calls: PerTarget::default() };
    let mut outcomes = inside.outcomes.map(|_, worst| waited.then(worst));
    outcomes.add(Outcome::Full, waited);
    let limit = u64::from(count(layer, "max_concurrency"));
    let in_flight_of_all = inside.in_flight_of_all.min(limit.saturating_mul(inside.in_flight));
    let holds = Holds { bulkhead: inside.holds.bulkhead.or(Some(span)), ..inside.holds };
    Bounds { outcomes, in_flight_of_all, holds, ..inside.clone() }
}

/// `fallback`: a degraded answer at once; the handler's own time is outside.
pub(super) fn fallback() -> Bounds {
    let mut outcomes = Outcomes::default();
    outcomes.add(Outcome::Ok, Worst::nothing());
    Bounds { outcomes, degraded: Degraded::Always, handler: true, ..nothing() }
}

/// A part that can neither answer nor send.
pub(super) fn fail() -> Bounds {
    let mut outcomes = Outcomes::default();
    outcomes.add(Outcome::Neutral, Worst::nothing());
    Bounds { outcomes, ..nothing() }
}

pub(super) fn nothing() -> Bounds {
    Bounds {
        outcomes: Outcomes::default(),
        degraded: Degraded::Never,
        amplification: PerTarget::default(),
        in_flight: 0,
        in_flight_of_all: 0,
        handler: false,
        holds: Holds::default(),
    }
}

/// A count; a value from the host is not known, so it is as large as the parameter allows.
fn count(layer: &Layer, parameter: &str) -> u32 {
    let argument = layer.arguments.iter().find(|argument| argument.parameter.name == parameter);
    let count =
        argument.map_or(u64::MAX, |argument| match (&argument.value, argument.parameter.range) {
            (Value::Count(count), _) => *count,
            (_, Range::Count(_, most)) => most,
            _ => u64::MAX,
        });
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The classes that a layer acts on; all of them where the host says which.
pub(crate) fn classes(layer: &Layer) -> ClassSet {
    match layer.value("on") {
        Value::Classes(classes) => *classes,
        _ => ClassSet::ANY,
    }
}

/// The share of calls that may be added in the long run; `None` is without a bound.
fn budget(layer: &Layer) -> Option<f64> {
    match layer.value("budget") {
        Value::Budget(budget) => Some(budget.ratio.as_f64()),
        _ => None,
    }
}
