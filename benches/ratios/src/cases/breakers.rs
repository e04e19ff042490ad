//! Circuit breakers: closed while nothing fails, and open.
//!
//! Ours are measured with all of the edge around them, the peers' as the bare function call that
//! they are.

use super::Case;
use super::request::{AtOnce, Down, send};
use failsafe::{CircuitBreaker, Config, backoff, failure_policy};
use recloser::Recloser;
use std::future::ready;
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

pub(super) fn cases() -> [Case; 6] {
    let failsafe = Config::new()
        .failure_policy(failure_policy::consecutive_failures(5, backoff::constant(COOLDOWN)))
        .build();
    let closed = Arc::new(Recloser::default());
    let open = Arc::new(Recloser::custom().closed_len(1).open_wait(COOLDOWN).build());
    // The first failure is noted, the second one is over the rate.
    for _ in 0..2 {
        let _ = open.call(|| Err::<u64, _>(Down));
    }
    send(&mut declared::opened.layer(service_fn(|_: u64| ready(Err::<u64, _>(Down)))));
    [
        Case::service("breaker, consecutive", declared::consecutive.layer(AtOnce)),
        Case::service("breaker, failure rate", declared::rate.layer(AtOnce)),
        Case::service("breaker, open", declared::opened.layer(AtOnce)).refusing(),
        Case::function("failsafe", move || failsafe.call(works).is_ok()),
        Case::function("recloser", move || ask(&closed)),
        Case::function("recloser, open", move || ask(&open)).refusing(),
    ]
}
