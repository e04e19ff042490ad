//! A rate limit that never refuses. Ours has none that runs: what follows is there to be seen.

use governor::{Quota, RateLimiter};
use ninelives_measure::{Case, both};
use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Arc;
use tower::{Service, service_fn};

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let limiter = Arc::new(RateLimiter::direct(Quota::per_second(NonZeroU32::MAX)));
    let as_a_service = both!("governor, as a service", |Inner| {
        let limiter = limiter.clone();
        service_fn(move |request| {
            let limiter = limiter.clone();
            async move {
                limiter.until_ready().await;
                Inner.call(request).await
            }
        })
    });
    let alone = Case::function("governor", move || black_box(&limiter).check().is_ok());
    as_a_service.into_iter().chain([alone])
}
