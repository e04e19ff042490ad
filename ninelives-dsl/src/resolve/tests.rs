//! What the corpus cannot show: [limits], the macro's front, and rules that need many texts.

mod limits;

use crate::catalogue::{Default, Kind, POLICIES};
use crate::codes;
use crate::load::{Front, Load, load_bytes, load_expression};
use crate::plan::{Host, Layer, Node, NodeKind, Value};

fn load(text: &str, front: Front) -> Load {
    load_bytes("a.nl", text.as_bytes(), None, front)
}

/// The findings as `CODE \`text\` message`.
fn found(load: &Load) -> Vec<String> {
    load.diagnostics
        .iter()
        .map(|finding| {
            let text = load.files[finding.span.file.index()].slice(finding.span);
            format!("{} `{text}` {}", finding.code, finding.message)
        })
        .collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(found(&load(text, Front::Text)), expected, "{text}");
}

fn check_macro(text: &str, expected: &[&str]) {
    assert_eq!(found(&load(text, Front::Macro)), expected, "{text}");
}

fn layers<'a>(node: &'a Node, all: &mut Vec<&'a Layer>) {
    match &node.kind {
        NodeKind::Layer(layer) => all.push(layer),
        NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
            parts.iter().for_each(|part| layers(part, all));
        }
        _ => {}
    }
}

fn paths(load: &Load, policy: &str) -> Vec<String> {
    let mut all = Vec::new();
    layers(&load.plan.policy(policy).unwrap().body, &mut all);
    all.iter().map(|layer| layer.path.clone()).collect()
}

#[test]
fn every_default_of_the_catalogue_passes_its_own_check() {
    for parameter in POLICIES.iter().flat_map(|entry| entry.parameters) {
        let Default::Is(value) = &parameter.default else {
            continue;
        };
        assert_eq!(parameter.check(value), Ok(()), "{}", parameter.name);
        assert_eq!(parameter.unset.is_empty(), *value != Value::Unset, "{}", parameter.name);
    }
}

#[test]
fn the_flagship_binds_tightest_at_the_ampersand() {
    let load = load_expression("a", "timeout(1s) + retry(3) | fallback & hedge", Front::Text);
    assert!(load.diagnostics.is_empty());
    let NodeKind::Fallback(arms) = &load.plan.policies[0].body.kind else {
        panic!("{:?}", load.plan);
    };
    assert!(matches!(&arms[0].kind, NodeKind::Sequence(parts) if parts.len() == 2));
    assert!(matches!(&arms[1].kind, NodeKind::ForkJoin(parts) if parts.len() == 2));
    assert!(load.plan.policies[0].entry);
    assert_eq!(paths(&load, "a"), ["a.timeout", "a.retry", "a.fallback", "a.hedge"]);
}

#[test]
fn chains_are_flat_through_groups_templates_and_arguments() {
    let load = load(
        "policy t(p: policy) = retry(2) + p; policy a = (timeout(1s) + t(pass + pass)) + hedge;",
        Front::Text,
    );
    let body = &load.plan.policy("a").unwrap().body;
    assert!(matches!(&body.kind, NodeKind::Sequence(parts) if parts.len() == 5));
}

#[test]
fn paths_follow_labels_templates_and_repetition() {
    let load = load(
        "policy standard(limit: duration) = timeout(limit) + retry(3);
         policy api = standard(2s) + attempt: timeout(500ms) + standard(1s);
         policy b = timeout(2s) + timeout(1s) + x: (timeout(3s) + y: retry(2)) + api;",
        Front::Text,
    );
    assert_eq!(
        paths(&load, "api"),
        [
            "api.standard.timeout",
            "api.standard.retry",
            "api.attempt",
            "api.standard.2.timeout",
            "api.standard.2.retry"
        ]
    );
    assert_eq!(paths(&load, "b"), ["b.timeout", "b.timeout.2", "b.x.timeout", "b.x.y"]);
}

