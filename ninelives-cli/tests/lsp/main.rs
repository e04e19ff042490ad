//! The language server from outside: a client that talks to the built program over its stdin and
//! stdout, as an editor does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test whose server answers something else has failed"
)]

mod actions;
mod bad_input;
mod client;
mod completion;
mod diagnostics;
mod edits;
mod files;
mod hover;
mod life;
mod navigation;
mod outline;
mod positions;
mod rename;
#[expect(dead_code, reason = "it serves the tests of the other verbs too")]
#[path = "../cli/sandbox.rs"]
mod sandbox;
mod transcript;
