//! What a `hedge` is made of.

use super::latency::Latencies;
use super::state::State;
use super::{Delay, Hedge, HedgeLayer};
use crate::adaptive::Adaptive;
use crate::budget::Budget;
use crate::classify::ClassSet;
use crate::config::InvalidConfig;
use crate::path::Path;
use crate::telemetry::Reporter;
use ninelives_dsl::catalogue::HEDGE;
use ninelives_dsl::value::{self, Quantile};
use std::sync::Arc;
use std::time::Duration;

/// The parameters of a [`HedgeLayer`]; each setter has the name, the default and the range of the
/// catalogue's row.
#[derive(Clone, Debug)]
pub struct HedgeConfig {
    path: Path,
    after: Delay,
    initial: Option<Duration>,
    min_samples: u32,
    max_attempts: u32,
    budget: Option<value::Budget>,
    on: ClassSet,
}

impl Default for HedgeConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl HedgeConfig {
    /// The defaults of the language: a second attempt after the 95th percentile, a budget.
    pub fn new() -> Self {
        Self {
            path: Path::Static(&HEDGE.name),
            after: Delay::Quantile(Quantile::P95),
            initial: None,
            min_samples: 100,
            max_attempts: 2,
            budget: Some(value::Budget::HEDGE),
            on: ClassSet::DEFAULT,
        }
    }

    /// How long to wait before the next attempt: a `Duration`, or a [`Quantile`] of the latencies
    /// that were seen. p95 unless given.
    #[must_use]
    pub fn after(mut self, after: impl Into<Delay>) -> Self {
        self.after = after.into();
        self
    }

    /// The wait while there are not enough samples for the quantile; unless given there is none, and
    /// a slow attempt is not hedged.
    #[must_use]
    pub fn initial(mut self, initial: Duration) -> Self {
        self.initial = Some(initial);
        self
    }

    /// How many samples a quantile is taken of at least; 100 unless given.
    #[must_use]
    pub fn min_samples(mut self, samples: u32) -> Self {
        self.min_samples = samples;
        self
    }

    /// How many attempts in all, the first call included: 1 to 100; 2 unless given.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The share of calls that hedges may add, over all clones;
    /// [`Off`](crate::config::Off) for no bound.
    #[must_use]
    pub fn budget(mut self, budget: impl Into<Option<value::Budget>>) -> Self {
        self.budget = budget.into();
        self
    }

    /// The outcome classes that start the next attempt at once.
    #[must_use]
    pub fn on(mut self, classes: impl Into<ClassSet>) -> Self {
        self.on = classes.into();
        self
    }

    /// The layer's path in telemetry; `hedge` unless given.
    #[must_use]
    pub fn path(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }

    /// Makes the layer.
    ///
    /// # Errors
    /// When a parameter lies outside its range.
    pub fn build(self) -> Result<HedgeLayer, InvalidConfig> {
        self.build_after(None)
    }

    /// The layer that goes on where one of an earlier text ends: it draws on the same budget, whose
    /// bounds are still that one's, and knows what was seen.
    pub(crate) fn build_after(
        self,
        shared: Option<(Arc<Budget>, Arc<Latencies>)>,
    ) -> Result<HedgeLayer, InvalidConfig> {
        let own = (Arc::new(Budget::spending(&HEDGE, self.budget)?), Arc::default());
        let (budget, latencies) = shared.unwrap_or(own);
        Ok(Hedge::assemble(State {
            reporter: Reporter::new(self.path),
            after: Adaptive::new(&HEDGE, "after", self.after)?,
            initial: Adaptive::new(&HEDGE, "initial", self.initial)?,
            min_samples: Adaptive::new(&HEDGE, "min_samples", self.min_samples)?,
            max_attempts: Adaptive::new(&HEDGE, "max_attempts", self.max_attempts)?,
            budget,
            on: Adaptive::new(&HEDGE, "on", self.on)?,
            latencies,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adaptive::Valued;
    use crate::config::testing::assert_defaults;
    use ninelives_dsl::plan::Value;

    #[test]
    fn defaults_are_those_of_the_catalogue() {
        let config = HedgeConfig::new();
        assert_defaults(
            &HEDGE,
            [
                ("after", config.after.value()),
                ("initial", config.initial.map_or(Value::Unset, Value::Duration)),
                ("min_samples", config.min_samples.value()),
                ("max_attempts", config.max_attempts.value()),
                ("budget", config.budget.map_or(Value::Off, Value::Budget)),
                ("on", config.on.value()),
            ],
        );
    }

    #[test]
    fn value_out_of_range_is_refused_when_the_layer_is_made() {
        let config = HedgeConfig::new;
        for (config, parameter) in [
            (config().after(Duration::from_nanos(1)), "after"),
            (config().initial(Duration::ZERO), "initial"),
            (config().min_samples(0), "min_samples"),
            (config().max_attempts(0), "max_attempts"),
            (config().on(ClassSet::EMPTY), "on"),
        ] {
            assert_eq!(config.build().unwrap_err().parameter(), parameter);
        }
    }
}
