//! The running half of Nine Lives: a policy is a plan of nodes, a request is a run, tower is the
//! edge.
//!
//! ```text
//! request ─> Guarded (the one tower::Service) ─> a run through the nodes ─> service
//! ```

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
