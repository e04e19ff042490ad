//! A host program that provides whatever a text asks for.

use ninelives_conformance::services::{Ask, ByClass, Failure, Reply, Stale, other};
use ninelives_dsl::host::{HostKind, asked};
use ninelives_dsl::plan::Plan;
use ninelives_runtime::dynamic::{Calls, Host};
use ninelives_runtime::fallback::DegradedResponse;
use tokio::runtime::Runtime;

/// Provides every name of these plans. One that stands for things of several kinds stands for the last.
pub(crate) fn of<'p>(plans: impl IntoIterator<Item = &'p Plan>) -> Host {
    let calls =
        Calls::<Ask, Reply, Failure>::new().classify(ByClass).degraded(DegradedResponse::degraded);
    let asked = plans.into_iter().flat_map(asked);
    Host::new().calls(asked.fold(calls, |calls, it| match it.kind {
        HostKind::Handler => calls.handler(it.name, Stale),
        HostKind::Service => calls.service(it.name, other("east")),
        HostKind::Layer => calls.layer(it.name, tower_layer::Identity::new()),
    }))
}

/// A runtime whose clock stands until everything waits.
pub(crate) fn paused() -> Option<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().ok()
}
