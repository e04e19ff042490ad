//! The same text, compiled by `policy!` and built by the loader, gives the same trace and reports the
//! same events.

mod support;

use ninelives::policy;
use ninelives::telemetry::{MemorySink, PolicyEvent, Telemetry};
use ninelives::testing::paused_runtime;
use ninelives_conformance::generate::{Counts, Tree};
use ninelives_conformance::scene::Scene;
use ninelives_conformance::services::{ByClass, Own, Stale, load_with_sink, other};
use support::compare;
use tokio::runtime::Runtime;

struct Case {
    text: &'static str,
    run: fn(&[Scene], &Runtime, Telemetry) -> Vec<String>,
}

/// Scenes that one instance of a policy goes through, in both fronts.
const SCENES: u64 = 21;
/// Instances of each policy.
const BATCHES: u64 = 20;

#[allow(deprecated, reason = "what is generated may well be warned of")]
#[expect(non_upper_case_globals, reason = "the names that `@east` and so on stand for")]
mod cases {
    use super::{ByClass, Case, Own, Scene, Stale, other, policy};

    const east: Own = other("east");
    const west: Own = other("west");
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

/// What was reported in one front.
struct Reports {
    memory: MemorySink,
    telemetry: Telemetry,
}

impl Reports {
    fn new() -> Self {
        let memory = MemorySink::new(100_000);
        Self { telemetry: Telemetry::new(memory.clone()), memory }
    }

    /// The events, each with the time since the one before it, and with its path inside the policy.
    fn lines(&self, runtime: &Runtime) -> Vec<String> {
        runtime.block_on(self.telemetry.flush());
        assert_eq!((self.telemetry.counts().lost, self.memory.dropped()), (0, 0));
        let events = self.memory.take();
        let mut before = None;
        let mut line = |event: &PolicyEvent| {
            let since = event.at - before.replace(event.at).unwrap_or(event.at);
            let layer = event.path.as_str().strip_prefix(event.policy());
            let PolicyEvent { kind, attempt, latency, .. } = event;
            format!("{since:?} {layer:?} {kind:?} {attempt:?} {latency:?}")
        };
        events.iter().map(&mut line).collect()
    }
}

#[test]
fn compiled_and_loaded_policies_give_the_same_trace_and_the_same_events() {
    let runtime = paused_runtime();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let (mut pairs, mut events) = (0, 0);
    for (index, case) in cases::ALL.iter().enumerate() {
        for batch in 0..BATCHES {
            let first = (index as u64 * BATCHES + batch) * SCENES;
            let scenes: Vec<_> = (first..first + SCENES).map(Scene::random).collect();
            let (one, other) = (Reports::new(), Reports::new());
            let compiled = named(&(case.run)(&scenes, &runtime, one.telemetry.clone()));
            let policy = load_with_sink(case.text, other.telemetry.clone());
            let loaded = Scene::run_all(&scenes, &runtime, &policy);
            compare(case.text, first, &compiled, &loaded);
            let (one, other) = (one.lines(&runtime), other.lines(&runtime));
            compare(case.text, first, &one, &other);
            pairs += SCENES;
            events += one.len();
        }
    }
    println!("{pairs} front-equality pairs over {} policies, {events} events", cases::ALL.len());
    assert!(pairs >= 100_000 && events >= 100_000);
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
