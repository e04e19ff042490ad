//! What a `retry` is made of.

use super::jitter::Random;
use super::node::State;
use super::{Retry, RetryLayer};
use crate::adaptive::{Adaptive, Wide};
use crate::budget::Budget;
use crate::config::InvalidConfig;
use crate::path::Path;
use crate::telemetry::Reporter;
use ninelives_dsl::catalogue::RETRY;
use ninelives_dsl::value::{self, Backoff, ClassSet, Jitter};
use std::sync::Arc;
use std::time::Duration;

/// The parameters of a [`RetryLayer`]; each setter has the name, the default and the range of the
/// catalogue's row.
#[derive(Clone, Debug)]
pub struct RetryConfig {
    path: Path,
    max_attempts: u32,
    backoff: Backoff,
    jitter: Jitter,
    on: ClassSet,
    budget: Option<value::Budget>,
    retry_after: Option<Duration>,
    seed: Option<u64>,
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryConfig {
    /// The defaults of the language: three attempts, `exponential(100ms)`, full jitter, a budget.
    pub fn new() -> Self {
        Self {
            path: Path::Static(&RETRY.name),
            max_attempts: 3,
            backoff: Backoff::exponential(Duration::from_millis(100)),
            jitter: Jitter::Full,
            on: ClassSet::DEFAULT,
            budget: Some(value::Budget::RETRY),
            retry_after: Some(Duration::from_secs(30)),
            seed: None,
        }
    }

    /// The layer's path in telemetry; `retry` unless given.
    #[must_use]
    pub fn path(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }

    /// How many attempts in all, the first call included: 1 to 100.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// How the wait between attempts grows.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How the wait is spread. Decorrelated jitter grows by itself: of the backoff it takes the
    /// first delay and the ceiling (10 s where a fixed backoff has none).
    #[must_use]
    pub fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// The outcome classes that are tried again.
    #[must_use]
    pub fn on(mut self, classes: impl Into<ClassSet>) -> Self {
        self.on = classes.into();
        self
    }

    /// The share of calls that retries may add, over all clones;
    /// [`Off`](crate::config::Off) for no bound.
    #[must_use]
    pub fn budget(mut self, budget: impl Into<Option<value::Budget>>) -> Self {
        self.budget = budget.into();
        self
    }

    /// The longest retry-after hint obeyed; a longer one ends the retry,
    /// [`Off`](crate::config::Off) ignores hints.
    #[must_use]
    pub fn retry_after(mut self, longest: impl Into<Option<Duration>>) -> Self {
        self.retry_after = longest.into();
        self
    }

    /// Makes the jitter repeat, for tests: the layer's waits are then drawn from one generator
    /// that starts at this seed. It is behind a lock, and not a parameter of the language.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Makes the layer.
    ///
    /// # Errors
    /// When a parameter lies outside its range.
    pub fn build(self) -> Result<RetryLayer, InvalidConfig> {
        self.build_after(None)
    }

    /// The layer that goes on where one of an earlier text ends: it draws on the same budget, whose
    /// bounds are still that one's.
    pub(crate) fn build_after(
        self,
        budget: Option<Arc<Budget>>,
    ) -> Result<RetryLayer, InvalidConfig> {
        let own = Arc::new(Budget::spending(&RETRY, self.budget)?);
        Ok(Retry::assemble(State {
            reporter: Reporter::new(self.path),
            max_attempts: Adaptive::new(&RETRY, "max_attempts", self.max_attempts)?,
            backoff: Adaptive::within(&RETRY, "backoff", Wide::new(self.backoff))?,
            jitter: Adaptive::new(&RETRY, "jitter", self.jitter)?,
            on: Adaptive::new(&RETRY, "on", self.on)?,
            budget: budget.unwrap_or(own),
            retry_after: Adaptive::new(&RETRY, "retry_after", self.retry_after)?,
            random: Random::new(self.seed),
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
        let config = RetryConfig::new();
        assert_defaults(
            &RETRY,
            [
                ("max_attempts", config.max_attempts.value()),
                ("backoff", Value::Backoff(config.backoff)),
                ("jitter", config.jitter.value()),
                ("on", config.on.value()),
                ("budget", config.budget.map_or(Value::Off, Value::Budget)),
                ("retry_after", config.retry_after.value()),
            ],
        );
    }

    #[test]
    fn values_out_of_range_are_refused_by_name() {
        let budget = value::Budget { window: Duration::ZERO, ..value::Budget::RETRY };
        let config = RetryConfig::new;
        for (parameter, refused) in [
            ("max_attempts", config().max_attempts(0)),
            ("max_attempts", config().max_attempts(101)),
            ("backoff", config().backoff(Backoff::fixed(Duration::MAX))),
            ("on", config().on(ClassSet::EMPTY)),
            ("budget", config().budget(budget)),
            ("retry_after", config().retry_after(Duration::ZERO)),
        ] {
            let refused = refused.build().unwrap_err();
            assert_eq!((refused.policy(), refused.parameter()), ("retry", parameter));
        }
    }
}
