//! Every layer, terminal and combinator, and every ordered pair of them, compiled: under the probe, and
//! given up at each poll.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed check ends its test")]

mod contract;
mod layers;
mod sweep;
