//! Nine Lives: one line says how a call survives.
//!
//! The facade: re-exports only. See the packages for what is behind them.

#[doc(hidden)]
pub mod rt;

pub use ninelives_macros::{host, policies, policy};
#[cfg(feature = "http")]
pub use ninelives_runtime::classify::Http;
pub use ninelives_runtime::classify::{Class, ClassSet, Classify, Plain, Repeat};
pub use ninelives_runtime::config::{InvalidConfig, Off};
pub use ninelives_runtime::edge::{Guarded, Running};
pub use ninelives_runtime::error::{Fault, PolicyError, Reason, Rejected};
pub use ninelives_runtime::fallback::{Answer, DegradedResponse, Handler};
pub use ninelives_runtime::policy::Policy;
pub use ninelives_runtime::world::{Flat, Lifted};

/// What a file that composes policies in Rust imports: the constructors and the traits behind
/// `policy.layer(service)`.
pub mod prelude {
    pub use crate::{Policy, PolicyError, policies, policy};
    pub use ninelives_runtime::policy::{
        bulkhead, circuit_breaker, fail, fallback, fallback_with, hedge, pass, retry, timeout, to,
    };
}
