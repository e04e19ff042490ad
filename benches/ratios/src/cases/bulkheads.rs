//! A place taken and given back.

use ninelives_measure::request::Down;
use ninelives_measure::{Case, both};
use std::hint::black_box;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Service, service_fn};

mod declared {
    ninelives::policy! {
        pub policy places = bulkhead(64);
    }
}

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let semaphore = || Arc::new(Semaphore::new(64));
    let alone = semaphore();
    // Waits for a place in its future, as ours does; tower's layer waits for it in `poll_ready`.
    let as_a_service = both!("tokio Semaphore, as a service", |Inner| {
        let semaphore = semaphore();
        service_fn(move |request| {
            let semaphore = semaphore.clone();
            async move {
                let _permit = semaphore.acquire_owned().await.map_err(|_| Down)?;
                Inner.call(request).await
            }
        })
    });
    let of_services = [
        Case::both("bulkhead", declared::places),
        Case::both("tower limit", ConcurrencyLimitLayer::new(64)),
        as_a_service,
    ];
    of_services
        .into_iter()
        .flatten()
        .chain([Case::function("tokio Semaphore", move || black_box(&alone).try_acquire().is_ok())])
}
