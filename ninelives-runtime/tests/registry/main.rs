//! Parameters and state by their paths.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed check ends its test")]

mod acting;
mod listing;
mod model;
mod texts;
mod writing;

use ninelives_runtime::dsl::plan::Value;
use ninelives_runtime::dynamic::{Calls, Host, PolicyBook};
use ninelives_runtime::registry::Registry;
use std::io;

/// A policy with a layer of every kind.
const EVERY_LAYER: &str = "policy search = timeout(1s) + bulkhead(10, queue = 5) + circuit_breaker
    + retry + hedge | to(@other) | fallback(@cached);";

fn host() -> Host {
    let other = tower::service_fn(|_: u32| async { Err::<u32, _>(io::Error::other("down")) });
    Host::new().calls(
        Calls::<u32, u32, io::Error>::new().service("other", other).handler("cached", |_, _| 7),
    )
}

fn book(text: &str) -> PolicyBook {
    PolicyBook::from_text(text, host()).unwrap()
}

/// The values of all adaptive parameters.
fn values(registry: &Registry) -> Vec<(String, Value, u64)> {
    let adaptive = registry.parameters().into_iter().filter(|parameter| parameter.adaptive);
    adaptive.map(|parameter| (parameter.path, parameter.value, parameter.revision)).collect()
}

#[track_caller]
fn refusal(result: Result<(), ninelives_runtime::registry::RegistryError>) -> String {
    result.unwrap_err().to_string()
}
