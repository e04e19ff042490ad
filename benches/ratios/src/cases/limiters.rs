//! A rate limit that never refuses. Ours has none that runs: what follows is there to be seen.

use governor::{Quota, RateLimiter};
use ninelives_measure::Case;
use ninelives_measure::request::AtOnce;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Arc;
use tower::{Service, service_fn};

pub(super) fn cases() -> [Case; 2] {
    let limiter = Arc::new(RateLimiter::direct(Quota::per_second(NonZeroU32::MAX)));
    let around = limiter.clone();
    let around = move |request| {
        let limiter = around.clone();
        async move {
            limiter.until_ready().await;
            AtOnce.call(request).await
        }
    };
    [
        Case::service("governor, as a service", service_fn(around)),
        Case::function("governor", move || black_box(&limiter).check().is_ok()),
    ]
}
