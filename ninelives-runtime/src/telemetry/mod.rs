//! Stop 9 of 9: outcome in, event out. What layers and policies report, and where it goes.
//!
//! ```text
//! layer ─> Reporter ─┐
//! layer ─> Reporter ─┼─> ring ─> one task ─> TelemetrySink
//! policy ─> Reporter ─┘  Telemetry
//! ```
//!
//! A [`Telemetry`] is a sink with a ring before it; its clones are one and the same. `with_sink` on a
//! layer, a policy or a book attaches it to all that they are made of: to their state, so to all
//! clones, and in place. A request puts its events into the ring and never waits; one task takes them
//! out and hands them to the sink, one after the other.
//!
//! # What is guaranteed
//! - A request is never slowed by a sink. Where nobody listens, an event costs one relaxed load and a
//!   branch.
//! - Nothing is lost in silence: what was emitted was delivered, or is counted by its fate
//!   ([`Counts`]); what found the ring full is reported as an event too
//!   ([`EventKind::EventsLost`]).
//! - The events of one thread about one layer come in their order. Those of different threads come
//!   in the order in which they reached the ring.
//! - A sink that panics loses the event at hand, and the task goes on; one that is a part of another
//!   has failed, and the other parts have the event.
//! - What a policy on a sink does is not reported into that sink's own telemetry, which would never
//!   end. What a sink hands to tasks of its own is beyond this.
//!
//! What is not: that a sink which never answers gets its events (put a
//! [`timeout`](crate::timeout) around it: policies are layers for sinks too), and that events which
//! are still in the ring when the process ends are delivered ([`Telemetry::flush`] waits for them).
//!
//! # The task
//! It is spawned by the first event, on the tokio runtime which is current there, or else on the one
//! where the telemetry was made. Where there is neither, events wait in the ring until one comes from
//! inside of a runtime. When that runtime ends, the next event spawns the task
//! anew, on the runtime then current. When the last handle is gone (and the layers hold handles) it
//! delivers the rest and ends.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use ninelives_runtime::policy::retry;
//! use ninelives_runtime::telemetry::{MemorySink, Telemetry};
//!
//! let memory = MemorySink::new(100);
//! let telemetry = Telemetry::new(memory.clone());
//! let policy = retry(1).with_sink(telemetry.clone());
//! let _ = policy.run(|| async { Err::<(), _>("down") }).await;
//!
//! telemetry.flush().await;
//! let seen: Vec<_> = memory.events().iter().map(|event| event.kind.name()).collect();
//! assert_eq!(seen, ["retry_exhausted", "request_failed"]);
//! assert_eq!(telemetry.counts().delivered, 2);
//! # }
//! ```

mod counts;
mod drain;
mod event;
mod handle;
mod inbox;
mod reporter;
mod ring;
mod root;
mod shared;
pub mod sinks;
mod span;
mod with_sink;

pub use counts::Counts;
pub use event::{EventKind, PolicyEvent};
pub use handle::Telemetry;
pub use reporter::{Fact, Reporter};
pub use root::{Root, RootRun};
#[cfg(feature = "tracing")]
pub use sinks::LogSink;
pub use sinks::{
    ComposedSinkError, EventStream, FallbackSink, MemorySink, MulticastSink, NullSink, Sink,
    SinkFailure, Streamed, StreamingSink, TelemetrySink,
};
pub use with_sink::WithSink;

pub(crate) use root::name_of;
pub(crate) use span::Span;
