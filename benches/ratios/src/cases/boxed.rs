//! tower's own layers with the type of each forgotten, as a stack that is put together at run time is.

use ninelives_measure::Case;
use ninelives_measure::request::{AtOnce, Bottom, Service, Yielding};
use ninelives_measure::tower_stack::Attempts;
use std::time::Duration;
use tower::ServiceBuilder;
use tower::util::BoxCloneService;

fn r3<S: Bottom>(service: S) -> impl Service {
    ServiceBuilder::new()
        .layer(BoxCloneService::layer())
        .timeout(Duration::from_secs(1))
        .layer(BoxCloneService::layer())
        .retry(Attempts(2))
        .layer(BoxCloneService::layer())
        .concurrency_limit(64)
        .service(service)
}

pub(super) fn cases() -> [Case; 2] {
    [
        Case::service("tower R3, every layer boxed", r3(AtOnce)),
        Case::service("tower R3, every layer boxed, one yield", r3(Yielding)),
    ]
}
