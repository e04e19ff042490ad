//! Two calls at once, of which the first success wins.

use ninelives_measure::request::{Bottom, Down, Service};
use ninelives_measure::{Case, both};
use tower::service_fn;

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

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let cases = [
        Case::both("pass & pass", declared::both),
        both!("select, as a service", |Inner| select(Inner)),
    ];
    cases.into_iter().flatten()
}
