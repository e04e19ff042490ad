//! A place taken and given back.

use ninelives_measure::Case;
use ninelives_measure::request::{self, AtOnce, Down};
use std::hint::black_box;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, service_fn};

mod declared {
    ninelives::policy! {
        pub policy places = bulkhead(64);
    }
}

/// Waits for a place in its future, as ours does; tower's layer waits for it in `poll_ready`.
fn around(semaphore: Arc<Semaphore>) -> impl request::Service {
    service_fn(move |request| {
        let semaphore = semaphore.clone();
        async move {
            let _permit = semaphore.acquire_owned().await.map_err(|_| Down)?;
            AtOnce.call(request).await
        }
    })
}

pub(super) fn cases() -> [Case; 4] {
    let semaphore = Arc::new(Semaphore::new(64));
    [
        Case::service("bulkhead", declared::places.layer(AtOnce)),
        Case::service("tower limit", ConcurrencyLimit::new(AtOnce, 64)),
        Case::service("tokio Semaphore, as a service", around(Arc::new(Semaphore::new(64)))),
        Case::function("tokio Semaphore", move || black_box(&semaphore).try_acquire().is_ok()),
    ]
}
