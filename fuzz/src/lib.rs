//! Hostile input: what must hold of any bytes at all, one target a file.
//!
//! A target takes bytes and panics when something does not hold that must. libFuzzer drives it by
//! hand (`libfuzzer/`); every `cargo test` drives it with the corpora and with mutations of them.

pub mod corpus;
pub mod format;
mod host;
pub mod mutate;
pub mod parse;
pub mod plan;
pub mod reload;
pub mod shapes;
pub mod verdict;

/// One thing that must hold of any bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of the folder of its corpus.
    pub name: &'static str,
    /// Panics when it does not hold of these.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 4] = [
    Target { name: "parse", run: parse::run },
    Target { name: "format", run: format::run },
    Target { name: "plan", run: plan::run },
    Target { name: "reload", run: reload::run },
];
