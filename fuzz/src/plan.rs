//! A text without errors can be built and run: every policy of it takes requests, cancelled ones
//! among them, and each ends.

use crate::host;
use ninelives_conformance::scene::Scene;
use ninelives_conformance::services::{Ask, Failure, Reply};
use ninelives_dsl::bounds::Analysis;
use ninelives_dsl::codes;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::explain::explain;
use ninelives_dsl::lint::{Settings, warnings};
use ninelives_dsl::load::{Front, Load, load_bytes};
use ninelives_dsl::plan::Plan;
use ninelives_runtime::dynamic::{LoadError, PolicyBook};
use tokio::runtime::Runtime;

/// Requests run through so many policies of a text, which is all of any usual one.
const POLICIES: usize = 16;
/// And through none that may make more calls of one request: it would take seconds.
const CALLS: u64 = 200;

/// Builds the text, explains every policy of it and runs requests through those that may be run.
pub fn run(bytes: &[u8]) {
    let Some(runtime) = host::paused() else { return };
    let load = load_bytes("fuzz.nl", bytes, None, Front::Text);
    let book = PolicyBook::from_text(bytes, host::of([&load.plan]));
    if is_refused(&load) {
        assert!(book.is_err());
    }
    if load.has_errors() {
        return;
    }
    for policy in load.plan.policies.iter().take(POLICIES) {
        assert!(!explain(&load, policy).is_empty());
    }
    match &book {
        Ok(book) => requests(book, &names(&load.plan), seed(bytes), &runtime),
        Err(error) => assert!(is_refused(&load) || is_ambiguous(error), "{error}"),
    }
}

/// Runs the same scene through each policy of a book.
pub(crate) fn requests(book: &PolicyBook, names: &[String], seed: u64, runtime: &Runtime) {
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    for name in names {
        let policy = book.policy::<Ask, Reply, Failure>(name);
        assert!(policy.is_ok(), "{policy:?}");
        if let Ok(policy) = policy {
            Scene::random(seed).run(runtime, &policy);
        }
    }
}

/// The policies that can be run within bounds.
pub(crate) fn names(plan: &Plan) -> Vec<String> {
    let mut analysis = Analysis::new(plan);
    let runnable = plan.policies.iter().filter(|policy| policy.entry).filter(|policy| {
        let calls = analysis.of(policy).outcomes.calls().total();
        calls <= CALLS
    });
    runnable.take(POLICIES).map(|policy| policy.name.clone()).collect()
}

/// What follows from the bytes alone and differs for nearly all of them.
pub(crate) fn seed(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |hash: u64, byte| {
        (hash.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x517c_c1b7_2722_0a95)
    })
}

/// True when a text must not be run, whichever program loads it.
pub(crate) fn is_refused(load: &Load) -> bool {
    load.has_errors() || warnings(load, &Settings::default()).iter().any(Diagnostic::is_error)
}

/// True when a text asks for things of several kinds under one name: no host can provide them.
pub(crate) fn is_ambiguous(error: &LoadError) -> bool {
    let LoadError::Refused(findings) = error else { return false };
    findings.diagnostics().iter().all(|finding| finding.code == codes::HOST_NAME)
}
