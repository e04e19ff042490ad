//! Completion: what the language says fits is the language's own test; here is what the client gets.

use crate::client::{Client, edited, mark};
use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::{Value, json};

/// What is offered at the mark.
fn offered(client: &mut Client, marked: &str) -> Vec<Value> {
    let found = client.at("textDocument/completion", "a.nl", marked, json!({})).unwrap();
    let items = if found.is_array() { &found } else { &found["items"] };
    items.as_array().unwrap().clone()
}

/// The items at the mark: label, kind, detail.
fn items(client: &mut Client, marked: &str) -> String {
    let line = |item: &Value| {
        let (label, detail) = (item["label"].as_str().unwrap(), item["detail"].as_str());
        format!("{label} ({}) {}", item["kind"], detail.unwrap_or_default()).trim_end().to_owned()
    };
    offered(client, marked).iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The text after the item of that label was accepted.
fn accepted(client: &mut Client, marked: &str, label: &str) -> String {
    let items = offered(client, marked);
    let item = items.iter().find(|item| item["label"] == label).expect(label);
    edited(&mark(marked).0, &json!([item["textEdit"]]))
}

#[test]
fn items_come_with_kind_and_detail_in_the_order_of_nearness() {
    let mut client = Client::new("complete");
    let text =
        "/// Ours.\npolicy b = timeout(1s);\npolicy t(d: duration) = timeout(d);\npolicy a = ‸";
    assert_snapshot!(items(&mut client, text), @"
    b (7) policy
    t (2) template(d)
    timeout (3) a deadline for everything inside; what is still running then is dropped
    retry (3) tries again after a failure, with backoff, jitter and a shared budget
    circuit_breaker (3) refuses calls while the service fails, and probes for its recovery
    bulkhead (3) bounds the calls in flight; refuses or queues what is above
    hedge (3) starts a second attempt when the first is slow; the first success wins
    fallback (3) answers with a degraded response and calls nothing; cannot fail
    to (3) calls another service of the host program instead of the wrapped one
    pass (14) calls the service as it is
    fail (14) fails at once
    ");
    assert_snapshot!(items(&mut client, "policy a = retry(2, jitter = ‸);"), @"
    full (12) the default
    none (12) the wait as it is
    equal (12) half the wait, and uniform up to the whole
    decorrelated (12) uniform between the base and three times the wait before
    ");
    assert_snapshot!(items(&mut client, "policy a = bulkhead(2, ‸"), @"
    queue (10) a count
    wait (10) a duration
    ");
    let items = offered(&mut client, "policy a = ‸");
    let keys: Vec<_> = items.iter().map(|it| it["sortText"].to_string()).collect();
    assert!(keys.is_sorted());
}

#[test]
fn accepted_item_replaces_what_was_typed_of_it() {
    let mut client = Client::new("accept");
    assert_eq!(accepted(&mut client, "policy a = tim‸", "timeout"), "policy a = timeout");
    let text = "policy a = retry(3, ba‸) | fallback;";
    assert_eq!(
        accepted(&mut client, text, "backoff"),
        "policy a = retry(3, backoff = ) | fallback;"
    );
    let text = "policy a = retry(3, ‸ = full)";
    assert_eq!(accepted(&mut client, text, "jitter"), "policy a = retry(3, jitter = full)");
    let text = "#[allow(no-‸)] policy a = pass;";
    assert_eq!(accepted(&mut client, text, "no-jitter"), "#[allow(no-jitter)] policy a = pass;");
}

#[test]
fn accepted_item_replaces_all_of_the_word_that_the_cursor_is_in() {
    let mut client = Client::new("accept_within");
    for (text, label, after) in [
        ("policy a = ret‸ry(3);", "retry", "policy a = retry(3);"),
        ("policy a = ‸retry(3);", "timeout", "policy a = timeout(3);"),
        ("policy a = timeout(1s) + re‸t", "retry", "policy a = timeout(1s) + retry"),
        ("policy a = retry(max_at‸xx = 3);", "max_attempts", "policy a = retry(max_attempts = 3);"),
        ("policy a = retry(3, jitter = fu‸zz);", "full", "policy a = retry(3, jitter = full);"),
        ("policy a = hedge(p9‸9.9);", "p95", "policy a = hedge(p95);"),
        ("policy a = fallback(@ca‸ched);", "cached", "policy a = fallback(@cached);"),
        (
            "#[allow(no-ji‸tt-er)] policy a = pass;",
            "no-jitter",
            "#[allow(no-jitter)] policy a = pass;",
        ),
    ] {
        assert_eq!(accepted(&mut client, text, label), after, "{text}");
    }
    // A call with its arguments would stand before the arguments of the word.
    let labels = items(&mut client, "policy a = retry(3, backoff = exp‸onential(50ms));");
    assert!(labels.starts_with("fixed (3)"), "{labels}");
}

#[test]
fn snippets_put_the_cursor_between_parentheses() {
    let mut client = Client::silent(Sandbox::new("lsp_snippets"), &[]);
    let item = json!({"snippetSupport": true});
    client.hello(&json!({"textDocument": {"completion": {"completionItem": item}},
        "general": {"positionEncodings": ["utf-8"]}}));
    assert_eq!(accepted(&mut client, "policy a = ‸", "timeout"), "policy a = timeout($0)");
    assert_eq!(accepted(&mut client, "policy a = ti‸(1s)", "timeout"), "policy a = timeout(1s)");
    let text = "policy a = timeout(1s) + re‸t";
    assert_eq!(accepted(&mut client, text, "retry"), "policy a = timeout(1s) + retry($0)");
    assert_eq!(accepted(&mut client, "policy a = ‸", "pass"), "policy a = pass");
}

#[test]
fn host_names_are_those_of_nl_toml_and_of_the_text() {
    let folder = Sandbox::new("lsp_hosts").with(
        "nl.toml",
        "[host]\nhandlers = [\"cached\"]\nservices = [\"eu\"]\nlayers = [\"traced\"]\n",
    );
    let mut client = Client::within(folder);
    let used = "policy b = to(@us);\n";
    assert_snapshot!(items(&mut client, &format!("{used}policy a = fallback(@‸)")), @"cached (18) handler");
    assert_snapshot!(items(&mut client, &format!("{used}policy a = to(@‸)")), @"
    eu (18) service
    us (18) service
    ");
    assert_snapshot!(items(&mut client, &format!("{used}policy a = pass + @‸")), @"traced (18) layer");
}

#[test]
fn paths_are_those_that_a_file_may_use() {
    let folder = Sandbox::new("lsp_paths")
        .with("a.nl", "")
        .with("b.nl", "")
        .with("notes.txt", "")
        .with(".hidden.nl", "")
        .with("shared/c.nl", "");
    let mut client = Client::within(folder);
    assert_snapshot!(items(&mut client, "use \"‸"), @"
    b.nl (17)
    shared/ (19)
    ");
    assert_snapshot!(items(&mut client, "use \"shared/‸\";\npolicy a = pass;"), @"c.nl (17)");
    assert_eq!(items(&mut client, "use \"../‸"), "");
    assert_eq!(items(&mut client, "use \"/‸"), "");
    assert_eq!(accepted(&mut client, "use \"shared/c‸\";", "c.nl"), "use \"shared/c.nl\";");
    assert_eq!(accepted(&mut client, "use ‸", "b.nl"), "use \"b.nl\"");
}

#[test]
fn nothing_is_offered_where_nothing_fits() {
    let mut client = Client::new("complete_nothing");
    for text in ["policy ‸", "// ‸", "policy a = timeout(1s) ‸", "policy a = \"‸\";"] {
        assert_eq!(items(&mut client, text), "", "{text}");
    }
}

#[test]
fn of_very_many_those_are_offered_that_begin_as_what_was_typed() {
    let mut client = Client::new("complete_many");
    let many: String = (0..2_000).map(|at| format!("policy q{at} = timeout(1s);\n")).collect();
    assert_eq!(offered(&mut client, &format!("{many}policy a = ‸")).len(), 1_000);
    let items = offered(&mut client, &format!("{many}policy a = q199‸"));
    assert_eq!(items.len(), 11);
}
