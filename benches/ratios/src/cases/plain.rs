//! The same semantics as one async function on tokio's primitives, as one writes it without layers,
//! around a service that is known to be always ready.

use ninelives_measure::Case;
use ninelives_measure::request::{AtOnce, Down, Yielding, finish};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower::Service;

const ATTEMPTS: u32 = 3;
const FAILURES: u32 = 5;

/// Why there is no answer.
enum Failed {
    Late,
    Refused,
    Down(Down),
}

/// What the requests share: a limit, and a breaker of consecutive failures in one word.
struct Shared {
    limit: Semaphore,
    failures: AtomicU32,
}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self { limit: Semaphore::new(64), failures: AtomicU32::new(0) })
    }
}

/// `timeout(1s) + retry(3) + bulkhead(64)`
async fn r3<S>(shared: &Shared, service: &mut S, request: u64) -> Result<u64, Failed>
where
    S: Service<u64, Response = u64, Error = Down>,
{
    let attempts = async {
        let mut attempt = 1;
        loop {
            let permit = shared.limit.acquire().await.map_err(|_| Failed::Refused)?;
            let outcome = service.call(request).await.map_err(Failed::Down);
            drop(permit);
            if outcome.is_ok() || attempt == ATTEMPTS {
                return outcome;
            }
            attempt += 1;
        }
    };
    timeout(Duration::from_secs(1), attempts).await.unwrap_or(Err(Failed::Late))
}

/// `bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms) + circuit_breaker(consecutive = 5)`
async fn r5<S>(shared: &Shared, service: &mut S, request: u64) -> Result<u64, Failed>
where
    S: Service<u64, Response = u64, Error = Down>,
{
    let _permit = shared.limit.acquire().await.map_err(|_| Failed::Refused)?;
    let attempts = async {
        let mut attempt = 1;
        loop {
            let outcome = timeout(Duration::from_millis(250), broken(shared, service, request))
                .await
                .unwrap_or(Err(Failed::Late));
            if outcome.is_ok() || attempt == ATTEMPTS {
                return outcome;
            }
            attempt += 1;
        }
    };
    timeout(Duration::from_secs(1), attempts).await.unwrap_or(Err(Failed::Late))
}

async fn broken<S>(shared: &Shared, service: &mut S, request: u64) -> Result<u64, Failed>
where
    S: Service<u64, Response = u64, Error = Down>,
{
    let failures = shared.failures.load(Ordering::Acquire);
    if failures >= FAILURES {
        return Err(Failed::Refused);
    }
    let outcome = service.call(request).await.map_err(Failed::Down);
    match outcome {
        Err(_) => shared.failures.store(failures + 1, Ordering::Release),
        Ok(_) if failures > 0 => shared.failures.store(0, Ordering::Release),
        Ok(_) => {}
    }
    outcome
}

pub(super) fn cases() -> [Case; 4] {
    // A macro, because no closure type says that its future borrows what it is given.
    macro_rules! case {
        ($name:literal, $function:ident, $service:ident) => {{
            let shared = Shared::new();
            Case::function($name, move || {
                finish($function(&shared, &mut $service, black_box(7))).is_ok()
            })
        }};
    }
    [
        case!("plain fn R3", r3, AtOnce),
        case!("plain fn R3, one yield", r3, Yielding),
        case!("plain fn R5", r5, AtOnce),
        case!("plain fn R5, one yield", r5, Yielding),
    ]
}
