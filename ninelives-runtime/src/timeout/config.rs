//! What a `timeout` is made of.

use super::{Timeout, TimeoutLayer};
use crate::adaptive::Adaptive;
use crate::call::Call;
use crate::config::InvalidConfig;
use crate::path::Path;
use ninelives_dsl::catalogue::TIMEOUT;
use std::time::Duration;

/// The parameters of a [`TimeoutLayer`]; each setter has the name and the range of the catalogue's
/// row.
#[derive(Clone, Debug)]
pub struct TimeoutConfig {
    path: Path,
    duration: Duration,
}

impl TimeoutConfig {
    /// A deadline of `duration`.
    pub fn new(duration: Duration) -> Self {
        Self { path: Path::Static(&TIMEOUT.name), duration }
    }

    /// The layer's path in errors and telemetry; `timeout` unless given.
    #[must_use]
    pub fn path(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }

    /// Makes the layer.
    ///
    /// # Errors
    /// When the duration is not whole milliseconds between 1 ms and 30 days.
    pub fn build(self) -> Result<TimeoutLayer, InvalidConfig> {
        let duration = Adaptive::new(&TIMEOUT, "duration", self.duration)?;
        Ok(Timeout::assemble(self.path, duration, Call))
    }
}
