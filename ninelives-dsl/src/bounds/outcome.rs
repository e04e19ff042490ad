//! The outcomes of a part: which can come, how late, and after how many calls.

use super::amount::{Count, Latency, PerTarget};
use crate::value::{Class, ClassSet};

/// What a part can come to. Finer than the classes: where a refusal is from matters to rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A success.
    Ok,
    /// A deadline passed.
    Timeout,
    /// A bulkhead refused.
    Full,
    /// A breaker refused.
    CircuitOpen,
    /// The service says slow down.
    Overloaded,
    /// A failure that may pass.
    Transient,
    /// A failure that will not pass.
    Permanent,
    /// Nothing of its own: `fail`. The outcome before it is handed on.
    Neutral,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Timeout,
        Self::Full,
        Self::CircuitOpen,
        Self::Overloaded,
        Self::Transient,
        Self::Permanent,
        Self::Neutral,
    ];

    /// Its class; `None` for what has none of its own.
    pub const fn class(self) -> Option<Class> {
        match self {
            Self::Ok => Some(Class::Success),
            Self::Timeout => Some(Class::Timeout),
            Self::Full | Self::CircuitOpen => Some(Class::Rejected),
            Self::Overloaded => Some(Class::Overloaded),
            Self::Transient => Some(Class::Transient),
            Self::Permanent => Some(Class::Permanent),
            Self::Neutral => None,
        }
    }

    /// True for a failure of one of these classes.
    pub fn is_in(self, classes: ClassSet) -> bool {
        self != Self::Ok && self.class().is_some_and(|class| classes.contains(class))
    }
}

/// The worst that an outcome costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Worst {
    /// How late it can come.
    pub latency: Latency,
    /// How many calls there can be before it, by target.
    pub calls: PerTarget<Count>,
}

impl Worst {
    /// At once, without a call.
    pub(super) fn nothing() -> Self {
        Self { latency: Latency::ZERO, calls: PerTarget::default() }
    }

    /// The worse of two, in both respects.
    #[must_use]
    pub(super) fn max(&self, other: &Self) -> Self {
        Self { latency: self.latency.max(other.latency), calls: self.calls.max(&other.calls) }
    }

    /// One after the other.
    #[must_use]
    pub(super) fn then(&self, next: &Self) -> Self {
        Self { latency: self.latency.plus(next.latency), calls: self.calls.plus(&next.calls) }
    }
}

/// The outcomes that can come, each with its worst case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcomes([Option<Worst>; 8]);

impl Outcomes {
    /// The worst case of an outcome; `None` when it cannot come.
    pub fn get(&self, outcome: Outcome) -> Option<&Worst> {
        self.iter().find(|(it, _)| *it == outcome).map(|(_, worst)| worst)
    }

    /// Those that can come.
    pub fn iter(&self) -> impl Iterator<Item = (Outcome, &Worst)> {
        let known = Outcome::ALL.into_iter().zip(&self.0);
        known.filter_map(|(outcome, worst)| Some((outcome, worst.as_ref()?)))
    }

    /// The failures that can come, the neutral one included.
    pub fn failures(&self) -> impl Iterator<Item = (Outcome, &Worst)> {
        self.iter().filter(|(outcome, _)| *outcome != Outcome::Ok)
    }

    /// The classes of the failures that can come.
    pub fn classes(&self) -> ClassSet {
        ClassSet::of(self.failures().filter_map(|(outcome, _)| outcome.class()))
    }

    /// The worst of all that can come, and of those chosen; `None` when none of them can.
    pub fn worst(&self, chosen: impl Fn(Outcome) -> bool) -> Option<Worst> {
        let chosen = self.iter().filter(|(outcome, _)| chosen(*outcome)).map(|(_, worst)| worst);
        chosen.fold(None, |worst, next| {
            Some(worst.map_or_else(|| next.clone(), |worst: Worst| worst.max(next)))
        })
    }

    /// The longest that anything can take.
    pub fn latency(&self) -> Latency {
        self.iter().fold(Latency::ZERO, |longest, (_, worst)| longest.max(worst.latency))
    }

    /// The most calls, by target, whatever comes.
    pub fn calls(&self) -> PerTarget<Count> {
        self.worst(|_| true).map_or_else(PerTarget::default, |worst| worst.calls)
    }

    /// Adds a way to an outcome.
    pub(super) fn add(&mut self, outcome: Outcome, worst: Worst) {
        let slot = Outcome::ALL.into_iter().zip(&mut self.0).find(|(it, _)| *it == outcome);
        if let Some((_, slot)) = slot {
            *slot = Some(match slot.take() {
                Some(known) => known.max(&worst),
                None => worst,
            });
        }
    }

    /// Changes each worst case.
    #[must_use]
    pub(super) fn map(&self, each: impl Fn(Outcome, &Worst) -> Worst) -> Self {
        let mut result = Self::default();
        for (outcome, worst) in self.iter() {
            result.add(outcome, each(outcome, worst));
        }
        result
    }
}
