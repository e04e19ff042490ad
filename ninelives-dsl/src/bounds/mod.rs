//! Static bounds: what no request through a policy can exceed, computed from the plan alone.
//!
//! For every part, in its place (with the deadline around it and with what is inside), and for every
//! outcome it can come to: the latest it can come, and the most calls there can be before it, by
//! target. Beside these the long-run amplification, what is in flight, and whether an answer can be
//! degraded. A bound is per outcome because that is both sound and close: behind
//! `circuit_breaker + to(@a)` the arm that follows a refusal has made no call yet.
//!
//! # What they mean
//! Latencies are nominal. Each timer on the way may be late by its step, 1 ms; the time of handlers,
//! classifiers and the executor is outside. The bounds are about the values in force: who sets a
//! parameter at run time changes them. A request is taken to be one that may be repeated: one that
//! may not makes fewer calls.
//!
//! # What is assumed
//! A service may take for ever and may give every class but `rejected`, which is a refusal of ours.
//!
//! The formulas are those of the design review of the language; they are tested as theorems, by runs
//! of random policies against hostile services.
//!
//! ```
//! use ninelives_dsl::bounds::{Analysis, Latency};
//! use ninelives_dsl::load::{Front, load_bytes};
//! use std::time::Duration;
//!
//! let text = b"policy search = timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge);";
//! let load = load_bytes("search.nl", text, None, Front::Text);
//! let bounds = Analysis::new(&load.plan).policy(0).expect("the load has one policy");
//! assert_eq!(bounds.outcomes.latency(), Latency::AtMost(Duration::from_secs(2)));
//! assert_eq!(bounds.outcomes.calls().service(), 5);
//! assert!(!bounds.can_fail());
//! ```

mod amount;
mod combine;
mod layers;
mod outcome;
#[cfg(test)]
mod tests;
mod walk;

pub use amount::{Count, Latency, PerTarget, Target, UNBOUNDED};
pub(crate) use combine::or_else;
pub(crate) use layers::{Retry, classes as on};
pub use outcome::{Outcome, Outcomes, Worst};
pub use walk::{Analysis, Visit};

use crate::source::Span;
use std::time::Duration;

/// What is known of a part in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    /// What it can come to, each with its worst case.
    pub outcomes: Outcomes,
    /// Whether a success can be a degraded answer.
    pub degraded: Degraded,
    /// Calls per request in the long run, by target: budgets count, floors of budgets do not.
    pub amplification: PerTarget<f64>,
    /// The most calls of one request in flight at once.
    pub in_flight: Count,
    /// The most calls of all requests in flight at once, where a bulkhead bounds them.
    pub in_flight_of_all: Count,
    /// A handler of the host may run: its time is not in the bounds.
    pub handler: bool,
    /// What is inside of it.
    pub holds: Holds,
}

/// The parts inside that rules ask about: where one of each kind stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// A retry that may repeat.
    pub retry: Option<Span>,
    /// A bulkhead.
    pub bulkhead: Option<Span>,
    /// The shortest of the timeouts that can pass before a deadline around them does.
    pub timeout: Option<Deadline>,
}

impl Holds {
    fn with(self, other: Self) -> Self {
        let timeouts = self.timeout.into_iter().chain(other.timeout);
        Self {
            retry: self.retry.or(other.retry),
            bulkhead: self.bulkhead.or(other.bulkhead),
            timeout: timeouts.min_by_key(|timeout| timeout.after),
        }
    }
}

/// Whether a success is a degraded answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Degraded {
    /// No answer is.
    Never,
    /// Some are.
    Maybe,
    /// Every answer is.
    Always,
}

/// The earliest deadline around a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// How long after its timeout began.
    pub after: Duration,
    /// Where that timeout stands.
    pub span: Span,
}

impl Bounds {
    /// True when a success can come.
    pub fn can_answer(&self) -> bool {
        self.outcomes.get(Outcome::Ok).is_some()
    }

    /// True when a failure can come.
    pub fn can_fail(&self) -> bool {
        self.outcomes.failures().next().is_some()
    }

    /// What is known of a part that stands in both places: the worse, in each respect.
    #[must_use]
    pub(crate) fn in_both(&self, other: &Self) -> Self {
        let mut outcomes = self.outcomes.clone();
        other.outcomes.iter().for_each(|(outcome, worst)| outcomes.add(outcome, worst.clone()));
        Self {
            outcomes,
            degraded: combine::mixed([self, other]),
            amplification: self.amplification.with(&other.amplification, f64::max),
            in_flight: self.in_flight.max(other.in_flight),
            in_flight_of_all: self.in_flight_of_all.max(other.in_flight_of_all),
            handler: self.handler || other.handler,
            holds: self.holds.with(other.holds),
        }
    }

    /// True when `&` holds this part in reserve.
    pub fn is_reserve(&self) -> bool {
        self.can_answer() && self.degraded == Degraded::Always
    }
}