#[test]
fn references_point_down_whatever_the_order_of_declaration() {
    let load = load("policy a = b + c; policy b = c; policy c = pass;", Front::Text);
    assert!(load.diagnostics.is_empty());
    for (index, policy) in load.plan.policies.iter().enumerate() {
        let NodeKind::Sequence(parts) = &policy.body.kind else {
            continue;
        };
        for part in parts {
            assert!(matches!(part.kind, NodeKind::Reference { policy } if policy < index));
        }
    }
    let written: Vec<_> = load.plan.as_written().iter().map(|it| it.name.as_str()).collect();
    assert_eq!(written, ["a", "b", "c"]);
}

#[test]
fn entries_are_what_is_public_or_else_all() {
    let entries = |text: &str| -> Vec<String> {
        let load = load(text, Front::Text);
        let entries = load.plan.as_written().into_iter().filter(|it| it.entry);
        entries.map(|it| it.name.clone()).collect()
    };
    assert_eq!(entries("policy a = pass; policy b = pass;"), ["a", "b"]);
    assert_eq!(entries("policy a = pass; pub policy b = pass;"), ["b"]);
}

#[test]
fn a_short_budget_takes_the_rest_from_its_parameter() {
    let load =
        load("let b = budget(5%); policy a = retry(budget = b) + hedge(budget = 5%);", Front::Text);
    let mut all = Vec::new();
    layers(&load.plan.policies[0].body, &mut all);
    let min = |layer: &Layer| match layer.value("budget") {
        Value::Budget(budget) => budget.min.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!((min(all[0]), min(all[1])), ("10/s".into(), "1/s".into()));
}

#[test]
fn the_floor_of_a_budget_is_a_rate_between_one_an_hour_and_one_a_nanosecond() {
    for floor in ["1/h", "24/d", "1/3600s", "1000000000/s", "1/ns"] {
        check(&format!("policy a = retry(budget = budget(20%, min = {floor}));"), &[]);
    }
    for floor in ["10/400d", "1/2h", "23/d"] {
        let said = format!(
            "NL004 `budget(20%, min = {floor})` `min = {floor}` must be between 1/h and 1000000000/s"
        );
        check(&format!("policy a = retry(budget = budget(20%, min = {floor}));"), &[&said]);
    }
}

#[test]
fn help_names_what_was_probably_meant() {
    let help = |text: &str| {
        let load = load(text, Front::Text);
        assert_eq!(load.diagnostics.len(), 1, "{:?}", load.diagnostics);
        load.diagnostics[0].help.clone().unwrap()
    };
    for (text, expected) in [
        ("policy a = timeuot(1s);", "did you mean `timeout`?"),
        (
            "policy a = rate_limt(100/s);",
            "did you mean `rate_limit`? it is reserved and cannot be run yet",
        ),
        ("policy rate_limits = pass; policy a = rate_limts;", "did you mean `rate_limits`?"),
        ("policy a = timeout(5);", "`5s` or `5ms`?"),
        ("policy a = timeout(0);", "a duration always has a unit: `0s`"),
        ("policy a = timeout(1.5);", "`1.5s` or `1.5ms`?"),
        ("policy a = circuit_breaker(0.2);", "`20%`?"),
        ("policy a = circuit_breaker(20);", "`20%`?"),
        ("policy a = retry(budget = 0.2);", "`20%`?"),
        ("policy a = fallback(\"cached\");", "`@cached`?"),
        (
            "policy a = fallback(cached);",
            "a thing of the host program is written with an `@`: `@cached`",
        ),
        (
            "policy a = retry(on = timeout, transient);",
            "classes are joined with `|`: `timeout | transient`",
        ),
        ("policy a = retry(jitter = ful);", "did you mean `full`?"),
        ("policy a = retry(on = tiemout);", "did you mean `timeout`?"),
        ("policy serch = pass; policy a = search;", "did you mean `serch`?"),
        ("let x = timeout(1s);", "write `policy x = …`"),
    ] {
        assert_eq!(help(text), expected, "{text}");
    }
}

#[test]
fn the_name_being_declared_is_never_suggested() {
    let load = load("policy searching = serching;", Front::Text);
    assert_eq!(load.diagnostics[0].help, None);
}

#[test]
fn one_mistake_gives_one_message() {
    check(
        "policy a = timeuot(1s) + bulkhead(1, queue = 2); policy b = a + retry(3); policy c = b;",
        &["NL002 `timeuot` unknown policy `timeuot`"],
    );
    check("policy a = bulkhead(max = 3);", &["NL002 `max` `bulkhead` has no parameter `max`"]);
    check(
        "let x = exponential(1); policy a = retry(backoff = x) + retry(backoff = x);",
        &["NL003 `1` expected a duration, found a count"],
    );
    check(
        "let x = 0; policy a = retry(x) & retry(x);",
        &["NL004 `0` `0` must be between 1 and 100"],
    );
    check(
        "policy t(n: count) = retry(n) + timeuot(1s); policy a = t(0); policy b = t(1);",
        &["NL002 `timeuot` unknown policy `timeuot`"],
    );
    check(
        "let x = 0; policy t(n: count) = retry(n); policy a = t(x);",
        &["NL004 `0` `0` must be between 1 and 100"],
    );
    check(
        "policy t(n: cuont) = retry(n); policy a = t(1s);",
        &["NL002 `cuont` unknown type `cuont`"],
    );
    check(
        "policy a = + ; policy b = a; policy c = b + retry(3);",
        &["NL001 `+` expected a policy, found `+`"],
    );
    check("policy a = retry(3,,);", &["NL001 `,` expected an argument, found `,`"]);
    check("policy a = retry(, 3);", &["NL001 `,` expected a count, found `,`"]);
    check(
        "policy a(;) = pass; policy b = retry(0) + c;",
        &["NL001 `(` `(` is never closed", "NL004 `0` `0` must be between 1 and 100"],
    );
    check(
        "policy guard = bulkhead(1, queue = 2); policy a = timeout(1s) + guard(;",
        &["NL001 `(` `(` is never closed"],
    );
    check(
        "use \"x.nl\"; policy a = from_x + retry(whatever);",
        &["NL014 `\"x.nl\"` `x.nl` cannot be used: this text has no directory"],
    );
}

#[test]
fn bad_input_is_one_error_at_the_right_place() {
    let deep = format!("policy a = {};", "(".repeat(100_000));
    let line = format!("policy a = timeout(1s){};", " + timeot(1s)".repeat(5_000));
    for (text, code, place) in [
        (deep.as_str(), "NL010", "("),
        (line.as_str(), "NL002", "timeot"),
        ("policy a = \0;", "NL012", "\0"),
        ("policy t() = t(); policy a = t();", "NL007", "t"),
        ("policy a = retry(0);", "NL004", "0"),
        ("policy a = retry(99999999999999999999);", "NL004", "99999999999999999999"),
        ("policy a = timeout(0s);", "NL004", "0s"),
        ("policy a = timeout(-1s);", "NL001", "-1s"),
        ("policy a = circuit_breaker(failure_rate = 50%%);", "NL001", "50%%"),
        ("policy a = circuit_breaker(failure_rate = 150%);", "NL004", "150%"),
        ("policy a = bulkhead;", "NL006", "bulkhead"),
    ] {
        for front in [Front::Text, Front::Macro] {
            let load = load(text, front);
            let first = &load.diagnostics[0];
            let shown = load.files[0].slice(first.span);
            assert_eq!((first.code.code(), shown), (code, place), "{}", first.message);
            let many = text == line;
            assert!(load.diagnostics.len() == 1 || many, "{:?}", found(&load));
        }
    }
}

#[test]
fn all_that_would_have_fitted_is_named() {
    check("policy a = hedge(5);", &["NL003 `5` expected a duration or a quantile, found a count"]);
    check(
        "policy a = circuit_breaker(window = 50%);",
        &["NL003 `50%` expected a count or a duration, found a ratio"],
    );
    check(
        "policy a = retry(budget = 1s);",
        &["NL003 `1s` expected a budget or `off`, found a duration"],
    );
    check("policy a = timeout(());", &["NL001 `)` expected a duration, found `)`"]);
    check("policy a = hedge(initial = (1s) + ());", &["NL001 `)` expected a duration, found `)`"]);
    check(
        "policy a = retry(backoff = fixed(+ 1s));",
        &["NL001 `+` expected a duration, found `+`"],
    );
}

#[test]
fn attributes_name_findings() {
    for code in codes::all() {
        check(&format!("#[allow({0})] policy a = #[deny({0})] pass;", code.name()), &[]);
    }
    let text = "#![deny(x)] policy t(p: policy = f(#[allow(NL999)] a)) =
                #[allow(nl104)] b: ((#[deny(unusd)] pass) | pass); use \"x.nl\";";
    let expected = [
        "NL002 `x` unknown finding `x`",
        "NL002 `NL999` unknown finding `NL999`",
        "NL002 `nl104` `nl104` is a code, and attributes hold names",
        "NL002 `unusd` unknown finding `unusd`",
    ];
    for front in [Front::Text, Front::Macro] {
        let load = load(text, front);
        let said: Vec<_> = found(&load).into_iter().filter(|it| it.contains("NL002")).collect();
        assert_eq!(said, expected);
        let help: Vec<_> = load.diagnostics.iter().filter_map(|it| it.help.as_deref()).collect();
        assert!(help.contains(&"write its name: `no-jitter`"), "{help:?}");
        assert!(help.contains(&"did you mean `unused`?"), "{help:?}");
    }
    let load = load_expression("a", "#![allow(y)] #[deny(z)] pass", Front::Macro);
    assert_eq!(found(&load), ["NL002 `y` unknown finding `y`", "NL002 `z` unknown finding `z`"]);
}

#[test]
fn independent_mistakes_are_all_reported() {
    check(
        "policy a = timeuot(1s) + retry(0); policy b = bulkhead(1, queue = 2); policy c = d;",
        &[
            "NL002 `timeuot` unknown policy `timeuot`",
            "NL004 `0` `0` must be between 1 and 100",
            "NL006 `bulkhead(1, queue = 2)` `wait` must be written: no deadline ends the wait in this queue",
            "NL002 `d` unknown policy `d`",
        ],
    );
}

#[test]
fn one_error_for_each_cycle() {
    check(
        "policy x = b; policy a = b + a; policy b = a;",
        &["NL007 `a` `a` refers to itself", "NL007 `a` `a` refers to itself through `b`"],
    );
}

#[test]
fn a_queue_needs_a_wait_or_a_deadline_around_it() {
    let error = "NL006 `bulkhead(1, queue = 2)` `wait` must be written: no deadline ends the wait in this queue";
    for (text, sound) in [
        ("policy a = bulkhead(1, queue = 2);", false),
        ("policy a = bulkhead(1, queue = 2) + timeout(1s);", false),
        ("policy a = timeout(1s) + (retry(3) | bulkhead(1, queue = 2));", true),
        ("policy a = (timeout(1s) & timeout(2s)) + bulkhead(1, queue = 2);", true),
        ("policy a = (timeout(1s) & pass) + bulkhead(1, queue = 2);", false),
        ("policy a = (timeout(1s) | fallback) + bulkhead(1, queue = 2);", true),
        ("policy b = bulkhead(1, queue = 2); policy a = timeout(1s) + b;", true),
        ("pub policy b = bulkhead(1, queue = 2); pub policy a = timeout(1s) + b;", false),
        ("policy b = bulkhead(1, queue = 2); policy a = retry(3) + b;", false),
        ("policy d = timeout(1s); policy a = d + bulkhead(1, queue = 2);", true),
        ("policy t(p: policy) = timeout(1s) + p; policy a = t(bulkhead(1, queue = 2));", true),
        ("policy t(p: policy) = p; policy a = t(bulkhead(1, queue = 2));", false),
    ] {
        check(text, if sound { &[] } else { std::slice::from_ref(&error) });
    }
}

#[test]
fn what_is_right_of_a_terminal_is_unreachable() {
    let message = "nothing can run to the right of a terminal";
    for terminal in ["fail", "fallback", "to(@a)", "(fail & to(@a))", "(pass + fail)", "t"] {
        let text = format!("policy t = to(@b); policy a = retry(2) + {terminal} + hedge;");
        check(&text, &[&format!("NL008 `hedge` {message}")]);
    }
    let twice = "policy a = fail + fallback + hedge + fail + pass;";
    check(twice, &[&format!("NL008 `fallback` {message}")]);
    for open in ["(fail & pass)", "(retry(2) | fallback)", "pass"] {
        check(&format!("policy a = {open} + hedge;"), &[]);
    }
}

#[test]
fn rust_expressions_are_whole_arguments_of_a_policy_in_the_macro() {
    let text = "policy a = timeout({ limit }) + retry({ n }, on = any) + { layer };";
    let load = load(text, Front::Macro);
    assert_eq!(found(&load), [""; 0]);
    let mut all = Vec::new();
    layers(&load.plan.policies[0].body, &mut all);
    let Value::Host(Host::Expression(span)) = all[0].value("duration") else {
        panic!("{:?}", all[0]);
    };
    assert_eq!(load.files[0].slice(*span), "{ limit }");

    let misplaced = "a Rust expression stands only as the whole argument of a policy";
    for text in [
        "policy a = retry(backoff = fixed({ d }));",
        "let x = { d };",
        "policy t(n: count) = retry(n); policy a = t({ d });",
        "policy t(n: policy) = retry(2) + n; policy a = t({ d });",
    ] {
        check_macro(text, &[&format!("NL009 `{{ d }}` {misplaced}")]);
    }
    check(
        "policy a = pass + { layer };",
        &["NL009 `{ layer }` a Rust expression is possible in `policy!` only"],
    );
}

#[test]
fn what_could_not_be_read_silences_unknown_names_but_not_slips() {
    check(
        "use b; policy a = from_b; policy c = timeuot(1s);",
        &[
            "NL001 `b` expected a file name in quotes, found `b`",
            "NL002 `timeuot` unknown policy `timeuot`",
        ],
    );
}

#[test]
fn an_argument_that_no_one_expands_is_looked_at_all_the_same() {
    check(
        "policy t(p: policy) = pass; policy a = t(timeuot(1s));",
        &["NL002 `timeuot` unknown policy `timeuot`"],
    );
}

#[test]
fn every_type_of_template_parameter_accepts_its_example() {
    for (word, kind) in Kind::TEMPLATE {
        let example = super::kind::example(kind);
        check(&format!("policy t(x: {word} = {example}) = pass; policy a = t({example});"), &[]);
    }
}

/// The text after the certain fixes of its findings, or nothing where there is none.
fn mended(text: &str) -> Option<String> {
    let load = load(text, Front::Text);
    let edits = load.diagnostics.iter().filter_map(|finding| finding.fix.as_ref());
    let mut edits: Vec<_> = edits.flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span);
    let mut mended = text.to_owned();
    for edit in edits.iter().rev() {
        let range = edit.span.start as usize..edit.span.end as usize;
        mended.replace_range(range, &edit.replacement);
    }
    (!edits.is_empty()).then_some(mended)
}

#[test]
fn argument_by_position_is_named_where_one_parameter_takes_it() {
    let mended = |text: &str| mended(&format!("policy a = {text};"));
    let is = |text: &str| Some(format!("policy a = {text};"));
    assert_eq!(mended("bulkhead(10, 5, 1s)"), is("bulkhead(10, queue = 5, wait = 1s)"));
    assert_eq!(mended("bulkhead(10, 5, queue = 5)"), None);
    assert_eq!(mended("retry(3, fixed(50ms))"), is("retry(3, backoff = fixed(50ms))"));
    // It would fit `retry_after`, and was meant as a backoff.
    assert_eq!(mended("retry(3, 100ms)"), None);
    assert_eq!(mended("circuit_breaker(50%, 10)"), None);
}

#[test]
fn name_of_a_finding_is_mended_where_its_letters_are_right() {
    let mended = |name: &str| mended(&format!("#[allow({name})] policy a = pass;"));
    let is = |name: &str| Some(format!("#[allow({name})] policy a = pass;"));
    assert_eq!(mended("no_jitter"), is("no-jitter"));
    assert_eq!(mended("nl104"), is("no-jitter"));
    assert_eq!(mended("no-jiter"), None);
}
