//! `circuit_breaker`: refuses calls while the service fails, and probes for its recovery.
//!
//! # Behaviour
//! A closed circuit admits every call and counts. When the share of failures (or of slow calls) in
//! the window reaches its limit, or so many failures came in a row, it opens, and refuses every
//! call without touching the service. When the cooldown is over, the next calls are probes: if all
//! of them succeed the circuit closes and counts afresh; the first one that fails opens it again,
//! for twice as long.
//!
//! An operator may force it open or closed, and reset it. This is all of it, by event and state:
//!
//! |  | **closed** | **open** | **half-open** | **forced open** | **forced closed** |
//! | --- | --- | --- | --- | --- | --- |
//! | tripped | open, cool |  |  |  |  |
//! | cooldown over |  | half-open, probe |  |  |  |
//! | probe failed |  |  | open, cool longer |  |  |
//! | probes succeeded |  |  | closed, count |  |  |
//! | force_open | forced open | forced open | forced open |  | forced open |
//! | force_close | forced closed | forced closed | forced closed | forced closed |  |
//! | reset | closed, count | closed, count | closed, count | closed, count | closed, count |
//!
//! **What counts.** Failures are the outcomes whose class is in `on`. Successes are good answers,
//! degraded ones among them, and permanent failures: they show that the service is alive. Nothing
//! else says anything about the service, and counts for nothing: refusals of layers inside (an open
//! breaker, a full bulkhead), outcomes handed on by `fail`, classes that `on` leaves out, and calls
//! that are dropped. A call whose service panics has failed.
//!
//! **When it is judged.** With each failure and each slow call, once the window holds `min_calls`
//! (a full window is always enough); a good answer opens nothing. A call is slow when it took longer
//! than `slow_call`, and a slow call may have failed besides.
//!
//! **Late results.** Every transition begins a generation. What comes of a call counts in the
//! generation that admitted it, or not at all: a success from before the trip closes nothing.
//!
//! **Probes.** A half-open circuit admits `probes` calls, at once and in the whole cycle, and refuses
//! the others. A probe that is dropped, or ends with what counts for nothing, gives its slot to the
//! next call. A slow probe has failed. So has one that is older than the cooldown, before jitter, that
//! led to it: no probe that hangs can keep the circuit half-open. That is noticed at the next call.
//!
//! **Windows.** A window of calls holds exactly the last so many. A window of time advances in steps
//! of a tenth of its length: it holds the calls of the running step and of the nine before it. Each
//! costs the same at any rate and any length. A window of calls asks for the time only when a call
//! failed or was slow. 100 calls of a quiet service can be hours old: give it a duration.
//!
//! **Threads.** Failures, slow calls and transitions happen one after the other, under a lock. A good
//! answer is one addition in a stripe of its thread; it is counted on one side or the other of a
//! failure that comes in at the same moment, never twice and in no other generation. While the
//! whole window is good, a good answer writes nothing at all. The first good answer of each step of
//! a window of time takes the lock.
//!
//! # Readiness
//! An open circuit refuses at the first poll, whether or not the service is ready.
//!
//! # Cancellation
//! A dropped call counts for nothing. A dropped probe gives its slot back at once.
//!
//! # Clone
//! Clones share the circuit.
//!
//! # Ordering in a stack
//! Put `timeout` inside: a deadline outside drops the call, which then counts for nothing. Outside
//! `retry` it counts whole operations, inside it counts attempts; `retry` does not repeat what an
//! open circuit refused. Around another policy make this one [flat](crate::error::PolicyError).
//!
//! # Errors
//! [`Reason::CircuitOpen`](crate::error::Reason::CircuitOpen), class `rejected`.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use ninelives_runtime::circuit_breaker::{CircuitBreakerConfig, State};
//! use std::time::Duration;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! let breaker = CircuitBreakerConfig::new().consecutive(3).build().unwrap();
//! let broken = service_fn(|(): ()| async { Err::<(), _>("connection refused") });
//! let service = ServiceBuilder::new().layer(breaker.clone()).service(broken);
//! for _ in 0..3 {
//!     let failed = service.clone().oneshot(()).await.unwrap_err();
//!     assert_eq!(failed.to_string(), "connection refused");
//! }
//! assert_eq!(breaker.state(), State::Open);
//! let refused = service.clone().oneshot(()).await.unwrap_err();
//! assert_eq!(refused.to_string(), "`circuit_breaker` refused: the circuit is open");
//!
//! tokio::time::advance(Duration::from_secs(5)).await;
//! let probed = service.oneshot(()).await.unwrap_err();
//! assert_eq!(probed.to_string(), "connection refused");
//! # }
//! ```
//!
//! An operator's hand on a breaker inside a policy is a clone of it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use ninelives_runtime::circuit_breaker::CircuitBreakerLayer;
//! use ninelives_runtime::policy::{Policy, timeout};
//! use std::time::Duration;
//!
//! let breaker = CircuitBreakerLayer::new();
//! let policy = timeout(Duration::from_secs(1)) + Policy(breaker.clone());
//!
//! breaker.force_open();
//! let refused = policy.run(|| async { Ok::<_, std::io::Error>(1) }).await.unwrap_err();
//! assert_eq!(refused.to_string(), "`circuit_breaker` refused: the circuit is open");
//! breaker.reset();
//! assert_eq!(policy.run(|| async { Ok::<_, std::io::Error>(1) }).await.unwrap(), 1);
//! # }
//! ```

mod config;
mod cooldown;
mod node;
mod period;
mod probes;
mod sample;
mod state;
mod successes;
mod token;
mod transitions;
mod window;

pub use config::CircuitBreakerConfig;
pub(crate) use node::Perhaps;
pub use node::{CircuitBreaker, CircuitBreakerLayer, CircuitBreakerRun};
pub use sample::Sample;
pub use transitions::State;
pub use window::Window;
