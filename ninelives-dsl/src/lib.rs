//! The Nine Lives policy language: text in, plan and diagnostics out.
//!
//! ```text
//! text ─> parse ─> ast ─> resolve ─> plan ─> check
//! ```
//!
//! No tokio, no tower: the macro stays light, and the checker runs anywhere.

pub mod ast;
pub mod bounds;
pub mod catalogue;
mod check;
pub mod codes;
pub mod decode;
pub mod diagnostic;
pub mod diff;
pub mod explain;
mod findings;
pub mod format;
mod graph;
pub mod host;
pub mod limits;
pub mod lint;
pub mod load;
pub mod parse;
pub mod plan;
mod resolve;
pub mod source;
pub mod suggest;
pub mod value;
