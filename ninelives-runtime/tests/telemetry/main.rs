//! Telemetry: what is reported, and that nothing of it is lost in silence.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

mod bad_sinks;
mod book;
mod composition;
mod delivery;
mod events;
mod support;
