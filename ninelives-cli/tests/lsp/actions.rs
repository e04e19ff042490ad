//! Code actions and formatting.

use crate::client::{Client, edited, finding};
use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::{Value, json};

fn actions(client: &mut Client, text: &str, only: &Value) -> Vec<Value> {
    client.open("a.nl", text);
    let lines = text.matches('\n').count();
    let all = json!({"start": {"line": 0, "character": 0}, "end": {"line": lines, "character": 0}});
    let params = json!({"textDocument": {"uri": client.uri("a.nl")}, "range": all,
        "context": {"diagnostics": [], "only": only}});
    let actions = client.ask("textDocument/codeAction", params).unwrap();
    actions.as_array().unwrap().clone()
}

const TEXT: &str = "policy a = pass || fail;\npolicy b = timeout(1s) + hedge & retry(2)\n";

#[test]
fn each_certain_fix_is_an_action_that_names_its_finding() {
    let mut client = Client::new("actions");
    let found = actions(&mut client, TEXT, &json!(["quickfix"]));
    let uri = client.uri("a.nl");
    let line = |action: &Value| {
        assert_eq!((&action["kind"], &action["isPreferred"]), (&json!("quickfix"), &json!(true)));
        let after = edited(TEXT, &action["edit"]["changes"][&uri]);
        let of = finding(&action["diagnostics"][0]);
        format!("{} | {of}\n{after}", action["title"].as_str().unwrap())
    };
    assert_snapshot!(found.iter().map(line).collect::<String>(), @"
    replace `||` with `|` | 0:16-0:18 error NL001 `||` is not an operator
    help: operators have one sign: `+`, `|`, `&`
    policy a = pass | fail;
    policy b = timeout(1s) + hedge & retry(2)
    insert `;` | 1:40-1:41 error NL001 expected `;` after `)`
    policy a = pass || fail;
    policy b = timeout(1s) + hedge & retry(2);
    ");
}

#[test]
fn what_was_probably_meant_is_an_action_that_is_not_preferred() {
    let folder = Sandbox::new("lsp_meant").with("nl.toml", "[host]\nhandlers = [\"cached\"]\n");
    let mut client = Client::within(folder);
    let uri = client.uri("a.nl");
    for (text, title, after) in [
        ("policy a = timuot(1s);", "timeout", "policy a = timeout(1s);"),
        ("policy a = timeout(5min);", "5m", "policy a = timeout(5m);"),
        (
            "policy a = timeout(9s) + retry(max_atempts = 3);",
            "max_attempts",
            "policy a = timeout(9s) + retry(max_attempts = 3);",
        ),
        (
            "policy a = timeout(9s) + retry(3, jitter = ful);",
            "full",
            "policy a = timeout(9s) + retry(3, jitter = full);",
        ),
        (
            "policy t(d: duratin) = timeout(d); policy a = t(1s);",
            "duration",
            "policy t(d: duration) = timeout(d); policy a = t(1s);",
        ),
        (
            "#[allow(no-jiter)] policy a = timeout(9s) + retry(3, jitter = none);",
            "no-jitter",
            "#[allow(no-jitter)] policy a = timeout(9s) + retry(3, jitter = none);",
        ),
        (
            "policy a = timeout(1s) | fallback(@cashed);",
            "@cached",
            "policy a = timeout(1s) | fallback(@cached);",
        ),
    ] {
        let (text, after) = (&format!("{text}\n"), &format!("{after}\n"));
        let found = actions(&mut client, text, &json!(["quickfix"]));
        let [action] = found.as_slice() else { panic!("{text} {found:?}") };
        assert_eq!(action["title"], format!("change to `{title}`"));
        assert_eq!(action.get("isPreferred"), None);
        assert_eq!(edited(text, &action["edit"]["changes"][&uri]), *after);
        assert!(actions(&mut client, text, &json!(["source"])).is_empty());
        client.change("a.nl", after);
        assert_eq!(client.findings("a.nl"), [""; 0], "{after}");
    }
    // None is near, it is reserved, and a fix is certain.
    for text in ["policy a = xyzzy;", "policy a = rate_limt;", "polcy a = timeout(1s);"] {
        let found = actions(&mut client, &format!("{text}\n"), &json!(["quickfix"]));
        let guessed = |it: &&Value| it["title"].as_str().unwrap().starts_with("change");
        assert_eq!(found.iter().find(guessed), None, "{text}");
    }
}

#[test]
fn everything_certain_is_one_action() {
    let mut client = Client::new("fix_all");
    let uri = client.uri("a.nl");
    for only in [json!(["source.fixAll"]), json!(["source"]), json!(["source.fixAll.nl"])] {
        let [all] = actions(&mut client, TEXT, &only).try_into().unwrap();
        let after = edited(TEXT, &all["edit"]["changes"][&uri]);
        assert_eq!(all["kind"], "source.fixAll.nl");
        assert_eq!(after, "policy a = pass | fail;\npolicy b = timeout(1s) + hedge & retry(2);\n");
    }
    assert!(actions(&mut client, TEXT, &json!(["refactor"])).is_empty());
    assert!(actions(&mut client, "policy a = timeout(1s);", &Value::Null).is_empty());
}

#[test]
fn action_is_offered_where_its_finding_is() {
    let mut client = Client::new("action_place");
    client.open("a.nl", TEXT);
    let mut at = |line: u32, character: u32| {
        let place = json!({"line": line, "character": character});
        let params = json!({"textDocument": {"uri": client.uri("a.nl")},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": [], "only": ["quickfix"]}});
        client.ask("textDocument/codeAction", params).unwrap().as_array().unwrap().len()
    };
    assert_eq!([at(0, 15), at(0, 16), at(0, 18), at(0, 19)], [0, 1, 1, 0]);
}

fn formatted(client: &mut Client, text: &str) -> Value {
    client.open("a.nl", text);
    let params = json!({"textDocument": {"uri": client.uri("a.nl")},
        "options": {"tabSize": 2, "insertSpaces": false}});
    client.ask("textDocument/formatting", params).unwrap()
}

#[test]
fn document_is_laid_out_as_fmt_does_in_edits_of_what_changes() {
    let mut client = Client::new("format");
    let text = "policy a=timeout( 1s );\n\n// stays\npolicy b = a;\npolicy  c = b;";
    let edits = formatted(&mut client, text);
    assert_eq!(edits.as_array().unwrap().len(), 2);
    let after = edited(text, &edits);
    assert_eq!(after, "policy a = timeout(1s);\n\n// stays\npolicy b = a;\npolicy c = b;\n");
    assert_eq!(formatted(&mut client, &after), json!([]));
}

#[test]
fn text_with_syntax_errors_is_not_laid_out() {
    let mut client = Client::new("format_broken");
    assert_eq!(formatted(&mut client, "policy  a = (;"), Value::Null);
    assert_eq!(formatted(&mut client, "\u{0}"), Value::Null);
    // Other errors are no reason not to.
    assert_eq!(formatted(&mut client, "policy  a = b;\n").as_array().unwrap().len(), 1);
}
