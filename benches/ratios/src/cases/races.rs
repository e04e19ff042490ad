//! Two calls at once, of which the first success wins.

use ninelives_measure::Case;
use ninelives_measure::request::{AtOnce, Bottom, Down, Service, Yielding};
use tower::{Layer, service_fn};

mod declared {
    ninelives::policy! {
        pub policy both = pass & pass;
    }
}

/// As one writes it by hand. In their order, as our arms are polled: by default tokio takes a random
/// number for each request, too.
fn select<S: Bottom>(service: S) -> impl Service {
    service_fn(move |request| {
        let [mut left, mut right] = [service.clone(), service.clone()];
        async move {
            tokio::select! {
                biased;
                Ok(answer) = left.call(request) => Ok(answer),
                Ok(answer) = right.call(request) => Ok(answer),
                else => Err(Down),
            }
        }
    })
}

pub(super) fn cases() -> [Case; 4] {
    [
        Case::service("pass & pass", declared::both.layer(AtOnce)),
        Case::service("pass & pass, one yield", declared::both.layer(Yielding)),
        Case::service("select, as a service", select(AtOnce)),
        Case::service("select, as a service, one yield", select(Yielding)),
    ]
}
