//! One kind of change at a time, then laws over random pairs.

use super::*;
use crate::load::{Front, load_bytes};
use proptest::prelude::*;
use std::fmt::Write;

fn load(text: &str) -> Load {
    let load = load_bytes("a.nl", text.as_bytes(), None, Front::Text);
    assert!(!load.has_errors(), "{text}\n{:#?}", load.diagnostics);
    load
}

fn between(old: &str, new: &str) -> Diff {
    diff(&load(old), &load(new))
}

/// A diff in lines.
fn lines(diff: &Diff) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").unwrap();
    for (sign, policies) in [('-', &diff.removed), ('+', &diff.added)] {
        for policy in policies {
            let same = policy.same_as.as_ref().map(|name| format!(" = {name}"));
            line(format!("{sign} {}{}", policy.name, same.unwrap_or_default()));
        }
    }
    for policy in &diff.changed {
        if let Some(entry) = &policy.entry {
            line(format!("{} entry {} → {}", policy.name, entry.old, entry.new));
        }
        for (sign, layers) in [('-', &policy.removed), ('+', &policy.added)] {
            for layer in layers {
                line(format!("{sign} {} ({})", layer.path, layer.kind.entry().name));
            }
        }
        for ParameterChange { path, old, new } in &policy.parameters {
            let word = |setting: &Setting| {
                let default = if setting.is_default { " (default)" } else { "" };
                format!("{}{default}", setting.text)
            };
            line(format!("{path}: {} → {}", word(old), word(new)));
        }
        if let Some(Change { old, new }) = &policy.structure {
            line(format!("{old}  →  {new}"));
        }
        for change in &policy.bounds {
            let verdict = if change.is_worse() { "worse" } else { "better" };
            line(format!("{}: {} → {} {verdict}", change.bound, change.old, change.new));
        }
    }
    out
}

/// The fate of each layer in both directions of one pair.
fn fates(old: &str, new: &str) -> Vec<String> {
    let states = state(&load(old).plan, &load(new).plan);
    states.iter().map(|state| format!("{}: {:?}", state.path, state.fate)).collect()
}

