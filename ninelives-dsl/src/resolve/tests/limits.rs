//! What is refused for its size.

use super::{check, check_macro, found, load};
use crate::codes;
use crate::load::Front;

#[test]
fn the_macro_refuses_more_than_64_paths_through_one_policy() {
    let arms = "(retry(2) | hedge) + ".repeat(6);
    check_macro(&format!("policy a = {arms} timeout(1s);"), &[]);
    check_macro(
        &format!("policy a = {arms} (pass & pass); policy b = a;"),
        &["NL015 `a` 128 paths lead through `a`; `policy!` allows 64"],
    );
    check(&format!("policy a = {arms} (pass & pass);"), &[]);
}

#[test]
fn a_policy_has_at_most_128_parts_inside_one_another() {
    let parts = |count: usize, operator: &str| vec!["timeout(1s)"; count].join(operator);
    let too_deep = |name: &str, depth: usize| {
        format!(
            "NL010 `{name}` `{name}` has {depth} parts inside one another; a policy has at most 128"
        )
    };
    check(&format!("policy a = {};", parts(128, " + ")), &[]);
    check(&format!("policy a = {};", parts(129, " + ")), &[&too_deep("a", 129)]);
    let passes = vec!["pass"; 2_000].join(" + ");
    check(&format!("policy a = {passes};"), &[&too_deep("a", 2_000)]);
    check(&format!("policy a = {};", parts(127, " | ")), &[]);
    check(&format!("policy a = {};", parts(128, " | ")), &[&too_deep("a", 129)]);
    check(&format!("policy a = {};", parts(1_000, " & ")), &[]);
    check(
        &format!("policy a = {}; policy b = a + a; policy c = b;", parts(70, " + ")),
        &[&too_deep("b", 140)],
    );
}

#[test]
fn a_policy_calls_at_most_64_services() {
    let calls = |from: usize, to: usize| {
        Vec::from_iter((from..to).map(|n| format!("to(@s{n})"))).join(" & ")
    };
    let again = calls(0, 64);
    check(&format!("policy a = {} & {again};", calls(0, 64)), &[]);
    check(
        &format!("policy a = {}; policy b = {} & a;", calls(0, 40), calls(40, 65)),
        &["NL010 `b` `b` calls more than 64 different services"],
    );
}

#[test]
fn growth_by_templates_and_references_is_bounded() {
    let chain = |declare: &dyn Fn(usize) -> String, count: usize| -> String {
        (1..=count).map(declare).collect()
    };
    let first = vec!["pass"; 63].join(" & ");
    let doubling = chain(&|n| format!("policy t{n}() = t{}() & t{}();", n - 1, n - 1), 40);
    check(
        &format!("policy t0() = {first}; {doubling} policy a = t40();"),
        &["NL010 `t6` `t6` has more than 4096 nodes once templates and references are expanded"],
    );
    let doubling = chain(&|n| format!("policy q{n} = q{} & q{};", n - 1, n - 1), 40);
    check(
        &format!("policy q0 = {first}; {doubling}"),
        &["NL010 `q6` `q6` has more than 4096 nodes once templates and references are expanded"],
    );
    let deep = chain(&|n| format!("policy t{n}() = t{}();", n - 1), 1_000);
    check(
        &format!("policy t0() = pass; {deep}"),
        &[
            "NL010 `t65` `t65` is more than 64 levels deep once templates and references are expanded",
        ],
    );
    let deep = chain(&|n| format!("policy q{n} = q{};", n - 1), 5_000);
    let load = load(&format!("policy q0 = pass; {deep}"), Front::Text);
    assert_eq!(load.diagnostics.len(), 1);
    assert_eq!(load.diagnostics[0].code, codes::LIMIT);
}

#[test]
fn what_a_load_expands_to_is_in_proportion_to_its_text() {
    // 2,001 nodes by itself, and at each call.
    let template = format!("policy t() = {};", vec!["retry"; 2_000].join(" & "));
    let calls =
        |count: usize| -> String { (0..count).map(|n| format!("policy a{n} = t();")).collect() };
    check(&format!("{template}{}", calls(4)), &[]);
    let finding = |name: &str| {
        format!(
            "NL010 `{name}` the load has more than 11000 nodes per 64 KiB of text once `{name}` is expanded"
        )
    };
    check(&format!("{template}{}", calls(9)), &[&finding("a4")]);
    let filler = format!("// {}\n", "-".repeat(64 * 1024));
    check(&format!("{filler}{template}{}", calls(9)), &[]);
}

#[test]
fn a_template_has_at_most_64_parameters() {
    let template = |count: usize| -> String {
        let list: Vec<_> = (0..count).map(|n| format!("x{n}: count = 1")).collect();
        format!("policy t({}) = retry(x{}); policy a = t();", list.join(", "), count - 1)
    };
    check(&template(64), &[]);
    check(&template(65), &["NL010 `x64` a template has at most 64 parameters"]);
}

#[test]
fn a_load_of_many_large_expansions_is_bounded() {
    let mut text = "policy t() = pass".to_owned();
    text.push_str(&" & pass".repeat(4_000));
    text.push(';');
    for n in 0..100 {
        text.push_str(&format!("policy q{n} = t();"));
    }
    let load = load(&text, Front::Text);
    assert_eq!(load.diagnostics.len(), 1, "{:?}", found(&load));
    assert_eq!(load.diagnostics[0].code, codes::LIMIT);
}

#[test]
fn more_errors_than_anyone_reads_are_cut_off() {
    let load = load(&"policy a = retry(0);".repeat(1_000), Front::Text);
    assert_eq!(load.diagnostics.len(), 101);
}

#[test]
fn the_deepest_text_fits_a_small_stack() {
    let mut text = "policy q(p: policy) = pass + (pass | p); policy a = ".to_owned();
    text.push_str(&"x: (pass | pass + y: (hedge & ".repeat(31));
    text.push_str("retry(3)");
    text.push_str(&"))".repeat(31));
    text.push_str("; policy b = ");
    text.push_str(&"q(".repeat(20));
    text.push_str("pass");
    text.push_str(&")".repeat(20));
    text.push(';');
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let lines = small.spawn(move || {
        let load = load(&text, Front::Macro);
        let policies = load.plan.policies.iter();
        let lines = policies.map(|policy| crate::explain::explain(&load, policy).lines().count());
        (found(&load), lines.sum::<usize>())
    });
    let (found, lines) = lines.unwrap().join().unwrap();
    assert_eq!(found, [""; 0]);
    assert!(lines > 100);
}
