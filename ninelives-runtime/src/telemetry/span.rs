//! Spans of the `tracing` crate around requests and attempts; without the feature `tracing`, nothing
//! that takes room or time.

use super::Reporter;

/// A span, entered only while what it is around is being polled.
#[cfg(feature = "tracing")]
pub(crate) struct Span(tracing::Span);

/// The place of a span.
#[cfg(not(feature = "tracing"))]
#[derive(Default)]
pub(crate) struct Span;

#[cfg(feature = "tracing")]
impl Span {
    /// Around one request under a policy.
    #[inline]
    pub(crate) fn request(reporter: &Reporter) -> Self {
        let policy = reporter.path().policy();
        Self(tracing::debug_span!(target: "ninelives", "request", policy))
    }

    /// Around one attempt of a layer, the first call being 1.
    #[inline]
    pub(crate) fn attempt(reporter: &Reporter, attempt: u32) -> Self {
        let (policy, path) = (reporter.path().policy(), reporter.path().as_str());
        Self(tracing::debug_span!(target: "ninelives", "attempt", policy, path, attempt))
    }

    /// Around nothing.
    #[inline]
    pub(crate) const fn none() -> Self {
        Self(tracing::Span::none())
    }

    /// Runs a poll inside the span.
    #[inline]
    pub(crate) fn within<T>(&self, poll: impl FnOnce() -> T) -> T {
        self.0.in_scope(poll)
    }
}

#[cfg(feature = "tracing")]
impl Default for Span {
    fn default() -> Self {
        Self::none()
    }
}

#[cfg(not(feature = "tracing"))]
impl Span {
    /// Around one request under a policy.
    #[inline]
    pub(crate) const fn request(_: &Reporter) -> Self {
        Self
    }

    /// Around one attempt of a layer.
    #[inline]
    pub(crate) const fn attempt(_: &Reporter, _: u32) -> Self {
        Self
    }

    /// Around nothing.
    #[inline]
    pub(crate) const fn none() -> Self {
        Self
    }

    /// Runs a poll.
    #[inline]
    pub(crate) fn within<T>(&self, poll: impl FnOnce() -> T) -> T {
        poll()
    }
}
