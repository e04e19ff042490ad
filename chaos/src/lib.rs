//! Faults of the network, in user space, so that any kernel has them: a [`proxy`] between a real HTTP
//! [`client`] and a real [`server`] does to each connection what a script or a seed says.
//!
//! ```text
//! policy ─> attempts ─> client ─> proxy ─> server
//!           how each              what      what it
//!           ended                 fails     was asked
//! ```
//!
//! The sockets are real, and nothing waits for a duration: faults go by the number of the connection,
//! and a test moves the clock once the proxy says how far a request has come.

pub mod attempts;
pub mod client;
pub mod fault;
pub mod proxy;
pub mod server;
pub mod world;
