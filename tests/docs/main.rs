//! What the documentation shows is true, and what it points at is there.
//!
//! `rust` blocks are doc tests (`src/lib.rs`), `console` blocks are run by `cargo xtask codegen --check`,
//! command lines are parsed by `ninelives-cli/tests/cli/pages.rs`; everything else is looked at here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a failed check ends its test"
)]

mod blocks;
mod book;
mod links;
mod page;
mod values;
