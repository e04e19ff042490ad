//! What `diff::state` promises of two texts is what a reload from one to the other does.

use crate::bulkhead::BulkheadLayer;
use crate::circuit_breaker::{CircuitBreakerLayer, State};
use crate::dynamic::generation::Generation;
use crate::dynamic::shelf::Shelf;
use crate::dynamic::{Calls, Host};
use crate::hedge::HedgeLayer;
use crate::retry::RetryLayer;
use crate::testing::begun;
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::diff::{self, Fate};
use ninelives_dsl::load::{Front, Load, load_bytes};
use ninelives_dsl::plan::{Layer, Plan, Policy, Value};
use ninelives_dsl::value::{ClassSet, Ratio};
use proptest::prelude::*;
use std::any::Any;
use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tower::{Layer as _, service_fn};

fn texts() -> impl Strategy<Value = String> {
    let layer = prop::sample::select(
        &[
            "timeout(1s)",
            "timeout(2s)",
            "retry",
            "retry(5, jitter = none)",
            "retry(2, budget = off)",
            "bulkhead(3)",
            "bulkhead(4, queue = 2)",
            "circuit_breaker",
            "circuit_breaker(window = 30s, probes = 2)",
            "circuit_breaker(min_calls = 5)",
            "hedge",
            "hedge(after = 50ms, max_attempts = 3)",
        ][..],
    );
    let label = prop::sample::select(&["", "", "", "x: ", "y: ", "z: "][..]);
    let layer = (label.clone(), layer).prop_map(|(label, layer)| format!("{label}{layer}"));
    let chain = prop::collection::vec(layer, 1..5).prop_map(|layers| layers.join(" + "));
    let policy = (label, prop::collection::vec(chain, 1..3)).prop_map(|(label, chains)| {
        let arms: Vec<_> = chains.iter().map(|chain| format!("({chain})")).collect();
        format!("{label}({})", arms.join(" | "))
    });
    (policy.clone(), policy, 1..3usize).prop_map(|(a, b, count)| {
        let all = [format!("policy a = {a};"), format!("policy b = {b};")];
        all[..count].join("\n")
    })
}

fn load(text: &str) -> Load {
    load_bytes("it", text.as_bytes(), None, Front::Text)
}

fn layers(plan: &Plan) -> Vec<&Layer> {
    plan.policies.iter().flat_map(Policy::layers).collect()
}

/// Leaves a trace in the state of a layer. What is returned holds on to it.
fn mark(generation: &Generation, layer: &Layer) -> Option<Box<dyn Any>> {
    let (layers, path) = (&generation.layers, layer.path.as_str());
    match layer.kind {
        LayerKind::CircuitBreaker => {
            layers.find::<CircuitBreakerLayer>(path).unwrap().force_open();
        }
        LayerKind::Bulkhead => {
            let bulkhead = layers.find::<BulkheadLayer>(path).unwrap();
            let hangs = service_fn(|(): ()| pending::<Result<(), ()>>());
            return Some(Box::new(begun(bulkhead.layer(hangs).send(()))));
        }
        LayerKind::Retry => {
            let budget = layers.find::<RetryLayer>(path).unwrap().budget();
            while budget.get().is_some() && budget.withdraw(Instant::now()).is_some() {}
        }
        LayerKind::Hedge => {
            let budget = layers.find::<HedgeLayer>(path).unwrap().budget();
            while budget.withdraw(Instant::now()).is_some() {}
        }
        LayerKind::Timeout | LayerKind::Fallback | LayerKind::To => {}
    }
    None
}

/// True when the state of a layer has the trace that [`mark`] left.
fn is_marked(generation: &Generation, kind: LayerKind, path: &str) -> bool {
    let layers = &generation.layers;
    match kind {
        LayerKind::CircuitBreaker => {
            layers.find::<CircuitBreakerLayer>(path).unwrap().state() == State::ForcedOpen
        }
        LayerKind::Bulkhead => layers.find::<BulkheadLayer>(path).unwrap().in_flight() == 1,
        LayerKind::Retry => {
            let budget = layers.find::<RetryLayer>(path).unwrap().budget();
            budget.withdraw(Instant::now()).is_none()
        }
        LayerKind::Hedge => {
            let budget = layers.find::<HedgeLayer>(path).unwrap().budget();
            budget.withdraw(Instant::now()).is_none()
        }
        LayerKind::Timeout | LayerKind::Fallback | LayerKind::To => false,
    }
}

/// Sets some of the parameters of a layer to what no text says, by the bits of `which`. A budget is
/// left alone, for its trace.
fn set_some(generation: &Generation, path: &str, mut which: u64) {
    let unwritten = [
        Value::Duration(Duration::from_millis(777)),
        Value::Count(77),
        Value::Ratio(Ratio::percent(77)),
        Value::Classes(ClassSet::from_bits(1)),
    ];
    let control = generation.layers.known(path).unwrap().control().unwrap();
    for parameter in control.parameters() {
        which = which.rotate_right(1);
        if which & 1 == 1 && parameter.rule().row().name != "budget" {
            for value in &unwritten {
                let _ = parameter.set(value);
            }
        }
    }
}

