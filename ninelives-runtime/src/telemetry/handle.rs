//! The handle that is passed around.

use super::counts::Counts;
use super::drain::Drain;
use super::reporter::Fact;
use super::shared::Shared;
use super::sinks::TelemetrySink;
use crate::path::Path;
use std::fmt;
use std::sync::Arc;
use tokio::time::Instant;

/// A sink with a ring before it, and the task between the two; see the [module](super).
///
/// # Clone
/// Clones are the same telemetry: one ring, one task, one order of events.
#[derive(Clone)]
pub struct Telemetry(Arc<Owner>);

/// Its end is the end of the telemetry: the task has no handle.
struct Owner(Arc<Shared>);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Telemetry {
    /// How many events wait at most, unless it is said: 4,096, which are 256 KiB.
    pub const CAPACITY: u16 = 4_096;

    /// Events into `sink`.
    pub fn new(sink: impl TelemetrySink) -> Self {
        Self::with_capacity(sink, Self::CAPACITY)
    }

    /// Events into `sink`, of which at most `capacity` wait, rounded up to a power of two; one that
    /// comes when so many wait is lost, and counted. An event takes 64 bytes, from the beginning on.
    pub fn with_capacity(sink: impl TelemetrySink, capacity: u16) -> Self {
        let shared = Shared::new(capacity, Box::new(Drain::new(sink)));
        Self(Arc::new(Owner(Arc::new(shared))))
    }

    /// What became of the events so far. Exact when nothing is under way; else what is emitted and
    /// delivered in this moment may be missing.
    pub fn counts(&self) -> Counts {
        self.shared().counts()
    }

    /// Waits until each event that was emitted before this call, and the report of each loss, was
    /// delivered or counted.
    ///
    /// Call it from inside of a tokio runtime: elsewhere it may not be able to start the task, and waits
    /// for whoever does. With a sink that never answers it does not end.
    ///
    /// # Cancellation
    /// Nothing is lost.
    pub async fn flush(&self) {
        self.shared().flush().await;
    }

    /// The number of a path; see [`emit`](Self::emit).
    pub(super) fn number(&self, path: &Path) -> u32 {
        self.shared().number(path)
    }

    #[inline]
    pub(super) fn emit(&self, path: u32, at: Instant, fact: &Fact) {
        self.shared().emit(path, at, fact);
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.0.0
    }
}

/// Where a telemetry is asked for, a sink will do; see [`Telemetry::new`].
impl<S: TelemetrySink> From<S> for Telemetry {
    fn from(sink: S) -> Self {
        Self::new(sink)
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Telemetry").field("counts", &self.counts()).finish_non_exhaustive()
    }
}
