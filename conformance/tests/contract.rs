//! tower's contract under random stacks: the service at the bottom panics when it is called
//! without having been polled ready, and a service with room for one call never deadlocks.

mod support;

use fastrand::Rng;
use ninelives_conformance::generate::Tree;
use ninelives_conformance::scene::Scene;
use ninelives_conformance::services::{Own, load};
use support::paused;
use tower::limit::ConcurrencyLimit;
use tower_layer::Layer;

#[test]
fn random_stacks_keep_towers_contract() {
    let runtime = paused();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let mut rng = Rng::with_seed(77);
    for seed in 0..10_000 {
        // Eight layers on the way to the service, now and then with groups between them.
        let depth = u32::from(rng.u8(..4) == 0);
        let stack: Vec<_> = (0..8).map(|_| Tree::open(&mut rng, depth)).collect();
        let policy = load(&Tree::Sequence(stack).text());
        Scene::random(seed).run(&runtime, &policy);
    }
    println!("10000 random stacks of depth 8");
}

#[test]
fn nothing_deadlocks_over_a_service_with_room_for_one() {
    let runtime = paused();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let mut rng = Rng::with_seed(78);
    for seed in 0..1_000 {
        let text = Tree::random(&mut rng, 3, 8).text();
        let policy = load(&text);
        let trace = Scene::calm(seed)
            .run_around(&runtime, || policy.layer(ConcurrencyLimit::new(Own::new(), 1)));
        let stuck = trace.iter().find(|line| line.contains("Elapsed"));
        assert_eq!(stuck, None, "seed {seed}, {text}\n{}", trace.join("\n"));
    }
}
