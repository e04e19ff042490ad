//! What the macros' output names. Not part of the public interface: it changes with them, which are
//! of the same version always.

pub use ninelives_runtime::bulkhead::{Bulkhead, BulkheadConfig};
pub use ninelives_runtime::call::Call;
pub use ninelives_runtime::cell::Cell;
pub use ninelives_runtime::circuit_breaker::{CircuitBreaker, CircuitBreakerConfig};
pub use ninelives_runtime::classify::{ClassSet, Plain};
pub use ninelives_runtime::combine::{Joined, Or, join};
pub use ninelives_runtime::config::{Off, valid_at};
pub use ninelives_runtime::dsl::value::{Backoff, Budget, Jitter, Number, Quantile, Rate, Ratio};
pub use ninelives_runtime::edge::Static;
pub use ninelives_runtime::fail::Fail;
pub use ninelives_runtime::fallback::{Answer, Fallback, Handler};
pub use ninelives_runtime::hedge::{Hedge, HedgeConfig};
pub use ninelives_runtime::node::Then;
pub use ninelives_runtime::path::Path;
pub use ninelives_runtime::policy::Policy;
pub use ninelives_runtime::retry::{Retry, RetryConfig};
pub use ninelives_runtime::telemetry::Root;
pub use ninelives_runtime::timeout::{Timeout, TimeoutConfig};
pub use ninelives_runtime::to::To;
pub use ninelives_runtime::world::Lifted;
pub use tower_service::Service;

/// The words of the language as Rust items, for editors; made of the catalogue.
#[cfg(feature = "ide")]
pub mod ops {
    /// The value of a parameter.
    #[derive(Default)]
    pub struct Argument;

    /// One struct a policy, one field a parameter.
    pub mod policies {
        use super::Argument;

        ninelives_macros::catalogue_policies! {}
    }

    /// The values that have a name.
    pub mod values {
        use super::Argument;

        ninelives_macros::catalogue_values! {}
    }
}
