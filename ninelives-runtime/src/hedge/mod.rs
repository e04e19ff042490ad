//! `hedge`: starts another attempt when one is slow; the first success wins.
//!
//! # Behaviour
//! The next attempt starts when none has answered for `after` since the last start, up to
//! `max_attempts` with the first call included. `after` is a duration, or a quantile (at least 1 ms)
//! of how long single attempts took in the 30 s to 60 s before the last success: successes, and attempts dropped
//! because another one won, which count with the time they had run. It is taken as soon as there
//! are `min_samples`; until then `initial` holds, and without it a slow attempt is not hedged. Under
//! contention a sample may be left out.
//!
//! A failure whose class is in `on` starts the next attempt at once; each failure at most one. A
//! failure of another class ends the hedge, and is its outcome. But where nothing was sent (a
//! refusal inside, `fail`) the attempts that still run go on: a full bulkhead or an open circuit
//! must not cost the request the attempt it has. When no attempt succeeds the outcome is that of
//! the first.
//!
//! No attempt is added
//! - at or after the earliest enclosing deadline,
//! - beyond the [budget](crate::budget) of all clones,
//! - to a request that cannot be copied or may not be repeated (after a failure: and was sent).
//!
//! # Readiness
//! All attempts share the one instance of the service, which is polled ready before each call. Over
//! a service with room for one call they take turns.
//!
//! # Cancellation
//! Losers are dropped before the winner is returned, all attempts when the future is dropped. A
//! budget token whose attempt was not sent is given back.
//!
//! # Clone
//! Clones share the parameters, the budget and what was seen.
//!
//! # Ordering in a stack
//! Inside a `timeout` all attempts share one deadline; around a `timeout` each has its own. Around
//! a `bulkhead` every attempt takes a place. Retry outside, hedge inside: the other way round each
//! hedge retries.
//!
//! # Errors
//! None of its own.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use ninelives_runtime::hedge::HedgeLayer;
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use std::time::Duration;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! static CALLS: AtomicU64 = AtomicU64::new(0);
//! let slow_at_first = service_fn(|(): ()| async {
//!     let call = CALLS.fetch_add(1, Ordering::Relaxed);
//!     tokio::time::sleep(Duration::from_secs(9 - 8 * call)).await;
//!     Ok::<_, std::io::Error>(call)
//! });
//! let hedge = HedgeLayer::new(Duration::from_millis(100));
//! let service = ServiceBuilder::new().layer(hedge).service(slow_at_first);
//! assert_eq!(service.oneshot(()).await.unwrap(), 1);
//! # }
//! ```

mod config;
mod delay;
mod estimate;
mod latency;
mod node;
mod state;

pub use config::HedgeConfig;
pub use delay::Delay;
pub(crate) use latency::Latencies;
pub use node::{Hedge, HedgeLayer, HedgeRun};
