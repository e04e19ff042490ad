//! An error that says what it is.

use crate::classify::{Class, Classify, Repeat};
use std::fmt;
use std::time::Duration;

/// The error of a [`Script`](super::Script); [`AsSaid`] takes it at its word.
///
/// ```
/// use ninelives_runtime::classify::{Class, Classify};
/// use ninelives_runtime::testing::{AsSaid, failure};
///
/// let outcome: Result<(), _> = Err(failure(Class::Permanent));
/// assert_eq!(AsSaid.classify(outcome.as_ref()), Class::Permanent);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Of what class it is.
    pub class: Class,
    /// How long it asks to wait before the next attempt, if it does.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "scripted failure ({})", self.class)
    }
}

impl std::error::Error for Failure {}

/// What [`err`](super::err) fails with: a failure of that class, which asks for no wait.
///
/// ```
/// use ninelives_runtime::classify::Class;
/// use ninelives_runtime::testing::failure;
///
/// assert_eq!(failure(Class::Overloaded).retry_after, None);
/// ```
pub const fn failure(class: Class) -> Failure {
    Failure { class, retry_after: None }
}

/// Classifies a [`Failure`] as it says, and each response as a success; every request that is `Clone` may be
/// repeated.
///
/// ```
/// use ninelives_runtime::classify::Class;
/// use ninelives_runtime::policy::retry;
/// use ninelives_runtime::testing::{AsSaid, Script, err, paused};
/// use tower::{Layer, ServiceExt};
///
/// let script = Script::new([err(Class::Permanent)]);
/// let service = retry(3).classify(AsSaid).layer(script.clone());
/// assert!(paused(service.oneshot(())).is_err());
/// assert_eq!(script.calls(), 1, "what is permanent is not tried again");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AsSaid;

impl<Response> Classify<Response, Failure> for AsSaid {
    fn classify(&self, outcome: Result<&Response, &Failure>) -> Class {
        outcome.err().map_or(Class::Success, |failure| failure.class)
    }

    fn retry_after(&self, outcome: Result<&Response, &Failure>) -> Option<Duration> {
        outcome.err().and_then(|failure| failure.retry_after)
    }
}

#[diagnostic::do_not_recommend]
impl<Request: Clone> Repeat<Request> for AsSaid {
    fn copy(&self, request: &Request) -> Option<Request> {
        Some(request.clone())
    }
}
