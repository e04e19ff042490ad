//! The laws of the algebra and the equality of both fronts, checked over generated policies.
//!
//! `build.rs` writes policies with a fixed seed; each is compiled by `policy!` and composed by the
//! Rust operators here, and built from text by the loader. A [`Scene`](scene::Scene) runs one of
//! them against scripted services in paused time and gives the trace of everything that happened:
//! two policies are equal when their traces are, call by call and to the millisecond.

pub mod generate;
pub mod reluctant;
pub mod scene;
pub mod services;
