//! The Nine Lives policy language: text in, plan and diagnostics out.
//!
//! ```text
//! bytes ─> decode ─> parse ─> ast ─> resolve ─> plan ─> check ─> Load { files, plan, diagnostics }
//!                      │               │          │
//!                   grammar        catalogue      ├─> bounds   what no request can exceed
//!                                                 ├─> lint     warnings over plan and bounds
//!                                                 ├─> explain  both in words
//!                                                 └─> diff     two plans, and the state a reload keeps
//! text ─> parse ─> format ─> the same text, laid out
//! ```
//!
//! [`load`] is the way in: one call from bytes to a [`Load`](load::Load) with everything that can be said of the
//! text, never only the first mistake. [`catalogue`] is the one table of policies and parameters that all stops
//! read, [`codes`] the register of findings.
//!
//! ```
//! use ninelives_dsl::explain::Explained;
//! use ninelives_dsl::lint::{self, Settings};
//! use ninelives_dsl::load::{Front, load_bytes};
//!
//! let load = load_bytes("search.nl", b"policy search = timeout(1s) + retry(3);", None, Front::Text);
//! assert!(load.diagnostics.is_empty() && lint::warnings(&load, &Settings::default()).is_empty());
//! let search = load.plan.policy("search").expect("the text declares it");
//! let figures = Explained::new(&load, search).whole().expect("it has no errors");
//! assert_eq!(figures.worst.to_string(), "1s; 3 calls");
//! ```
//!
//! No tokio, no tower: the macro stays light, and the checker runs anywhere. What the language means is in
//! `docs/language.md`.

pub mod ast;
pub mod bounds;
pub mod catalogue;
mod check;
pub mod codes;
pub mod decode;
pub mod diagnostic;
pub mod diff;
pub mod editor;
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
