//! What a crate is asked for.

use crate::job::{Down, Job};
use std::time::Duration;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

/// What is guarded.
pub type Inner = BoxCloneSyncService<Job, (), Down>;
/// The same, guarded.
pub type Guarded = BoxCloneSyncService<Job, (), Ended>;

/// How a guarded call ended that was not answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ended {
    /// The service failed, or its time was up.
    Failed,
    /// A layer refused it.
    Refused,
}

/// A layer, configured.
#[derive(Clone)]
pub enum Part {
    /// Opens with the third failure in a row at the latest, asks with one probe after the cooldown.
    Breaker(Duration),
    /// One call at a time; others are refused, or wait where the crate has nothing else.
    Bulkhead,
    /// One call at a time; others wait.
    Queue,
    /// Three attempts without a wait.
    Retry,
    /// A second attempt after a second.
    Hedge,
    /// A second for a call.
    Timeout,
    /// What fails goes to this service.
    Fallback(Inner),
}

impl Part {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Breaker(_) => "circuit breaker",
            Self::Bulkhead => "bulkhead",
            Self::Queue => "queue",
            Self::Retry => "retry",
            Self::Hedge => "hedge",
            Self::Timeout => "timeout",
            Self::Fallback(_) => "fallback",
        }
    }
}

/// A crate.
pub trait Peer {
    /// Its name, as a heading.
    fn name(&self) -> &'static str;

    /// Its layer of that kind around the service, as its own pages configure it; `None` where it has none.
    fn guard(&self, part: Part, inner: Inner) -> Option<Guarded>;

    /// Whether its parts are tower layers, which answer for the readiness of what they wrap.
    fn has_layers(&self) -> bool {
        true
    }

    /// Where its own pages say that what a scenario finds is meant so: what they say.
    fn documents(&self, _scenario: &str) -> Option<&'static str> {
        None
    }
}

/// A service with its errors told apart.
pub fn guarded<S>(service: S, ended: fn(S::Error) -> Ended) -> Guarded
where
    S: Service<Job, Response = ()> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    BoxCloneSyncService::new(service.map_err(ended))
}
