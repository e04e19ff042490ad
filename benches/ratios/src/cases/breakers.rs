//! Circuit breakers: closed while nothing fails, and open.
//!
//! The peers' are no tower services. Each is measured twice: as the function call that it is, and
//! around a service, with its own future, as one puts it into a stack.

use failsafe::{CircuitBreaker, Config, backoff, failure_policy, futures};
use ninelives_measure::request::{self, AtOnce, Bottom, Down, fails, send};
use ninelives_measure::{Case, both};
use recloser::{AsyncRecloser, Recloser};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tower::{Layer, service_fn};

/// Longer than any run of this program.
const COOLDOWN: Duration = Duration::from_secs(3600);

mod declared {
    ninelives::policy! {
        pub policy consecutive = circuit_breaker(consecutive = 5);
        pub policy rate = circuit_breaker(failure_rate = 50%, window = 100);
        pub policy opened = circuit_breaker(consecutive = 1, cooldown = 1h);
    }
}

fn works() -> Result<u64, Down> {
    Ok(black_box(7))
}

fn ask(recloser: &Recloser) -> bool {
    black_box(recloser).call(works).is_ok()
}

/// Refuses for longer than this program runs.
fn open_recloser() -> Recloser {
    let recloser = Recloser::custom().closed_len(1).open_wait(COOLDOWN).build();
    // The first failure is noted, the second one is over the rate.
    for _ in 0..2 {
        let _ = recloser.call(|| Err::<u64, _>(Down));
    }
    recloser
}

fn around<S: Bottom>(mut service: S, recloser: Recloser) -> impl request::Service {
    let recloser = AsyncRecloser::from(recloser);
    service_fn(move |request| recloser.call(service.call(request)))
}

fn around_failsafe<S: Bottom>(
    mut service: S,
    failsafe: impl futures::CircuitBreaker + Clone + Send + 'static,
) -> impl request::Service {
    service_fn(move |request| failsafe.call(service.call(request)))
}

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let failsafe = Config::new()
        .failure_policy(failure_policy::consecutive_failures(5, backoff::constant(COOLDOWN)))
        .build();
    let (closed, open) = (Arc::new(Recloser::default()), Arc::new(open_recloser()));
    send(&mut declared::opened.layer(service_fn(fails)));
    let of_services = [
        Case::both("breaker, consecutive", declared::consecutive),
        Case::both("breaker, failure rate", declared::rate),
        both!("failsafe, as a service", |Inner| around_failsafe(Inner, failsafe.clone())),
        both!("recloser, as a service", |Inner| around(Inner, Recloser::default())),
    ];
    of_services.into_iter().flatten().chain([
        Case::service("breaker, open", declared::opened.layer(AtOnce)).refusing(),
        Case::service("recloser, open, as a service", around(AtOnce, open_recloser())).refusing(),
        Case::function("failsafe", move || CircuitBreaker::call(&failsafe, works).is_ok()),
        Case::function("recloser", move || ask(&closed)),
        Case::function("recloser, open", move || ask(&open)).refusing(),
    ])
}
