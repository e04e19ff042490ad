//! What an outcome is, and whether a request may be sent again: one classifier a policy.

#[cfg(feature = "http")]
mod http;

#[cfg(feature = "http")]
pub use self::http::Http;
pub use ninelives_dsl::value::{Class, ClassSet};
use std::time::Duration;

/// Says what an outcome of the service is. Refusals of our own layers never come here: they have
/// their class already.
pub trait Classify<Response, Error> {
    /// The class of an outcome.
    fn classify(&self, outcome: Result<&Response, &Error>) -> Class;

    /// How long an overloaded service asks to wait, if it says so.
    fn retry_after(&self, outcome: Result<&Response, &Error>) -> Option<Duration> {
        let _ = outcome;
        None
    }
}

/// Says whether a request may be sent more than once, and copies it.
#[diagnostic::on_unimplemented(
    message = "a request of type `{Request}` cannot be repeated by the classifier `{Self}`",
    label = "`retry`, `hedge`, `|` and `&` run a request more than once",
    note = "derive `Clone` for `{Request}`, or choose a classifier that copies it: `policy.classify(…)`"
)]
pub trait Repeat<Request> {
    /// False for a request that may reach a service at most once.
    fn may_repeat(&self, request: &Request) -> bool {
        let _ = request;
        true
    }

    /// A copy to send later; `None` for a request that cannot be copied (a streaming body), which
    /// is then sent once.
    fn copy(&self, request: &Request) -> Option<Request>;
}

/// The default classifier: `Ok` is success, `Err` is transient, every request may be repeated.
///
/// It retries whatever the service calls an error, validation errors included: choose a classifier
/// of your own where the error type can tell them apart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl<Response, Error> Classify<Response, Error> for Plain {
    #[inline]
    fn classify(&self, outcome: Result<&Response, &Error>) -> Class {
        match outcome {
            Ok(_) => Class::Success,
            Err(_) => Class::Transient,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<Request: Clone> Repeat<Request> for Plain {
    #[inline]
    fn copy(&self, request: &Request) -> Option<Request> {
        Some(request.clone())
    }
}
