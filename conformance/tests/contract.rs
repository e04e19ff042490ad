//! tower's contract under all triples and random stacks: the service at the bottom panics on a
//! misuse, and a service with room for one call never deadlocks.

use fastrand::Rng;
use ninelives::testing::{Probe, paused_runtime};
use ninelives_conformance::generate::Tree;
use ninelives_conformance::reluctant::Reluctant;
use ninelives_conformance::scene::Scene;
use ninelives_conformance::services::{Named, load, own};
use tower::limit::ConcurrencyLimit;
use tower_layer::Layer;

fn count(trace: &[String], what: &str) -> usize {
    trace.iter().filter(|line| line.contains(what)).count()
}

#[test]
fn random_stacks_keep_towers_contract() {
    let runtime = paused_runtime();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let (mut rng, mut calls, mut unready) = (Rng::with_seed(77), 0, 0);
    for seed in 0..10_000 {
        // Eight layers on the way to the service, now and then with groups between them.
        let depth = u32::from(rng.u8(..4) == 0);
        let stack: Vec<_> = (0..8).map(|_| Tree::open(&mut rng, depth)).collect();
        let policy = load(&Tree::Sequence(stack).text());
        let scene = Scene::random(seed);
        let trace = if seed.is_multiple_of(2) {
            scene.run(&runtime, &policy)
        } else {
            let reluctant = Reluctant::new(Named("own"), seed);
            scene.run_around(&runtime, || policy.layer(Probe::new(reluctant)))
        };
        calls += count(&trace, "is called");
        unready += count(&trace, "is not ready");
    }
    println!(
        "10000 random stacks of depth 8, {calls} calls, {unready} times the service was not ready: 0 violations"
    );
    assert!(calls > 10_000 && unready > 10_000, "{calls} calls, {unready} times not ready");
}

/// Every layer and every terminal; the first six call what is to their right.
const PARTS: [&str; 10] = [
    "pass",
    "timeout(10ms)",
    "retry(3, backoff = fixed(2ms), jitter = none)",
    "circuit_breaker(consecutive = 2, cooldown = 10ms)",
    "bulkhead(1, queue = 1, wait = 8ms)",
    "hedge(after = 4ms, max_attempts = 3)",
    "fallback",
    "fallback(@stale)",
    "to(@east)",
    "fail",
];
const OPEN: usize = 6;

#[test]
fn triples_keep_towers_contract() {
    let runtime = paused_runtime();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let indices = || 0..PARTS.len();
    let (mut triples, mut calls) = (0, 0);
    for (first, second, third) in indices()
        .flat_map(|first| indices().map(move |second| (first, second)))
        .flat_map(|(first, second)| indices().map(move |third| (first, second, third)))
    {
        for (one, other) in
            ["+", "|", "&"].iter().flat_map(|one| ["+", "|", "&"].map(|other| (*one, other)))
        {
            // What is to the right of a terminal is an error.
            let right_of_a_terminal = (one == "+" && first >= OPEN)
                || (other == "+" && (first >= OPEN || second >= OPEN));
            if right_of_a_terminal {
                continue;
            }
            let text =
                format!("({} {one} {}) {other} {}", PARTS[first], PARTS[second], PARTS[third]);
            let policy = load(&text);
            for seed in 0..2 {
                let seed = 2 * triples + seed;
                let trace = Scene::random(seed).run_around(&runtime, || {
                    policy.layer(Probe::new(ConcurrencyLimit::new(own(), 1 + (seed % 2) as usize)))
                });
                calls += count(&trace, "is called");
            }
            triples += 1;
        }
    }
    println!("{triples} triples, twice each, {calls} calls: 0 violations");
    assert!(triples > 5_000);
}

#[test]
fn nothing_deadlocks_over_a_service_with_room_for_one() {
    let runtime = paused_runtime();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let mut rng = Rng::with_seed(78);
    for seed in 0..1_000 {
        let text = Tree::random(&mut rng, 3, 8).text();
        let policy = load(&text);
        let trace = Scene::calm(seed)
            .run_around(&runtime, || policy.layer(Probe::new(ConcurrencyLimit::new(own(), 1))));
        let stuck = trace.iter().find(|line| line.contains("Elapsed"));
        assert_eq!(stuck, None, "seed {seed}, {text}\n{}", trace.join("\n"));
    }
}
