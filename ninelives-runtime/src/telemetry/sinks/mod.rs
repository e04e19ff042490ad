//! Events in, and what becomes of them.
//!
//! A sink is a `tower::Service` for events. So policies are layers for sinks too: `policy.layer(sink)`
//! is a sink that tries again, or that gives up in time.
//!
//! ```
//! use ninelives_runtime::policy::timeout;
//! use ninelives_runtime::telemetry::{MemorySink, NullSink, Sink, Telemetry};
//! use std::time::Duration;
//! use tower::Layer;
//!
//! let remote = MemorySink::new(100); // stands for one that may hang
//! let bounded = timeout(Duration::from_secs(1)).layer(remote);
//! let telemetry = Telemetry::new((Sink(bounded) | Sink(NullSink)) + Sink(MemorySink::new(10)));
//! # drop(telemetry);
//! ```

mod compose;
mod fallback;
#[cfg(feature = "tracing")]
mod log;
mod member;
mod memory;
mod multicast;
mod null;
mod streaming;

pub use compose::{ComposedSinkError, Sink};
pub use fallback::{FallbackSending, FallbackSink};
#[cfg(feature = "tracing")]
pub use log::LogSink;
pub use member::SinkFailure;
pub use memory::MemorySink;
pub use multicast::{MulticastSending, MulticastSink};
pub use null::NullSink;
pub use streaming::{EventStream, Streamed, StreamingSink};

use super::PolicyEvent;
use tower_service::Service;

/// Where events go: every `tower::Service<PolicyEvent, Response = ()>` that can be sent to the task
/// is one. It gets one event at a time, and the next one when it has answered.
///
/// # Errors and panics
/// An event that it answers with an error, or with a panic, is lost and counted so
/// ([`Counts`](super::Counts)). It is asked for its readiness before every event, also after it
/// failed. A sink in a composed one fails with its panic as it does with an error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no telemetry sink",
    label = "expected a `tower::Service<PolicyEvent, Response = ()>` that is `Send + 'static`",
    note = "`tower::service_fn` makes one of an async function of a `PolicyEvent`"
)]
pub trait TelemetrySink:
    Service<PolicyEvent, Response = (), Future: Send> + Send + 'static
{
}

impl<S> TelemetrySink for S where
    S: Service<PolicyEvent, Response = (), Future: Send> + Send + 'static
{
}
