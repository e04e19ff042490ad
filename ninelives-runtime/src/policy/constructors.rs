//! One function a word of the language, for composing policies in Rust.

use super::Policy;
use crate::bulkhead::{Bulkhead, BulkheadLayer};
use crate::call::Call;
use crate::circuit_breaker::CircuitBreaker;
use crate::fail::Fail;
use crate::fallback::Fallback;
use crate::hedge::{Delay, Hedge, HedgeLayer};
use crate::retry::{Retry, RetryLayer};
use crate::timeout::{Timeout, TimeoutLayer};
use crate::to::To;
use std::time::Duration;

/// A deadline for everything inside; see [`timeout`](crate::timeout).
///
/// # Panics
/// When the duration is not whole milliseconds between 1 ms and 30 days.
#[track_caller]
pub fn timeout(duration: Duration) -> Policy<Timeout> {
    Policy(TimeoutLayer::new(duration))
}

/// So many attempts in all, the first call included; see [`retry`](crate::retry). More is said by
/// [`RetryConfig`](crate::retry::RetryConfig): `Policy(RetryConfig::new()….build()?)`.
///
/// # Panics
/// When `max_attempts` is not between 1 and 100.
#[track_caller]
pub fn retry(max_attempts: u32) -> Policy<Retry> {
    Policy(RetryLayer::new(max_attempts))
}

/// A bound on the calls in flight, without a queue; see [`bulkhead`](crate::bulkhead). More is said
/// by [`BulkheadConfig`](crate::bulkhead::BulkheadConfig):
/// `Policy(BulkheadConfig::new(64)….build()?)`.
///
/// # Panics
/// When the count is not between 1 and 1,000,000.
#[track_caller]
pub fn bulkhead(max_concurrency: u32) -> Policy<Bulkhead> {
    Policy(BulkheadLayer::new(max_concurrency))
}

/// Refuses calls while the service fails; see [`circuit_breaker`](crate::circuit_breaker).
pub fn circuit_breaker() -> Policy<CircuitBreaker> {
    Policy(CircuitBreaker::new())
}

/// A second attempt after a `Duration`, or after a quantile of what was seen; see
/// [`hedge`](crate::hedge). More is said by [`HedgeConfig`](crate::hedge::HedgeConfig):
/// `Policy(HedgeConfig::new()….build()?)`.
///
/// # Panics
/// When a duration is not whole milliseconds up to 30 days.
#[track_caller]
pub fn hedge(after: impl Into<Delay>) -> Policy<Hedge> {
    Policy(HedgeLayer::new(after))
}

/// Answers with the response type's own degraded answer; see [`fallback`](crate::fallback).
pub fn fallback() -> Policy<Fallback> {
    Policy(Fallback::default())
}

/// Answers with what `handler` makes; see [`Handler`](crate::fallback::Handler).
pub fn fallback_with<H>(handler: H) -> Policy<Fallback<H>> {
    Policy(Fallback::new(handler))
}

/// Calls another service; see [`to`](crate::to).
pub fn to<S>(service: S) -> Policy<To<S>> {
    Policy(To::new(service))
}

/// Calls the service as it is: the identity of `+`.
pub const fn pass() -> Policy<Call> {
    Policy(Call)
}

/// Fails at once: the identity of `|` and `&`.
pub const fn fail() -> Policy<Fail> {
    Policy(Fail)
}
