//! `bulkhead`: bounds the calls in flight.
//!
//! # Behaviour
//! A request takes a permit at its first poll. Above `max_concurrency` it is refused, or, with
//! a `queue`, waits for a permit: first come, first served, also before newcomers. Its wait ends
//! after `wait`, or with the earliest enclosing deadline; a `wait` that would end at or after that
//! deadline leaves it to the deadline. Where neither is given it waits until a permit comes: the
//! language refuses a queue without either, the Rust constructors cannot see what is around them.
//! The permit is given back as soon as the answer is there.
//!
//! # Readiness
//! `poll_ready` and `call` take nothing: a readied clone that is never called holds no permit, nor does
//! a future before its first poll. A request that waits gives up the service's readiness first, so that
//! it does not sit on what those inside need.
//!
//! # Cancellation
//! A request that is dropped leaves the queue, or gives its permit back, before `drop` returns; a
//! permit that was on its way to it goes to the next in the queue. What is inside is dropped first.
//! All this holds when the service panics.
//!
//! # Clone
//! Clones share the permits and the queue.
//!
//! # Ordering in a stack
//! Outside `retry` a request keeps one permit over all attempts and their backoff; inside, each
//! attempt takes its own. Inside `timeout` the deadline covers the wait.
//!
//! # Errors
//! [`Reason::BulkheadFull`](crate::error::Reason::BulkheadFull) and
//! [`Reason::QueueWaitOver`](crate::error::Reason::QueueWaitOver), class `rejected`.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use ninelives_runtime::bulkhead::BulkheadLayer;
//! use std::time::Duration;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! let slow = service_fn(|(): ()| async {
//!     tokio::time::sleep(Duration::from_secs(1)).await;
//!     Ok::<_, std::io::Error>(())
//! });
//! let service = ServiceBuilder::new().layer(BulkheadLayer::new(1)).service(slow);
//! let (first, second) = tokio::join!(service.clone().oneshot(()), service.oneshot(()));
//! first.unwrap();
//! assert_eq!(
//!     second.unwrap_err().to_string(),
//!     "`bulkhead` refused: the limit of 1 in flight is reached and the queue has no room"
//! );
//! # }
//! ```

mod config;
mod node;
mod permit;

pub use config::BulkheadConfig;
pub(crate) use node::Perhaps;
pub use node::{Bulkhead, BulkheadLayer, BulkheadRun};
pub(crate) use permit::Permits;
pub use permit::Places;

#[cfg(test)]
#[cfg(not(ninelives_loom))]
mod histories;
