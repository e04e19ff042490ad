//! `with_sink` on layers and plans.

use super::Telemetry;
use super::root::attach;
use crate::node::Shape;

/// Attaches sinks to layers, and to plans made of layers. (A [`Policy`](struct@crate::policy::Policy)
/// has a method of the same name, which reports its requests besides.)
pub trait WithSink: Shape + Sized {
    /// Reports into a sink, or into a [`Telemetry`] that others report into too, from now on: the
    /// layer's clones do so as well, and what it is part of already.
    ///
    /// ```
    /// use ninelives_runtime::retry::RetryLayer;
    /// use ninelives_runtime::telemetry::{MemorySink, WithSink};
    ///
    /// let memory = MemorySink::new(100);
    /// let retry = RetryLayer::new(3).with_sink(memory.clone());
    /// # drop(retry);
    /// ```
    #[must_use = "the layer is given back"]
    fn with_sink(self, sink: impl Into<Telemetry>) -> Self {
        attach(&self, &sink.into());
        self
    }
}

impl<P: Shape> WithSink for P {}
