//! The pest grammar of the Nine Lives policy language, in `policy.pest`.
//!
//! ```text
//! text ─> scan (ninelives-dsl) ─> one declaration, comments blank ─> this grammar ─> pairs ─> tree (ninelives-dsl)
//! ```
//!
//! This package is the grammar and nothing else. It reads text that `ninelives-dsl` has prepared
//! (comments blanked, one declaration at a time); use that package to parse policies.
//!
//! Every prepared text is read to its end: what has no meaning becomes `missing`, `junk` or `rest`, and the tree
//! builder says what is wrong with it. Each choice is decided by its next token, so reading takes linear time.
//! Precedence is not here: chains are flat, with their operators as written.
//!
//! ```
//! use ninelives_grammar::{PolicyParser, Rule};
//! use pest::Parser;
//!
//! let mut pairs = PolicyParser::parse(Rule::expression, "timeout(1s) + retry(3)").expect("it reads any text");
//! let chain = pairs.next().expect("one expression").into_inner().next().expect("with one chain");
//! let operators = chain.into_inner().filter(|pair| pair.as_rule() == Rule::operator);
//! assert_eq!(operators.count(), 1);
//! ```

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
