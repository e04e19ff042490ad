//! The errors of a policy: flat and typed. The service's error, or one refusal of ours; never
//! nested inside one plan, never boxed, never cloned.

mod rejected;

pub use rejected::{Reason, Rejected};

use std::error::Error;
use std::fmt;

/// What a policy answers when it does not answer with a response.
///
/// # A policy around a policy
/// Around a service that a policy guards already the error is `PolicyError<PolicyError<E>>`, and the
/// outer policy takes the refusals of the inner one for errors of the service: its `retry` repeats
/// what an open circuit inside refused. Compose with `+`, which makes one policy of both; where the
/// inner one comes with the service, as in tower's `ServiceBuilder`, make the outer ones
/// [`flat`](crate::policy::Policy::flat), which keeps one level and every refusal's class.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use ninelives_runtime::circuit_breaker::CircuitBreakerLayer;
/// use ninelives_runtime::error::{PolicyError, Reason};
/// use ninelives_runtime::policy::Policy;
/// use ninelives_runtime::retry::RetryLayer;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// let breaker = CircuitBreakerLayer::new();
/// breaker.force_open();
/// let service = ServiceBuilder::new()
///     .layer(Policy(RetryLayer::new(5)).flat())
///     .layer(breaker)
///     .service(service_fn(|(): ()| async { Err::<(), _>("down") }));
/// match service.oneshot(()).await {
///     Err(PolicyError::Rejected(refused)) => assert_eq!(refused.reason(), Reason::CircuitOpen),
///     other => panic!("{other:?}"),
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyError<E> {
    /// The service's own error, as it came.
    Service(E),
    /// A layer of the policy refused.
    Rejected(Rejected),
}

impl<E> PolicyError<E> {
    /// The service's own error, unless a layer refused.
    pub fn into_service(self) -> Option<E> {
        match self {
            Self::Service(error) => Some(error),
            Self::Rejected(_) => None,
        }
    }

    /// The refusal, if a layer refused.
    pub fn rejected(&self) -> Option<&Rejected> {
        match self {
            Self::Service(_) => None,
            Self::Rejected(rejected) => Some(rejected),
        }
    }
}

impl<E> PolicyError<PolicyError<E>> {
    /// One level less, for a policy around a policy that was not [`flat`](crate::policy::Policy::flat).
    pub fn flatten(self) -> PolicyError<E> {
        match self {
            Self::Service(inner) => inner,
            Self::Rejected(rejected) => PolicyError::Rejected(rejected),
        }
    }
}

impl<E: fmt::Display> fmt::Display for PolicyError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(error) => error.fmt(out),
            Self::Rejected(rejected) => rejected.fmt(out),
        }
    }
}

impl<E: Error + 'static> Error for PolicyError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Service(error) => error.source(),
            Self::Rejected(_) => None,
        }
    }
}

/// An error that can hold a refusal of ours: what a policy's own error type must be.
///
/// [`PolicyError`] is one for every service error. Implement it for an error enum of your own, and
/// choose [`flat`](crate::policy::Policy::flat), to have refusals appear as one of its variants.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a refusal of a policy",
    label = "a policy with `.flat()` returns this error when it refuses",
    note = "leave `.flat()` out, or implement `ninelives::Fault` for `{Self}`"
)]
pub trait Fault: Sized {
    /// What a classifier sees when it was the service that failed.
    type Service;

    /// Holds a refusal.
    fn refuse(rejected: Rejected) -> Self;

    /// Tells the service's errors from refusals of ours.
    ///
    /// # Errors
    /// The refusal, when this error is one.
    fn split(&self) -> Result<&Self::Service, &Rejected>;
}

impl<E> Fault for PolicyError<E> {
    type Service = E;

    fn refuse(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }

    fn split(&self) -> Result<&E, &Rejected> {
        match self {
            Self::Service(error) => Ok(error),
            Self::Rejected(rejected) => Err(rejected),
        }
    }
}

impl Fault for Box<dyn Error + Send + Sync> {
    type Service = Self;

    fn refuse(rejected: Rejected) -> Self {
        Self::from(rejected)
    }

    fn split(&self) -> Result<&Self, &Rejected> {
        self.downcast_ref::<Rejected>().map_or(Ok(self), Err)
    }
}
