//! Circuit breakers that guard a future and are no tower layers.

use failsafe::futures::CircuitBreaker as _;
use failsafe::{Config, backoff, failure_policy};
use peers_scenarios::{Ended, Guarded, Inner, Job, Part, Peer, guarded};
use recloser::{AsyncRecloser, Recloser};
use tower::{ServiceExt, service_fn};

pub(crate) struct Failsafe;
pub(crate) struct Reclosers;

impl Peer for Failsafe {
    fn name(&self) -> &'static str {
        "failsafe"
    }

    fn guard(&self, part: Part, inner: Inner) -> Option<Guarded> {
        let Part::Breaker(cooldown) = part else { return None };
        let policy = failure_policy::consecutive_failures(3, backoff::constant(cooldown));
        let breaker = Config::new().failure_policy(policy).build();
        let service = service_fn(move |job: Job| breaker.call(inner.clone().oneshot(job)));
        Some(guarded(service, |error| match error {
            failsafe::Error::Rejected => Ended::Refused,
            failsafe::Error::Inner(_) => Ended::Failed,
        }))
    }

    fn has_layers(&self) -> bool {
        false
    }

    fn documents(&self, scenario: &str) -> Option<&'static str> {
        scenario.contains("probes at once").then_some(
            "there is no such number: half-open \"allows calls to see if the backend is still unavailable\"",
        )
    }
}

impl Peer for Reclosers {
    fn name(&self) -> &'static str {
        "recloser"
    }

    /// Its windows decide with the call after they are full: this is three failures, and two probes.
    fn guard(&self, part: Part, inner: Inner) -> Option<Guarded> {
        let Part::Breaker(cooldown) = part else { return None };
        let breaker = Recloser::custom().closed_len(2).half_open_len(1).open_wait(cooldown).build();
        let breaker = AsyncRecloser::from(breaker);
        let service = service_fn(move |job: Job| breaker.call(inner.clone().oneshot(job)));
        Some(guarded(service, |error| match error {
            recloser::Error::Rejected => Ended::Refused,
            recloser::Error::Inner(_) => Ended::Failed,
        }))
    }

    fn has_layers(&self) -> bool {
        false
    }

    fn documents(&self, scenario: &str) -> Option<&'static str> {
        scenario.contains("probes at once").then_some(
            "half-open, \"at least `len` calls will be performed\": a least number, not a most",
        )
    }
}
