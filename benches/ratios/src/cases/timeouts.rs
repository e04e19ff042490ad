//! A deadline alone.

use ninelives_measure::Case;
use ninelives_measure::request::{AtOnce, Yielding, finish};
use std::hint::black_box;
use std::time::Duration;
use tower::Service;

mod declared {
    ninelives::policy! {
        pub policy bounded = timeout(1s);
    }
}

fn tokio_timeout<S: Service<u64>>(service: &mut S) -> bool {
    let answer = tokio::time::timeout(Duration::from_secs(1), service.call(black_box(7)));
    matches!(finish(answer), Ok(Ok(_)))
}

pub(super) fn cases() -> impl Iterator<Item = Case> {
    Case::both("timeout", declared::bounded).into_iter().chain([
        Case::function("tokio timeout", || tokio_timeout(&mut AtOnce)),
        Case::function("tokio timeout, one yield", || tokio_timeout(&mut Yielding)),
    ])
}
