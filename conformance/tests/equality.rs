//! The same text, compiled by `policy!` and built by the loader, gives the same trace.

mod support;

use ninelives::policy;
use ninelives_conformance::generate::{Counts, Tree};
use ninelives_conformance::scene::Scene;
use ninelives_conformance::services::{ByClass, Other, Stale, load};
use support::{compare, paused};
use tokio::runtime::Runtime;

struct Case {
    text: &'static str,
    run: fn(&[Scene], &Runtime) -> Vec<String>,
}

/// Scenes that one instance of a policy goes through, in both fronts.
const SCENES: u64 = 21;
/// Instances of each policy.
const BATCHES: u64 = 20;

#[allow(deprecated, reason = "what is generated may well be warned of")]
#[expect(non_upper_case_globals, reason = "the names that `@east` and so on stand for")]
mod cases {
    use super::{ByClass, Case, Other, Scene, Stale, policy};

    const east: Other = Other("east");
    const west: Other = Other("west");
    const stale: Stale = Stale;

    pub(super) const ALL: &[Case] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));
}

/// Paths begin with the policy's name, which is `p` in the text; a policy without one is called by
/// the place where it stands.
fn named(trace: &[String]) -> Vec<String> {
    const FILE: &str = concat!(env!("OUT_DIR"), "/policies.rs:");
    let named = |line: &String| {
        let mut parts = line.split(FILE);
        let head = parts.next().unwrap_or_default().to_owned();
        parts.fold(head, |line, part| {
            line + "p." + part.split_once('.').map_or("", |(_, rest)| rest)
        })
    };
    trace.iter().map(named).collect()
}

#[test]
fn compiled_and_loaded_policies_give_the_same_trace() {
    let runtime = paused();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let mut pairs = 0;
    for (index, case) in cases::ALL.iter().enumerate() {
        for batch in 0..BATCHES {
            let first = (index as u64 * BATCHES + batch) * SCENES;
            let scenes: Vec<_> = (first..first + SCENES).map(Scene::random).collect();
            let compiled = named(&(case.run)(&scenes, &runtime));
            let loaded = Scene::run_all(&scenes, &runtime, &load(case.text));
            compare(case.text, first, &compiled, &loaded);
            pairs += SCENES;
        }
    }
    println!("{pairs} front-equality pairs over {} policies", cases::ALL.len());
    assert!(pairs >= 100_000);
}

#[test]
fn the_generated_policies_use_every_operator() {
    let mut counts = Counts::default();
    let mut rng = fastrand::Rng::with_seed(2026);
    for case in cases::ALL {
        let tree = Tree::random(&mut rng, 3, 8);
        assert_eq!(tree.text(), case.text, "the build and this test generate the same");
        tree.count(&mut counts);
    }
    println!("{counts:?}");
    for (operator, times) in
        [("+", counts.sequence), ("|", counts.fallback), ("&", counts.fork_join)]
    {
        assert!(times >= 100, "`{operator}` occurs {times} times");
    }
}
