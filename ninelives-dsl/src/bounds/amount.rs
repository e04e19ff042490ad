//! What is bounded: latencies, counts of calls, and both per target.

use crate::source::Span;
use std::time::Duration;

/// The longest something can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Never longer than this.
    AtMost(Duration),
    /// Nothing ends it; the place is that of the part whose call may hang.
    Unbounded(Span),
}

impl Latency {
    /// At once.
    pub const ZERO: Self = Self::AtMost(Duration::ZERO);

    /// The longest of two.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        match (self, other) {
            (Self::AtMost(one), Self::AtMost(other)) => Self::AtMost(one.max(other)),
            (Self::Unbounded(span), _) | (_, Self::Unbounded(span)) => Self::Unbounded(span),
        }
    }

    /// The shortest of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        match (self, other) {
            (Self::AtMost(one), Self::AtMost(other)) => Self::AtMost(one.min(other)),
            (Self::AtMost(one), _) | (_, Self::AtMost(one)) => Self::AtMost(one),
            (unbounded, _) => unbounded,
        }
    }

    /// One after the other; saturates.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::AtMost(one), Self::AtMost(other)) => Self::AtMost(one.saturating_add(other)),
            (Self::Unbounded(span), _) | (_, Self::Unbounded(span)) => Self::Unbounded(span),
        }
    }

    /// So many times one after another; saturates.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        match self {
            Self::AtMost(one) => Self::AtMost(one.saturating_mul(count)),
            Self::Unbounded(_) if count == 0 => Self::ZERO,
            unbounded @ Self::Unbounded(_) => unbounded,
        }
    }

    /// Cut off by a deadline.
    #[must_use]
    pub fn within(self, deadline: Option<Duration>) -> Self {
        deadline.map_or(self, |deadline| self.min(Self::AtMost(deadline)))
    }

    /// True when it can last this long.
    pub fn reaches(self, duration: Duration) -> bool {
        match self {
            Self::AtMost(most) => most >= duration,
            Self::Unbounded(_) => true,
        }
    }
}

/// The most there can be of something: [`UNBOUNDED`] stands for any number.
pub type Count = u64;

/// No bound. Sums and products saturate here.
pub const UNBOUNDED: Count = u64::MAX;

/// A service that a policy may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target(pub(super) u32);

/// An amount for each target. What is not listed is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct PerTarget<T> {
    /// For the service that the policy is put around: most policies know no other, and this keeps
    /// them free of allocations.
    service: T,
    others: Vec<(Target, T)>,
}

impl<T: Copy + Default> Default for PerTarget<T> {
    fn default() -> Self {
        Self { service: T::default(), others: Vec::new() }
    }
}

impl<T: Copy + Default> PerTarget<T> {
    /// The amount of one target alone; `None` is the wrapped service.
    pub(super) fn of(target: Option<Target>, amount: T) -> Self {
        match target {
            None => Self { service: amount, others: Vec::new() },
            Some(target) => Self { service: T::default(), others: vec![(target, amount)] },
        }
    }

    /// For the wrapped service.
    pub fn service(&self) -> T {
        self.service
    }

    /// For the services of the host, those that are called at all.
    pub fn others(&self) -> impl Iterator<Item = (Target, T)> {
        self.others.iter().copied()
    }

    /// All amounts.
    pub fn amounts(&self) -> impl Iterator<Item = T> {
        std::iter::once(self.service).chain(self.others.iter().map(|(_, amount)| *amount))
    }

    /// Target by target.
    #[must_use]
    pub(super) fn with(&self, other: &Self, both: impl Fn(T, T) -> T) -> Self {
        let mut result = self.clone();
        result.service = both(self.service, other.service);
        for (target, amount) in &mut result.others {
            let found = other.others.iter().find(|(it, _)| it == target);
            *amount = both(*amount, found.map_or(T::default(), |(_, amount)| *amount));
        }
        for (target, amount) in &other.others {
            if !result.others.iter().any(|(it, _)| it == target) {
                result.others.push((*target, both(T::default(), *amount)));
            }
        }
        result
    }

    /// Each amount by itself.
    #[must_use]
    pub(super) fn map(&self, each: impl Fn(T) -> T) -> Self {
        let others = self.others.iter().map(|(target, amount)| (*target, each(*amount)));
        Self { service: each(self.service), others: others.collect() }
    }
}

impl PerTarget<Count> {
    pub(super) fn plus(&self, other: &Self) -> Self {
        self.with(other, Count::saturating_add)
    }

    /// The larger amounts.
    #[must_use]
    pub fn max(&self, other: &Self) -> Self {
        self.with(other, Count::max)
    }

    pub(super) fn times(&self, count: u32) -> Self {
        self.map(|amount| amount.saturating_mul(count.into()))
    }

    /// To all targets together.
    pub fn total(&self) -> Count {
        self.amounts().fold(0, Count::saturating_add)
    }

    /// To the target that is called most.
    pub fn largest(&self) -> Count {
        self.amounts().fold(0, Count::max)
    }
}

impl PerTarget<f64> {
    pub(super) fn plus(&self, other: &Self) -> Self {
        self.with(other, |one, other| one + other)
    }

    /// Of the target that is called most.
    pub fn largest(&self) -> f64 {
        self.amounts().fold(0.0, f64::max)
    }
}
