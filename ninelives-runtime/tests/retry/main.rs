//! `retry` through the public API.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

mod budget;
mod repetition;
mod stacks;
mod waits;

use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::value::{Backoff, Jitter};
use ninelives_runtime::retry::RetryConfig;
use ninelives_runtime::testing::{Failure, ms};

type Outcome = Result<&'static str, ninelives_runtime::error::PolicyError<Failure>>;

/// `retry(attempts, backoff = fixed(100ms), jitter = none, budget = off)`: what it does can be
/// told to the millisecond.
fn plain(attempts: u32) -> RetryConfig {
    RetryConfig::new()
        .max_attempts(attempts)
        .backoff(Backoff::fixed(ms(100)))
        .jitter(Jitter::None)
        .budget(Off)
}

/// The service's own failure, as the policy returns it.
fn failed(class: ninelives_runtime::classify::Class) -> Outcome {
    Err(ninelives_runtime::error::PolicyError::Service(ninelives_runtime::testing::failure(class)))
}
