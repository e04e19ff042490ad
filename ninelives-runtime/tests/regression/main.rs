//! Bugs that users of other resilience libraries met, one module per layer, and one each
//! for the edge, the operators, the language and panics: none of them is ours.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

mod bulkhead;
mod circuit_breaker;
mod combinators;
mod edge;
mod hedge;
mod language;
mod panics;
mod polling;
mod retry;
