//! The running half of Nine Lives: a policy is a plan of nodes, a request is a run, tower is the
//! edge.
//!
//! ```text
//! layers, `+` `|` `&` ─> Policy ──┐
//! policy!()           ─> Policy ──┼─> layer(service) ─> Guarded, the one tower::Service
//! text ─> PolicyBook ─> Policy ───┘                        │
//!                                                          v
//! request ─> Running (service, timer, its facts) ─> run of the outermost node
//!                                                          │ start, poll, cancel
//!                                                          v
//!                                             runs inside runs ─> Call ─> service
//!
//! nodes ─> Reporter ─> ring ─> sinks            (telemetry)
//! path and value ─> Registry ─> Adaptive        (registry, adaptive, control)
//! ```
//!
//! A layer is a [`node::Node`]: its state is shared by all requests, what belongs to one request is its run, which
//! lies inside the run around it. [`scope::Scope`] is what a poll sees: clock, deadline, how the outcome
//! came about. [`edge::Guarded`] is where tower begins and ends.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use ninelives_runtime::policy::{fallback, retry, timeout};
//! use std::time::Duration;
//!
//! let policy = timeout(Duration::from_secs(1)) + retry(3) | fallback();
//! let answer = policy.run(|| async { Ok::<u8, String>(7) }).await;
//! assert_eq!(answer, Ok(7));
//! # }
//! ```
//!
//! The page of each layer says what it does, and how it is with readiness, cancellation, clones and order:
//! [`timeout`], [`retry`], [`circuit_breaker`], [`bulkhead`], [`hedge`], [`fallback`], [`to`], [`combine`]. Use this
//! crate through `ninelives`, which has the macros as well.

pub mod adaptive;
pub mod budget;
pub mod bulkhead;
pub mod call;
pub mod cell;
pub mod circuit_breaker;
pub mod classify;
pub mod combine;
pub mod config;
pub mod control;
pub mod dynamic;
pub mod edge;
pub mod error;
pub mod fail;
pub mod fallback;
pub mod hedge;
mod held;
#[cfg(all(test, ninelives_loom))]
mod interleavings;
mod layer;
pub mod moment;
pub mod node;
pub mod path;
pub mod policy;
pub mod registry;
pub mod retry;
#[cfg(all(test, ninelives_shuttle))]
mod schedules;
pub mod scope;
#[cfg(test)]
mod seeds;
mod stripes;
mod swap;
mod sync;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timeout;
mod timer;
pub mod to;
pub mod world;

pub use ninelives_dsl as dsl;
