//! `retry`: tries again after a failure, with backoff, jitter and a shared budget.
//!
//! # Behaviour
//! The default classifier calls every error transient, so errors that will not go away (a request
//! that is not valid) are tried again too: choose a classifier that tells them apart
//! ([`Policy::classify`](crate::policy::Policy::classify)).
//!
//! An outcome whose class is in `on` is tried again, up to `max_attempts` with the first call
//! included. The wait before the next attempt is the step of `backoff`, spread by `jitter`, and at
//! least what an overloaded service asks for; a service that asks for more than `retry_after` is
//! not called again. When the last attempt fails its outcome is returned as it came.
//!
//! A retry is given up, and the outcome at hand returned unchanged, when
//! - the wait would end at or after the earliest enclosing deadline,
//! - the [budget](crate::budget) of all clones grants no more,
//! - the request may not be sent again, or cannot be copied.
//!
//! What follows an attempt by `fail`, or by a call that may not be made again, is not tried again:
//! nothing ran.
//!
//! # Readiness
//! Each attempt after the first polls the service ready before it calls it; while it waits a retry
//! holds no readiness. A service whose readiness fails counts as a failed attempt.
//!
//! # Cancellation
//! The attempt is dropped. A budget token whose attempt was not sent is given back: one cancelled
//! in its backoff, in the queue of a bulkhead inside, or before the service was ready.
//!
//! # Clone
//! Clones share the parameters and the budget.
//!
//! # Ordering in a stack
//! Inside a `timeout` all attempts and waits share one deadline; around a `timeout` each attempt
//! has its own. Around a `circuit_breaker` the breaker counts attempts, and its refusals are not
//! tried again unless `on` names `rejected`. Around a `bulkhead` every attempt takes a place anew
//! and the backoff holds none; inside one the place is held through the backoff. Refusals of another
//! policy inside are known as such where this one is [flat](crate::error::PolicyError).
//!
//! # Errors
//! None of its own.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use ninelives_runtime::retry::RetryConfig;
//! use ninelives_runtime::dsl::value::{Backoff, Jitter};
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use std::time::Duration;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! static CALLS: AtomicU32 = AtomicU32::new(0);
//! let flaky = service_fn(|(): ()| async {
//!     let call = CALLS.fetch_add(1, Ordering::Relaxed);
//!     if call < 2 { Err("try again") } else { Ok(call) }
//! });
//! let retry = RetryConfig::new()
//!     .max_attempts(3)
//!     .backoff(Backoff::exponential(Duration::from_millis(50)))
//!     .jitter(Jitter::Equal)
//!     .build()
//!     .expect("these are in range");
//! let service = ServiceBuilder::new().layer(retry).service(flaky);
//! assert_eq!(service.oneshot(()).await, Ok(2));
//! # }
//! ```

mod config;
mod jitter;
mod node;

pub use config::RetryConfig;
pub(crate) use node::Perhaps;
pub use node::{Retry, RetryLayer, RetryRun};