#[test]
fn parameters_are_compared_by_what_is_in_force() {
    let diff = between(
        "policy a = timeout(4s) + retry + timeout(1s);",
        "policy a = timeout(4s) + retry(5, jitter = full) + timeout(1s);",
    );
    insta::assert_snapshot!(lines(&diff), @"
    a.retry.max_attempts: 3 (default) → 5
    most calls: 3 → 5 worse
    ");
}

#[test]
fn bounds_say_which_way_they_went() {
    let diff = between(
        "policy a = timeout(1s) + retry | fallback;",
        "policy a = timeout(1s) + to(@a) & bulkhead(4) + retry(2);",
    );
    insta::assert_snapshot!(lines(&diff), @"
    - a.fallback (fallback)
    + a.to (to)
    + a.bulkhead (bulkhead)
    a.retry.max_attempts: 3 (default) → 2
    timeout + retry | fallback  →  timeout + (to & bulkhead) + retry
    a handler's time beside it: yes → no better
    most calls: 3 → 2 better
    most calls of @a: 0 → 1 worse
    long-run calls of @a: 0 → 1 worse
    can fail with `timeout`: no → yes worse
    can fail with `overloaded`: no → yes worse
    can fail with `transient`: no → yes worse
    can fail with `permanent`: no → yes worse
    degraded answers: maybe → never better
    in flight, one request: 1 → 2 worse
    ");
}

#[test]
fn a_bound_that_is_none_says_through_what() {
    let diff = between("policy a = timeout(1s);", "policy a = retry;");
    insta::assert_snapshot!(lines(&diff), @"
    - a.timeout (timeout)
    + a.retry (retry)
    timeout  →  retry
    worst-case latency: 1s → unbounded through `a.retry` worse
    most calls: 1 → 3 worse
    long-run calls: 1 → 1.2 worse
    ");
}

#[test]
fn what_moves_is_a_change_of_structure_alone() {
    let diff = between(
        "policy a = timeout(1s) + (bulkhead(2) + retry(2, budget = off) | fallback);",
        "policy a = timeout(1s) + (retry(2, budget = off) + bulkhead(2) | fallback);",
    );
    insta::assert_snapshot!(lines(&diff), @"timeout + (bulkhead + retry | fallback)  →  timeout + (retry + bulkhead | fallback)");
}

#[test]
fn another_kind_under_one_label_is_another_layer() {
    let diff = between("policy a = x: timeout(1s);", "policy a = x: bulkhead(1);");
    insta::assert_snapshot!(lines(&diff), @"
    - a.x (timeout)
    + a.x (bulkhead)
    x: timeout  →  x: bulkhead
    worst-case latency: 1s → unbounded through `a.x` worse
    can fail with `rejected`: no → yes worse
    in flight, all requests: any number → 1 better
    ");
}

#[test]
fn a_policy_differs_where_one_it_refers_to_does() {
    let diff = between(
        "policy a = timeout(1s); policy b = a; policy c = timeout(1s);",
        "policy a = timeout(2s); policy b = a; policy c = timeout(1s);",
    );
    insta::assert_snapshot!(lines(&diff), @"
    a.timeout.duration: 1s → 2s
    worst-case latency: 1s → 2s worse
    worst-case latency: 1s → 2s worse
    ");
    assert_eq!(diff.unchanged, 1);
}

#[test]
fn the_one_equal_policy_of_another_name_is_named() {
    let diff = between(
        "policy a = retry; policy b = pass; policy c = pass;",
        "policy d = retry(3); policy e = pass; policy f = timeout(1s);",
    );
    insta::assert_snapshot!(lines(&diff), @"
    - a = d
    - b
    - c
    + d = a
    + e
    + f
    ");
    let [begins, ..] = &diff.added[..] else { panic!("{diff:?}") };
    assert_eq!(begins.state[0].fate, Fate::New);
}

#[test]
fn what_the_host_may_run_is_a_difference() {
    let diff =
        between("policy a = pass; policy b = pass;", "pub policy a = pass; policy b = pass;");
    insta::assert_snapshot!(lines(&diff), @"b entry true → false");
}

#[test]
fn text_that_means_the_same_is_no_difference() {
    let old =
        "let d = 1s; policy t(x: duration) = timeout(x); policy a = t(d) + retry; policy b = a;";
    for new in [
        "policy b = a;\n\n/* moved */ policy a = t(1s) + retry; policy t(x: duration) = timeout(x);",
        "let other = 1000ms; policy t(y: duration) = timeout(y); \
         /// Documented.\npolicy a = (t(other) + retry(3)); policy b = (a);",
        "#![allow(no-jitter)] policy a = (t: (timeout(1s))) + retry; policy b = a;",
    ] {
        let diff = between(old, new);
        assert!(diff.is_empty(), "{new}: {diff:#?}");
        assert_eq!(diff.unchanged, 2);
    }
}

#[test]
fn loads_with_errors_are_compared_without_their_bounds() {
    let broken = load_bytes("a.nl", b"policy a = retry(3); policy b = ;", None, Front::Text);
    let diff = diff(&load("policy a = retry(5);"), &broken);
    assert_eq!(diff.changed[0].parameters.len(), 1);
    assert!(diff.changed[0].bounds.is_empty());
}

#[test]
fn numbers_keep_state_and_what_they_size_is_resized() {
    let old = "policy a = bulkhead(4) + circuit_breaker(window = 10s) + hedge + retry;";
    let new = "policy a = bulkhead(5) + circuit_breaker(window = 20s, cooldown = 1s)
             + hedge(after = 1s) + retry(budget = 5%);";
    insta::assert_snapshot!(fates(old, new).join("\n"), @r#"
    a.bulkhead: Resized { parameters: ["max_concurrency"] }
    a.circuit_breaker: Resized { parameters: ["window"] }
    a.hedge: Kept
    a.retry: Kept
    "#);
}

#[test]
fn layers_without_state_go_on_by_the_same_rules() {
    let old =
        load("policy a = timeout(1s) + x: retry(budget = off) + (y: pass + timeout(2s)) + to(@b);");
    let new = load("policy a = timeout(3s) + x: bulkhead(1) + (y: timeout(2s)) + to(@b);");
    let mut paths: Vec<_> = successors(&old.plan, &new.plan).into_iter().collect();
    paths.sort();
    assert_eq!(
        paths,
        ["a.to"],
        "`x` is another kind, and `timeout` is told from `timeout.2` by order"
    );
    let other_numbers = load(
        "policy a = timeout(3s) + x: retry(4, budget = off) + (y: pass + timeout(2s)) + to(@b);",
    );
    let paths = successors(&old.plan, &other_numbers.plan);
    assert_eq!(paths.len(), 4, "{paths:?}");
}

#[test]
fn a_window_that_counts_something_else_keeps_its_circuit() {
    let old = "policy a = circuit_breaker(window = 100);";
    let new = "policy a = circuit_breaker(window = 100s);";
    insta::assert_snapshot!(fates(old, new).join("\n"), @r#"a.circuit_breaker: Resized { parameters: ["window"] }"#);
}

#[test]
fn state_follows_the_path_wherever_it_moves() {
    let old = "policy a = circuit_breaker + bulkhead(1);";
    let new = "policy a = bulkhead(1) + (timeout(1s) | circuit_breaker);";
    insta::assert_snapshot!(fates(old, new).join("\n"), @"
    a.bulkhead: Kept
    a.circuit_breaker: Kept
    ");
}

#[test]
fn another_kind_starts_afresh_and_what_is_gone_ends() {
    let old = "policy a = x: bulkhead(1) + y: hedge + z: retry; policy gone = hedge;";
    let new = "policy a = x: circuit_breaker + y: timeout(1s) + z: retry(budget = off)
             + retry; policy new = hedge;";
    insta::assert_snapshot!(fates(old, new).join("\n"), @"
    a.x: Reset(Kind { was: Bulkhead })
    a.retry: New
    a.y: Gone
    a.z: Gone
    new.hedge: New
    gone.hedge: Gone
    ");
}

#[test]
fn a_row_of_one_name_keeps_state_only_where_nothing_but_numbers_changed() {
    let row = "policy a = circuit_breaker + retry + circuit_breaker + own: hedge;";
    let numbers =
        "policy a = circuit_breaker(probes = 2) + retry(4) + circuit_breaker + own: hedge;";
    insta::assert_snapshot!(fates(row, numbers).join("\n"), @"
    a.circuit_breaker: Kept
    a.retry: Kept
    a.circuit_breaker.2: Kept
    a.own: Kept
    ");
    // One more layer, a word that is no number, and the row made shorter.
    for changed in [
        "policy a = circuit_breaker + retry + timeout(1s) + circuit_breaker + own: hedge;",
        "policy a = circuit_breaker + retry(jitter = none) + circuit_breaker + own: hedge;",
        "policy a = circuit_breaker + retry + own: hedge;",
    ] {
        for fate in fates(row, changed) {
            let (path, fate) = fate.split_once(": ").unwrap();
            let wanted = match path {
                "a.circuit_breaker" => "Reset(Repeated)",
                "a.circuit_breaker.2" if changed.contains("breaker + retry + own") => "Gone",
                "a.circuit_breaker.2" => "Reset(Repeated)",
                _ => "Kept",
            };
            assert_eq!(fate, wanted, "{path} of {changed}");
        }
    }
}

#[test]
fn what_is_inside_a_repeated_group_is_repeated() {
    let old = "policy t() = retry; policy a = t() + t() + u: t();";
    let new = "policy t() = retry; policy a = t() + t() + pass + u: t();";
    insta::assert_snapshot!(fates(old, new).join("\n"), @"
    a.t.retry: Reset(Repeated)
    a.t.2.retry: Reset(Repeated)
    a.u.retry: Kept
    ");
}

/// Texts of one to three policies, of few names and labels, so that any two have much in common.
fn texts() -> impl Strategy<Value = String> {
    let layer = prop::sample::select(
        &[
            "timeout(1s)",
            "timeout(2s)",
            "retry",
            "retry(5)",
            "retry(2, budget = off)",
            "bulkhead(3)",
            "bulkhead(4)",
            "circuit_breaker",
            "circuit_breaker(window = 30s)",
            "hedge",
            "hedge(after = 50ms)",
            "pass",
        ][..],
    );
    let label = prop::sample::select(&["", "", "", "x: ", "y: "][..]);
    let end =
        prop::sample::select(&["", "", " + to(@a)", " + to(@b)", " + fallback", " + fail"][..]);
    let layer = (label.clone(), layer).prop_map(|(label, layer)| format!("{label}{layer}"));
    let chain = (prop::collection::vec(layer, 1..4), end)
        .prop_map(|(layers, end)| layers.join(" + ") + end);
    let operator = prop::sample::select(&[" | ", " & "][..]);
    let group = (label, prop::collection::vec(chain, 1..4), operator).prop_map(
        |(label, chains, operator)| {
            let arms: Vec<_> = chains.iter().map(|chain| format!("({chain})")).collect();
            format!("{label}({})", arms.join(operator))
        },
    );
    let policy = prop::collection::vec(group, 1..3).prop_map(|groups| groups.join(" | "));
    let refers = prop::sample::select(&["", "", " | a", " | b"][..]);
    (policy.clone(), policy.clone(), policy, refers, 1..4usize).prop_map(
        |(a, b, c, refers, count)| {
            let refers = if count < 3 && refers.ends_with('b') { "" } else { refers };
            let all = [
                format!("policy a = {a};"),
                format!("policy c = {c}{refers};"),
                format!("policy b = {b};"),
            ];
            all[..count].join("\n")
        },
    )
}

fn mirrored(fate: &Fate) -> Fate {
    match fate {
        Fate::New => Fate::Gone,
        Fate::Gone => Fate::New,
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_differs_from_itself_however_it_is_laid_out(text in texts()) {
        let laid_out = text.replace(" + ", "\n  /* around */ + // all\n ").replace('(', "( ");
        let diff = diff(&load(&text), &load(&laid_out));
        prop_assert!(diff.is_empty(), "{:#?}", diff);
        let states = state(&load(&text).plan, &load(&laid_out).plan);
        prop_assert!(states.iter().all(|state| state.fate == Fate::Kept), "{:#?}", states);
    }

    #[test]
    fn the_way_back_is_the_mirror(old in texts(), new in texts()) {
        let (old, new) = (load(&old), load(&new));
        let (there, back) = (diff(&old, &new), diff(&new, &old));
        let names = |policies: &[Whole]| {
            let mut names: Vec<_> =
                policies.iter().map(|it| (it.name.clone(), it.same_as.clone())).collect();
            names.sort();
            names
        };
        prop_assert_eq!(names(&there.added), names(&back.removed));
        prop_assert_eq!(names(&there.removed), names(&back.added));
        prop_assert_eq!(there.unchanged, back.unchanged);
        prop_assert_eq!(there.changed.len(), back.changed.len());
        for is in &there.changed {
            let was = back.changed.iter().find(|was| was.name == is.name).unwrap();
            prop_assert_eq!(&is.added, &was.removed);
            prop_assert_eq!(&is.removed, &was.added);
            prop_assert_eq!(is.structure.is_some(), was.structure.is_some());
            let paths = |diff: &PolicyDiff| -> BTreeMap<String, (String, String)> {
                let text = |it: &ParameterChange| (it.old.text.clone(), it.new.text.clone());
                diff.parameters.iter().map(|it| (it.path.clone(), text(it))).collect()
            };
            let turned = paths(was).into_iter().map(|(path, (old, new))| (path, (new, old)));
            prop_assert_eq!(paths(is), turned.collect());
            prop_assert_eq!(is.bounds.len(), was.bounds.len());
            for (is, was) in is.bounds.iter().zip(&was.bounds) {
                prop_assert_eq!(&is.bound, &was.bound);
                prop_assert_eq!(&is.old, &was.new);
                prop_assert_ne!(is.is_worse(), was.is_worse());
            }
        }
        let fates = |states: Vec<LayerState>| -> BTreeMap<String, Fate> {
            states.into_iter().map(|state| (state.path, state.fate)).collect()
        };
        let back = fates(state(&new.plan, &old.plan));
        for (path, fate) in fates(state(&old.plan, &new.plan)) {
            match (fate, &back[&path]) {
                (Fate::Reset(Reset::Kind { .. }), Fate::Reset(Reset::Kind { .. })) => {}
                (fate, back) => prop_assert_eq!(fate, mirrored(back), "{}", path),
            }
        }
    }

    #[test]
    fn no_layer_is_handed_the_state_of_another(old in texts(), new in texts()) {
        let (old, new) = (load(&old).plan, load(&new).plan);
        let kind = |plan: &Plan, path: &str| {
            let layers = plan.policies.iter().flat_map(Policy::layers);
            layers.filter(|layer| layer.path == path).map(|layer| layer.kind).next()
        };
        for LayerState { path, fate, .. } in state(&old, &new) {
            if matches!(fate, Fate::Kept | Fate::Resized { .. }) {
                prop_assert_eq!(kind(&old, &path), kind(&new, &path), "{}", path);
                let is_numbered = path.split('.').any(shape::is_ordinal);
                let policy = path.split('.').next().unwrap();
                let same = || shape::is_same_but_for_numbers(
                    (&old, old.policy(policy).unwrap()),
                    (&new, new.policy(policy).unwrap()),
                );
                prop_assert!(!is_numbered || same(), "{}", path);
            }
        }
    }
}
