//! tower's own layers with the type of each forgotten, as a stack that is put together at run time is.

use ninelives_measure::request::{Bottom, Service};
use ninelives_measure::{Case, both, tower_stack};
use tower::ServiceBuilder;
use tower::util::BoxCloneService;

fn r3<S: Bottom>(service: S) -> impl Service {
    let (timeout, attempts, limit) = tower_stack::r3();
    ServiceBuilder::new()
        .layer(BoxCloneService::layer())
        .layer(timeout)
        .layer(BoxCloneService::layer())
        .layer(attempts)
        .layer(BoxCloneService::layer())
        .layer(limit)
        .service(service)
}

fn r5<S: Bottom>(service: S) -> impl Service {
    let (limit, timeout, attempts, each_timeout) = tower_stack::r5();
    ServiceBuilder::new()
        .layer(BoxCloneService::layer())
        .layer(limit)
        .layer(BoxCloneService::layer())
        .layer(timeout)
        .layer(BoxCloneService::layer())
        .layer(attempts)
        .layer(BoxCloneService::layer())
        .layer(each_timeout)
        .service(service)
}

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let cases = [
        both!("tower R3, every layer boxed", |Inner| r3(Inner)),
        both!("tower R5, every layer boxed", |Inner| r5(Inner)),
    ];
    cases.into_iter().flatten()
}
