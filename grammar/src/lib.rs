//! The pest grammar of the Nine Lives policy language, in `policy.pest`.
//!
//! This package is the grammar and nothing else. It reads text that `ninelives-dsl` has prepared
//! (comments blanked, one declaration at a time); use that package to parse policies.

// The derived parser names it when pest is without `std`.
extern crate alloc;

pub use derived::{PolicyParser, Rule};

#[expect(missing_docs, reason = "pest documents the rules, not what it adds to them")]
mod derived {
    use pest_derive::Parser;

    /// The parser that pest makes of `policy.pest`.
    #[derive(Debug, Parser)]
    #[grammar = "policy.pest"]
    pub struct PolicyParser;
}
