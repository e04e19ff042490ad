//! A place taken and given back.

use super::Case;
use super::request::AtOnce;
use std::hint::black_box;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower::Layer;

mod declared {
    ninelives::policy! {
        pub policy places = bulkhead(64);
    }
}

pub(super) fn cases() -> [Case; 2] {
    let semaphore = Arc::new(Semaphore::new(64));
    [
        Case::service("bulkhead", declared::places.layer(AtOnce)),
        Case::function("tokio Semaphore", move || black_box(&semaphore).try_acquire().is_ok()),
    ]
}
