//! The bounds of a policy in both loads: of each one it is certain which is worse.

use crate::bounds::{Count, Degraded};
use crate::explain::words::{average, count, of};
use crate::explain::{Explained, Figures, Longest, PerService, Service};
use crate::load::Load;
use crate::plan::Policy;
use crate::value::Class;
use std::cmp::Ordering;
use std::fmt;

/// A bound that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundChange {
    /// Which.
    pub bound: Bound,
    /// What it was.
    pub old: Amount,
    /// What it is.
    pub new: Amount,
}

impl BoundChange {
    /// True when the new one is worse, false when it is better.
    pub fn is_worse(&self) -> bool {
        self.new.compare(&self.old) == Ordering::Greater
    }
}

/// What is bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The latest any outcome can come.
    Latency,
    /// Whether a handler of the host may add its own time to the latency.
    Handler,
    /// The most calls of one request to a service.
    Calls(Service),
    /// The calls per request to a service in the long run.
    LongRun(Service),
    /// Whether the policy can fail with that class.
    Failure(Class),
    /// Whether an answer can be degraded.
    Degraded,
    /// The most calls of one request in flight at once.
    InFlight,
    /// The most calls of all requests in flight at once.
    InFlightOfAll,
}

/// `worst-case latency`, `calls of @east`
impl fmt::Display for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency => out.write_str("worst-case latency"),
            Self::Handler => out.write_str("a handler's time beside it"),
            Self::Calls(service) => write!(out, "most calls{}", of(service.as_deref())),
            Self::LongRun(service) => write!(out, "long-run calls{}", of(service.as_deref())),
            Self::Failure(class) => write!(out, "can fail with `{class}`"),
            Self::Degraded => out.write_str("degraded answers"),
            Self::InFlight => out.write_str("in flight, one request"),
            Self::InFlightOfAll => out.write_str("in flight, all requests"),
        }
    }
}

/// How much of it. Of two of one bound the larger is the worse.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    /// A length of time, or without an end.
    Latency(Longest),
    /// So many; [`UNBOUNDED`](crate::bounds::UNBOUNDED) is any number of them.
    Count(Count),
    /// So many on average; infinite is any number of them.
    Average(f64),
    /// It can be or not.
    Possible(bool),
    /// Never, some or all.
    Degraded(Degraded),
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency(latency) => latency.fmt(out),
            Self::Count(amount) => out.write_str(&count(*amount)),
            Self::Average(amount) => out.write_str(&average(*amount)),
            Self::Possible(true) => out.write_str("yes"),
            Self::Possible(false) => out.write_str("no"),
            Self::Degraded(degraded) => degraded.fmt(out),
        }
    }
}

impl Amount {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Latency(one), Self::Latency(other)) => match (one, other) {
                (Longest::AtMost(one), Longest::AtMost(other)) => one.cmp(other),
                (Longest::AtMost(_), Longest::Unbounded { .. }) => Ordering::Less,
                (Longest::Unbounded { .. }, Longest::AtMost(_)) => Ordering::Greater,
                (Longest::Unbounded { .. }, Longest::Unbounded { .. }) => Ordering::Equal,
            },
            (Self::Count(one), Self::Count(other)) => one.cmp(other),
            // The order of a sum is no difference.
            (Self::Average(one), Self::Average(other)) if (one - other).abs() < 1e-9 => {
                Ordering::Equal
            }
            (Self::Average(one), Self::Average(other)) => one.total_cmp(other),
            (Self::Possible(one), Self::Possible(other)) => one.cmp(other),
            (Self::Degraded(one), Self::Degraded(other)) => rank(*one).cmp(&rank(*other)),
            _ => Ordering::Equal,
        }
    }
}

const fn rank(degraded: Degraded) -> u8 {
    match degraded {
        Degraded::Never => 0,
        Degraded::Maybe => 1,
        Degraded::Always => 2,
    }
}

pub(super) fn compare(
    (old, was): (&Load, &Policy),
    (new, is): (&Load, &Policy),
) -> Vec<BoundChange> {
    let (was, is) = (Explained::new(old, was).whole(), Explained::new(new, is).whole());
    let (Some(was), Some(is)) = (was, is) else {
        return Vec::new();
    };
    let services = services(&was, &is);
    let all = bounds(&services).into_iter().map(|bound| BoundChange {
        old: amount(&was, &bound),
        new: amount(&is, &bound),
        bound,
    });
    all.filter(|change| change.new.compare(&change.old) != Ordering::Equal).collect()
}

/// Every service that one of them calls.
fn services(was: &Figures, is: &Figures) -> Vec<Service> {
    let called = [&was.worst.calls, &is.worst.calls].into_iter().flatten();
    let mut services: Vec<Service> = called.map(|(service, _)| service.clone()).collect();
    services.sort();
    services.dedup();
    services
}

fn bounds(services: &[Service]) -> Vec<Bound> {
    let mut bounds = vec![Bound::Latency, Bound::Handler];
    bounds.extend(services.iter().cloned().map(Bound::Calls));
    bounds.extend(services.iter().cloned().map(Bound::LongRun));
    bounds.extend(Class::FAILURES.map(Bound::Failure));
    bounds.extend([Bound::Degraded, Bound::InFlight, Bound::InFlightOfAll]);
    bounds
}

fn amount(figures: &Figures, bound: &Bound) -> Amount {
    match bound {
        Bound::Latency => Amount::Latency(figures.worst.latency.clone()),
        Bound::Handler => Amount::Possible(figures.handler),
        Bound::Calls(service) => Amount::Count(to(&figures.worst.calls, service)),
        Bound::LongRun(service) => Amount::Average(to(&figures.long_run, service)),
        Bound::Failure(class) => Amount::Possible(figures.failures().contains(*class)),
        Bound::Degraded => Amount::Degraded(figures.degraded),
        Bound::InFlight => Amount::Count(figures.in_flight),
        Bound::InFlightOfAll => Amount::Count(figures.in_flight_of_all),
    }
}

fn to<T: Copy + Default>(amounts: &PerService<T>, service: &Service) -> T {
    let found = amounts.iter().find(|(it, _)| it == service);
    found.map_or_else(T::default, |(_, amount)| *amount)
}
