//! What a `bulkhead` is made of.

use super::node::State;
use super::permit::Permits;
use super::{Bulkhead, BulkheadLayer};
use crate::adaptive::Adaptive;
use crate::config::InvalidConfig;
use crate::path::Path;
use crate::telemetry::Reporter;
use ninelives_dsl::catalogue::BULKHEAD;
use std::sync::Arc;
use std::time::Duration;

/// The parameters of a [`BulkheadLayer`]; each setter has the name and the range of the
/// catalogue's row.
#[derive(Clone, Debug)]
pub struct BulkheadConfig {
    path: Path,
    max_concurrency: u32,
    queue: u32,
    wait: Option<Duration>,
}

impl BulkheadConfig {
    /// At most `max_concurrency` calls in flight; no queue.
    pub fn new(max_concurrency: u32) -> Self {
        Self { path: Path::Static(&BULKHEAD.name), max_concurrency, queue: 0, wait: None }
    }

    /// How many requests may wait for a permit; 0 unless given.
    #[must_use]
    pub fn queue(mut self, queue: u32) -> Self {
        self.queue = queue;
        self
    }

    /// How long a request waits; until the earliest deadline unless given.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// The layer's path in errors and telemetry; `bulkhead` unless given.
    #[must_use]
    pub fn path(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }

    /// Makes the layer.
    ///
    /// # Errors
    /// When `max_concurrency` is not between 1 and 1,000,000, `queue` is above 1,000,000, or `wait`
    /// is not whole milliseconds up to 30 days.
    pub fn build(self) -> Result<BulkheadLayer, InvalidConfig> {
        self.build_after(None)
    }

    /// The layer that goes on where one of an earlier text ends: it counts on the same permits, whose
    /// limit is still that one's.
    pub(crate) fn build_after(
        self,
        permits: Option<Arc<Permits>>,
    ) -> Result<BulkheadLayer, InvalidConfig> {
        let own = Arc::new(Permits::limited(self.max_concurrency)?);
        let state = State {
            reporter: Reporter::new(self.path),
            permits: permits.unwrap_or(own),
            queue: Adaptive::new(&BULKHEAD, "queue", self.queue)?,
            wait: Adaptive::new(&BULKHEAD, "wait", self.wait)?,
        };
        Ok(Bulkhead::assemble(state))
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
        let config = BulkheadConfig::new(1);
        assert_defaults(
            &BULKHEAD,
            [
                ("queue", config.queue.value()),
                ("wait", config.wait.map_or(Value::Unset, Value::Duration)),
            ],
        );
    }

    #[test]
    fn value_out_of_range_is_refused_when_the_layer_is_made() {
        for (config, parameter) in [
            (BulkheadConfig::new(0), "max_concurrency"),
            (BulkheadConfig::new(1).queue(1_000_001), "queue"),
            (BulkheadConfig::new(1).wait(Duration::from_nanos(1)), "wait"),
        ] {
            assert_eq!(config.build().unwrap_err().parameter(), parameter);
        }
    }
}
