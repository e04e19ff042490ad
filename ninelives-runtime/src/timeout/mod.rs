//! `timeout`: a deadline for everything inside.
//!
//! # Behaviour
//! The deadline counts from the first poll of the request's future. An answer that is there in the poll in
//! which the deadline passes wins. A timeout whose deadline lies at or after an enclosing one never
//! fires itself: the enclosing one does. It bounds the wait, not the work a service goes on doing.
//!
//! # Readiness
//! A service that is not ready yet is awaited inside the deadline. The caller's own wait in
//! `poll_ready`, and before the first poll, is not.
//!
//! # Cancellation
//! What is inside is dropped when the deadline passes, before the refusal is returned, and when the
//! future is dropped.
//!
//! # Clone
//! Clones share the duration.
//!
//! # Ordering in a stack
//! Outside `retry` it bounds all attempts and their backoff; inside it bounds each attempt.
//!
//! # Errors
//! [`Reason::DeadlinePassed`](crate::error::Reason::DeadlinePassed), class `timeout`.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use ninelives_runtime::timeout::TimeoutLayer;
//! use std::time::Duration;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! let slow = service_fn(|(): ()| async {
//!     tokio::time::sleep(Duration::from_secs(5)).await;
//!     Ok::<_, std::io::Error>(())
//! });
//! let service = ServiceBuilder::new().layer(TimeoutLayer::new(Duration::from_secs(1))).service(slow);
//! let refused = service.oneshot(()).await.unwrap_err();
//! assert_eq!(refused.to_string(), "`timeout` refused: no answer within 1s");
//! # }
//! ```

mod config;
mod node;

pub use config::TimeoutConfig;
pub(crate) use node::Perhaps;
pub use node::{Timeout, TimeoutLayer, TimeoutRun};