fn has_bulkhead(generation: &Generation, path: &str) -> bool {
    generation.layers.find::<BulkheadLayer>(path).is_some()
}

type Values = BTreeMap<(String, &'static str), Value>;

/// The values in force of all parameters.
fn values(generation: &Generation) -> Values {
    let mut values = Values::new();
    for layer in layers(&generation.load.plan) {
        let control = generation.layers.known(&layer.path).unwrap().control().unwrap();
        for parameter in control.parameters() {
            let name = parameter.rule().row().name;
            values.insert((layer.path.clone(), name), parameter.value());
        }
    }
    values
}

/// What the old and the new layer share, so that it is one value on both sides.
fn is_shared(kind: LayerKind, parameter: &str) -> bool {
    kind == LayerKind::CircuitBreaker || matches!(parameter, "budget" | "max_concurrency")
}

fn reload_does_as_promised(old: &str, new: &str, which: u64) -> Result<(), TestCaseError> {
    let (before, after) = (load(old), load(new));
    prop_assume!(!before.has_errors() && !after.has_errors());
    let promised = diff::state(&before.plan, &after.plan);
    let successors = diff::successors(&before.plan, &after.plan);
    let host = Host::new().calls(Calls::<(), (), ()>::new());
    let shelf = Shelf::new(before, host, "it".to_owned(), None).unwrap();
    let old: Arc<Generation> = shelf.current();
    let mut held = Vec::new();
    for layer in layers(&old.load.plan) {
        set_some(&old, &layer.path, which ^ layer.path.len() as u64);
        held.extend(mark(&old, layer));
    }
    let in_force = values(&old);

    let refused = format!("{new}\npolicy refused = to(@nowhere);");
    prop_assert!(shelf.put(Ok(load(&refused)), None).is_err());
    prop_assert_eq!(&values(&old), &in_force, "a refused text touches nothing");
    prop_assert!(Arc::ptr_eq(&old, &shelf.current()));

    let reloaded = shelf.put(Ok(after), None).unwrap();
    prop_assert_eq!(reloaded.layers(), &promised[..]);
    let new = shelf.current();
    if reloaded.is_unchanged() {
        prop_assert!(Arc::ptr_eq(&old, &new));
        return Ok(());
    }
    for state in &promised {
        let goes_on = match &state.fate {
            Fate::Kept | Fate::Resized { .. } => true,
            Fate::New | Fate::Reset(_) => false,
            Fate::Gone => continue,
        };
        // Those inside a bulkhead count, also in one that begins afresh.
        let counts =
            goes_on || state.kind == LayerKind::Bulkhead && has_bulkhead(&old, &state.path);
        prop_assert_eq!(is_marked(&new, state.kind, &state.path), counts, "{:?}", state);
    }
    let written_before = |path: &str, name: &str| {
        let known = old.layers.known(path);
        known.map_or(&Value::Unset, |known| known.written.value(name)).clone()
    };
    for ((path, name), value) in values(&new) {
        let written = new.layers.known(&path).unwrap().written.value(name);
        let is_left = successors.contains(&path) && written_before(&path, name) == *written;
        let expected = if is_left { &in_force[&(path.clone(), name)] } else { written };
        prop_assert_eq!(&value, expected, "{}.{}", path, name);
    }
    for ((path, name), value) in values(&old) {
        let kind = old.layers.known(&path).unwrap().written.kind;
        let limit = name == "max_concurrency" && has_bulkhead(&new, &path);
        if !limit && (!is_shared(kind, name) || !successors.contains(&path)) {
            prop_assert_eq!(&value, &in_force[&(path.clone(), name)], "those in flight");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_promised_of_two_texts_is_what_a_reload_does(
        old in texts(),
        new in texts(),
        which in any::<u64>(),
    ) {
        // A clock that stands still: no budget fills up meanwhile.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async { reload_does_as_promised(&old, &new, which) })?;
    }
}

/// The texts of the property have little in common, so here they differ in one place.
#[test]
fn numbers_that_change_touch_nothing_else() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let whole = "policy a = timeout(1s) + (retry(3) + bulkhead(4, queue = 2) + circuit_breaker + hedge);";
        for (was, is) in [
            ("1s", "2s"),
            ("retry(3)", "retry(4)"),
            ("retry(3)", "retry(budget = off)"),
            ("bulkhead(4", "bulkhead(9"),
            ("queue = 2", "queue = 5"),
            ("circuit_breaker", "circuit_breaker(window = 10s, min_calls = 9)"),
            ("hedge", "hedge(after = 1s)"),
        ] {
            for which in [0, 0b1010_1010_1010, u64::MAX] {
                let changed = whole.replace(was, is);
                reload_does_as_promised(whole, &changed, which).unwrap();
                reload_does_as_promised(&changed, whole, which).unwrap();
            }
        }
    });
}
