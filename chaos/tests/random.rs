//! Seeded storms: whatever the network does, every request ends, is accounted for, holds nothing
//! afterwards, and is sent once where it may not be repeated.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

use fastrand::Rng;
use http::Method;
use ninelives::control::LayerState;
use ninelives::telemetry::EventKind;
use ninelives_chaos::attempts::End;
use ninelives_chaos::client::ask;
use ninelives_chaos::fault::Fault;
use ninelives_chaos::server::Answer;
use ninelives_chaos::world::World;
use std::collections::BTreeMap;
use std::time::Duration;

/// Storms in the quick tier; `NINELIVES_SEEDS=2000` so many.
const SEEDS: u64 = 60;
const REQUESTS: usize = 24;

/// Deadlines so short that some pass, on any machine.
const POLICIES: [&str; 5] = [
    "timeout(1s) + retry(4, backoff = fixed(1ms), budget = off) + timeout(40ms)",
    "bulkhead(3, queue = 4, wait = 20ms) + timeout(200ms) + hedge(after = 10ms, budget = off) | fallback",
    "retry(3, backoff = fixed(1ms)) + circuit_breaker(consecutive = 3, cooldown = 5ms) + timeout(30ms) | to(@direct)",
    "timeout(300ms) + (bulkhead(2) & to(@direct)) | fallback",
    "bulkhead(8) + timeout(100ms) + retry(2, backoff = fixed(1ms)) | hedge(after = 5ms) + timeout(50ms)",
];

#[test]
fn every_request_of_a_storm_is_accounted_for() {
    let asked = std::env::var("NINELIVES_SEEDS").ok();
    let seeds = asked.map_or(SEEDS, |seeds| seeds.parse().unwrap());
    let mut attempts = 0;
    for seed in 0..seeds {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        attempts += runtime.block_on(storm(seed));
    }
    println!("{seeds} storms, {REQUESTS} requests each, {attempts} attempts through the proxy");
    assert!(attempts > seeds as usize * REQUESTS / 2);
}

/// One storm; gives the number of attempts.
async fn storm(seed: u64) -> usize {
    let mut rng = Rng::with_seed(seed);
    let policy = POLICIES[rng.usize(..POLICIES.len())];
    let faults: Vec<_> = (0..4 * REQUESTS).map(|_| Fault::random(&mut rng)).collect();
    let answers: Vec<_> = (0..4 * REQUESTS)
        .map(|_| Answer::from(rng.choice([200, 200, 200, 500, 503, 404]).unwrap()))
        .collect();
    let world = World::new(policy, faults, answers).await.unwrap();
    let requests: Vec<_> = (0..REQUESTS)
        .map(|id| {
            let method = if rng.bool() { Method::GET } else { Method::POST };
            let arrives = Duration::from_millis(rng.u64(..40));
            let patience =
                Duration::from_millis(if rng.u8(..5) == 0 { rng.u64(..30) } else { 60_000 });
            let answer = world.send(ask(method, &id.to_string()));
            tokio::spawn(async move {
                tokio::time::sleep(arrives).await;
                tokio::time::timeout(patience, answer).await.map(|answer| answer.is_ok())
            })
        })
        .collect();
    let (mut answered, mut failed, mut left) = (0, 0, 0);
    for request in requests {
        match request.await.unwrap() {
            Ok(true) => answered += 1,
            Ok(false) => failed += 1,
            Err(_) => left += 1,
        }
    }
    let name = format!("seed {seed}, {policy}");
    check(&world, &name, [answered, failed, left]).await;
    world.ends().len()
}

async fn check(world: &World, name: &str, [answered, failed, left]: [usize; 3]) {
    assert_eq!(answered + failed + left, REQUESTS);
    let mut posts = BTreeMap::<_, usize>::new();
    for served in world.server.served().into_iter().filter(|it| it.method == Method::POST) {
        *posts.entry(served.id).or_default() += 1;
    }
    assert!(posts.values().all(|times| *times == 1), "{name}: {posts:?}");
    assert!(!world.ends().contains(&End::Open), "{name}: {:?}", world.ends());
    for layer in world.book.registry().layers() {
        if let Some(LayerState::Bulkhead { in_use, queued, .. }) = layer.state {
            assert_eq!((in_use, queued), (0, 0), "{name}");
        }
    }
    let (mut ended, mut cancelled) = (0, 0);
    for event in world.events().await {
        match event.kind {
            EventKind::RequestSucceeded { .. } | EventKind::RequestFailed { .. } => ended += 1,
            EventKind::RequestCancelled => cancelled += 1,
            EventKind::EventsLost { .. } => panic!("{name}: {event}"),
            _ => {}
        }
    }
    assert_eq!(ended, answered + failed, "{name}");
    // Who left before the policy was asked at all is none of its business.
    assert!(cancelled <= left, "{name}: {cancelled} of {left}");
}
