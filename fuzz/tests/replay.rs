//! What the fuzzers hold holds here too, without one: of the corpora, and of mutations of them.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic, and says what it ran; clippy's own exception covers test functions only"
)]

use ninelives_fuzz::mutate::Mutator;
use ninelives_fuzz::{TARGETS, Target, corpus};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

/// Mutations of each target's inputs, in the quick tier; `NINELIVES_MUTATIONS=10000000` so many.
const MUTATIONS: u64 = 5_000;

fn mutations() -> u64 {
    let asked = std::env::var("NINELIVES_MUTATIONS").ok();
    asked.map_or(MUTATIONS, |mutations| mutations.parse().unwrap())
}

fn target(name: &str) -> Target {
    TARGETS.into_iter().find(|target| target.name == name).unwrap()
}

/// Runs one input; when it fails, says what it was.
fn run(target: Target, bytes: &[u8], what: impl FnOnce() -> String) {
    let held = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
    let shown = String::from_utf8_lossy(bytes);
    assert!(held.is_ok(), "{} does not hold of {}:\n{shown}", target.name, what());
}

/// Every input of a target, and a fixed number of mutations of them.
fn replay(name: &str) {
    let target = target(name);
    let inputs = corpus::of(name).unwrap();
    for (path, bytes) in &inputs {
        run(target, bytes, || path.display().to_string());
    }
    let inputs: Vec<_> = inputs.into_iter().map(|(_, bytes)| bytes).collect();
    let (mut mutator, mutations, began) = (Mutator::new(9), mutations(), Instant::now());
    for number in 0..mutations {
        run(target, &mutator.mutate(&inputs), || format!("mutation {number}"));
    }
    let rate = mutations as f64 / began.elapsed().as_secs_f64();
    println!("{name}: {} inputs and {mutations} mutations, {rate:.0} a second", inputs.len());
}

#[test]
fn any_bytes_have_a_verdict() {
    replay("parse");
}

#[test]
fn layout_changes_no_meaning_and_is_stable() {
    replay("format");
}

#[test]
fn texts_without_errors_are_built_and_run() {
    replay("plan");
}

#[test]
fn refused_texts_change_nothing_and_accepted_ones_keep_state() {
    replay("reload");
}

#[test]
fn every_target_is_replayed_and_has_a_corpus() {
    let source = include_str!("replay.rs");
    for target in TARGETS {
        assert!(source.contains(&format!("replay({:?})", target.name)), "{}", target.name);
        let inputs = corpus::of(target.name).unwrap();
        let folder = Path::new("corpus").join(target.name);
        let own = |path: &Path| path.parent().is_some_and(|parent| parent.ends_with(&folder));
        assert!(inputs.len() > 100 && inputs.iter().any(|(path, _)| own(path)), "{}", target.name);
    }
}
