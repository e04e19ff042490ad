//! `fallback`: answers with a degraded response and calls nothing.
//!
//! # Behaviour
//! The handler gets the request (where it could be copied) and the outcome that led to it (where
//! there is one), and answers with a response: it cannot fail. What can fail or calls out is a
//! service: `to(@cache) | fallback`. Its answer is *degraded*: a success to every layer, held in
//! reserve by `&`.
//!
//! # Readiness
//! None is asked for: a service that is never ready has an answer all the same.
//!
//! # Cancellation
//! A handler that answers later is dropped.
//!
//! # Clone
//! Clones share the handler.
//!
//! # Ordering in a stack
//! A terminal: on the right of `|`, or as an arm of `&`. Outside a `timeout`, or the deadline may
//! pass before it runs.
//!
//! # Errors
//! None: what ends in `| fallback` cannot fail.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use ninelives_runtime::policy::{Policy, fallback_with, timeout};
//! use std::time::Duration;
//!
//! let policy = timeout(Duration::from_secs(1)) | fallback_with(|_request, _cause| "cached");
//! let answer = policy.run(|| async { Err::<&str, _>("down") }).await;
//! assert_eq!(answer, Ok("cached"));
//! # }
//! ```

mod handler;
mod node;

pub use handler::{Answer, DefaultAnswer, DegradedResponse, Handler};
pub use node::{Fallback, FallbackLayer, FallbackRun};
