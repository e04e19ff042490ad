//! Spans of the `tracing` crate around requests and attempts; without the feature `tracing`, nothing
//! that takes room or time.

use super::Reporter;
#[cfg(not(feature = "tracing"))]
use std::marker::PhantomData;

/// A span, entered only while what it is around is being polled.
#[cfg(feature = "tracing")]
pub(crate) struct Span(tracing::Span);

/// The place of a span.
#[cfg(not(feature = "tracing"))]
#[derive(Default)]
pub(crate) struct Span;

/// While it is there, the span is entered.
#[cfg(not(feature = "tracing"))]
pub(crate) struct Inside<'a>(PhantomData<&'a Span>);

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

    /// Inside the span until what it returns is dropped. A guard and no closure: a closure is a
    /// function of its own, which every request would call.
    #[inline]
    pub(crate) fn enter(&self) -> tracing::span::Entered<'_> {
        self.0.enter()
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

    /// Inside nothing.
    #[inline]
    pub(crate) const fn enter(&self) -> Inside<'_> {
        Inside(PhantomData)
    }
}
