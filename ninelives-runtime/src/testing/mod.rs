//! What tests of layers and policies need: a service that insists on tower's contract, one that
//! follows a script and counts, a clock that stands still, and a request that is dropped at each of
//! its polls. The layers of this crate are tested with it.
//!
//! With the feature `testing`, which adds tokio's `test-util`: in `[dev-dependencies]`.
//!
//! ```
//! use ninelives_runtime::classify::Class;
//! use ninelives_runtime::policy::{retry, timeout};
//! use ninelives_runtime::testing::{AsSaid, Probe, Script, err, hang, ms, ok, paused};
//! use tokio::time::Instant;
//! use tower::{Layer, ServiceExt};
//!
//! let policy = (retry(3) + timeout(ms(250))).classify(AsSaid);
//! let script = Script::new([err(Class::Transient), hang(), ok("hello")]);
//! let service = policy.layer(Probe::new(script.clone()));
//! paused(async {
//!     let began = Instant::now();
//!     assert_eq!(service.oneshot(()).await, Ok("hello"));
//!     assert_eq!((script.calls(), script.dropped()), (3, 1));
//!     assert!(began.elapsed() >= ms(250), "the second attempt hangs until its deadline");
//! });
//! ```

mod begun;
mod clock;
mod failure;
mod probe;
mod script;
mod sweep;

pub use begun::begun;
pub use clock::{elapse, ms, paused, paused_runtime};
pub use failure::{AsSaid, Failure, failure};
pub use probe::{Probe, Probed};
pub use script::{Script, ScriptCall, Step, err, hang, ok};
pub use sweep::drop_at_each_poll;
