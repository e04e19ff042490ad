//! From the first message to the last.

use crate::client::Client;
use crate::sandbox::Sandbox;
use serde_json::{Value, json};

fn silent(name: &str) -> Client {
    Client::silent(Sandbox::new(&format!("lsp_{name}")), &[])
}

fn code(error: Result<Value, Value>) -> i64 {
    error.unwrap_err()["code"].as_i64().unwrap()
}

#[test]
fn utf_8_is_taken_where_it_is_offered_and_utf_16_where_not() {
    let encoding = |name, offered: Value| {
        let answer = silent(name).hello(&json!({"general": offered}));
        assert_eq!(answer["serverInfo"]["name"], "nl");
        answer["capabilities"]["positionEncoding"].clone()
    };
    assert_eq!(encoding("utf8", json!({"positionEncodings": ["utf-16", "utf-8"]})), "utf-8");
    assert_eq!(encoding("utf16", json!({"positionEncodings": ["utf-32"]})), "utf-16");
    assert_eq!(encoding("plain", json!({})), "utf-16");
}

#[test]
fn a_conversation_that_is_ended_ends_with_0() {
    let mut client = Client::new("ended");
    assert_eq!(client.ask("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(code(client.ask("shutdown", Value::Null)), -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.ended().code(), Some(0));
}

#[test]
fn exit_without_shutdown_ends_with_1() {
    let mut client = Client::new("exit");
    client.tell("exit", Value::Null);
    assert_eq!(client.ended().code(), Some(1));
    let mut client = silent("exit_at_once");
    client.tell("exit", Value::Null);
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn the_server_ends_when_the_client_goes_away() {
    for (name, within) in [("away", ""), ("away_within", "Content-Length: 100\r\n\r\n{")] {
        let mut client = Client::new(name);
        client.send(within.as_bytes());
        client.go_away();
        assert_eq!(client.ended().code(), Some(1));
    }
}

#[test]
fn the_first_request_is_initialize_and_it_comes_once() {
    let mut client = silent("first");
    assert_eq!(code(client.ask("textDocument/hover", json!({}))), -32002);
    // What is told too early is not heard.
    client.open("a.nl", "policy a = ;");
    client.hello(&json!({}));
    assert_eq!(code(client.ask("initialize", json!({"capabilities": {}}))), -32600);
    assert_eq!(client.published("a.nl"), None);
}

#[test]
fn files_are_watched_where_the_client_can() {
    let mut client = silent("watches");
    let watches = json!({"didChangeWatchedFiles": {"dynamicRegistration": true}});
    client.hello(&json!({"workspace": watches}));
    client.settle();
    let [asked] = client.said.as_slice() else { panic!("{:?}", client.said) };
    assert_eq!(asked["method"], "client/registerCapability");
    let registration = &asked["params"]["registrations"][0];
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");
    let watchers = &registration["registerOptions"]["watchers"];
    assert_eq!(watchers, &json!([{"globPattern": "**/*.nl"}, {"globPattern": "**/nl.toml"}]));
    // Its answer is taken in.
    let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": null});
    client.send_message(&answer.to_string());
    client.settle();
}

#[test]
fn answers_come_in_the_order_of_the_requests() {
    let mut client = Client::new("order");
    client.open("a.nl", "policy a = timeout(1s);");
    let document = json!({"textDocument": {"uri": client.uri("a.nl")}});
    let methods = ["textDocument/foldingRange", "no/such", "textDocument/documentSymbol"];
    let ids: Vec<i64> =
        methods.iter().cycle().take(300).map(|it| client.request(it, document.clone())).collect();
    client.tell("$/cancelRequest", json!({"id": ids[200]}));
    for id in ids {
        while client.next()["id"] != json!(id) {
            assert!(client.said.is_empty());
        }
    }
}

#[test]
fn flags_are_those_of_check() {
    let folder = Sandbox::new("lsp_flags");
    let mut client = Client::silent(folder, &["--stdio", "--deny", "NL108"]);
    client.hello(&json!({}));
    client.open("a.nl", "policy a = pass;");
    let [finding] = client.findings("a.nl").try_into().unwrap();
    assert!(finding.starts_with("0:11-0:15 error NL108 "), "{finding}");
}
