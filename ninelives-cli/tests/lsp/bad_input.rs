//! What a client may send and should not: an answer each time, and the server goes on.

use crate::client::Client;
use crate::sandbox::Sandbox;
use serde_json::{Value, json};
use std::fs;

fn code(error: Result<Value, Value>) -> i64 {
    error.unwrap_err()["code"].as_i64().unwrap()
}

/// The server still answers, and checks.
#[track_caller]
fn goes_on(client: &mut Client) {
    client.open("after.nl", "policy a = timeout(1);");
    assert_eq!(client.findings("after.nl").len(), 1);
}

#[test]
fn bytes_that_are_no_message_are_a_parse_error() {
    let mut client = Client::new("bytes");
    for bytes in [
        &b"Content-Length: 1\r\n\r\n{"[..],
        b"Content-Length: 3\r\n\r\n\xff\xff\xff",
        b"Content-Length: x\r\n\r\n",
        b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        client.send(bytes);
        let answer = client.next();
        assert_eq!(answer["error"]["code"], -32700, "{answer}");
        assert_eq!(answer["id"], Value::Null);
    }
    goes_on(&mut client);
}

#[test]
fn json_that_is_no_message_is_an_invalid_request() {
    let mut client = Client::new("json");
    for (body, id) in [
        ("[]", Value::Null),
        ("7", Value::Null),
        (r#"{"jsonrpc":"2.0","id":7}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":"a","method":7}"#, json!("a")),
        (r#"{"jsonrpc":"2.0","id":{},"method":"shutdown"}"#, Value::Null),
    ] {
        client.send_message(body);
        let answer = client.next();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(-32600), &id), "{body}");
    }
    goes_on(&mut client);
}

#[test]
fn method_that_is_not_offered_is_not_found() {
    let mut client = Client::new("method");
    assert_eq!(code(client.ask("textDocument/colorPresentation", json!({}))), -32601);
    assert_eq!(code(client.ask("", json!({}))), -32601);
    client.tell("no/such", json!({}));
    client.tell("$/setTrace", json!({"value": "verbose"}));
    goes_on(&mut client);
}

/// Every request about a document.
const METHODS: [&str; 15] = [
    "textDocument/codeAction",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/documentHighlight",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/formatting",
    "textDocument/hover",
    "textDocument/inlayHint",
    "textDocument/prepareRename",
    "textDocument/references",
    "textDocument/rename",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/range",
    "textDocument/signatureHelp",
];

/// What any of them takes.
fn params(uri: &str, line: u32, character: u32) -> Value {
    let position = json!({"line": line, "character": character});
    json!({
        "textDocument": {"uri": uri},
        "position": position,
        "range": {"start": position, "end": position},
        "context": {"diagnostics": [], "includeDeclaration": true, "triggerKind": 1,
            "isRetrigger": false},
        "options": {"tabSize": 4, "insertSpaces": true},
        "newName": "b",
    })
}

#[test]
fn every_request_about_a_document_that_is_not_open_is_an_error() {
    let mut client = Client::new("not_open");
    client.open("a.nl", "policy a = pass;");
    client.close("a.nl");
    for uri in [client.uri("a.nl"), "untitled:a".to_owned(), "\u{0}".to_owned(), String::new()] {
        for method in METHODS {
            let error = client.ask(method, params(&uri, 0, 0)).unwrap_err();
            assert_eq!(error["code"], -32602, "{method}: {error}");
            assert_eq!(error["message"], format!("`{uri}` is not open"), "{method}");
        }
    }
    goes_on(&mut client);
}

#[test]
fn every_request_with_wrong_parameters_is_an_error() {
    let mut client = Client::new("parameters");
    for method in METHODS.into_iter().chain(["workspace/symbol"]) {
        for params in [json!({}), json!([]), json!({"textDocument": 7, "query": 7})] {
            assert_eq!(code(client.ask(method, params)), -32602, "{method}");
        }
    }
    goes_on(&mut client);
}

#[test]
fn place_behind_the_last_line_is_an_error_and_behind_the_end_of_one_its_end() {
    let mut client = Client::new("behind");
    client.open("a.nl", "policy a = timeout(1s);\n");
    let uri = client.uri("a.nl");
    for method in METHODS {
        let answer = client.ask(method, params(&uri, 0, u32::MAX));
        // At the end of the line there is no name.
        assert!(answer.is_ok() || method.to_lowercase().contains("rename"), "{method} {answer:?}");
        let whole = ["documentSymbol", "foldingRange", "formatting", "semanticTokens/full"];
        if !whole.iter().any(|it| method.ends_with(it)) {
            assert_eq!(code(client.ask(method, params(&uri, 9, 0))), -32602, "{method}");
        }
    }
    goes_on(&mut client);
}

#[test]
fn edit_of_a_document_that_is_not_open_is_told() {
    let mut client = Client::new("edit");
    client.change("a.nl", "policy a = ;");
    client.close("a.nl");
    client.open("b.nl", "policy a = timeout(1);");
    let ranged = json!({"range": {"start": {"line": 0, "character": 0},
        "end": {"line": 0, "character": 0}}, "text": "x"});
    let document = json!({"uri": client.uri("b.nl"), "version": 9});
    let params = json!({"textDocument": document, "contentChanges": [ranged]});
    client.tell("textDocument/didChange", params);
    client.tell("textDocument/didOpen", json!({}));
    client.settle();
    let said: Vec<_> = client.said.iter().map(|it| it["params"]["message"].to_string()).collect();
    let [changed, closed, ranged, opened] = said.try_into().unwrap();
    assert!(changed.contains("a.nl` is not open"), "{changed}");
    assert!(closed.contains("a.nl` is not open"), "{closed}");
    assert!(ranged.contains("without the whole text"), "{ranged}");
    assert!(opened.contains("textDocument"), "{opened}");
    assert!(client.said.iter().all(|it| it["method"] == "window/logMessage"));
    assert_eq!(client.findings("b.nl").len(), 1);
    goes_on(&mut client);
}

#[test]
fn ten_megabytes_are_checked_and_more_than_a_file_may_have_are_refused() {
    let mut client = Client::new("huge");
    let filler = "\u{1f600} x".repeat(160);
    let line = |at: usize| format!("policy q{at} = timeout(1) + retry(3); // {filler}\n");
    let policies: String = (0..10_000).map(line).collect();
    assert!(policies.len() > 9_500_000);
    client.open("huge.nl", &policies);
    assert!(!client.findings("huge.nl").is_empty());
    let hover = client.ask("textDocument/hover", params(&client.uri("huge.nl"), 9_999, 17));
    assert!(hover.unwrap()["contents"]["value"].as_str().unwrap().contains("deadline"));
    client.change("huge.nl", &"xxxxxxxxx ".repeat(100_000));
    assert_eq!(client.findings("huge.nl").len(), 1);
    for method in METHODS {
        // Each answers: a name in such a text cannot be told.
        let answer = client.ask(method, params(&client.uri("huge.nl"), 0, 12));
        assert!(answer.is_ok() || method.to_lowercase().contains("rename"), "{method}");
    }
    client.open("larger.nl", &"x".repeat(16 * 1024 * 1024 + 1));
    let [finding] = client.findings("larger.nl").try_into().unwrap();
    assert!(finding.starts_with("0:0-0:0 error NL010 the file has 16777217 bytes"), "{finding}");
    goes_on(&mut client);
}

#[test]
fn every_request_about_ten_megabytes_is_answered() {
    let mut client = Client::new("huge_requests");
    // Most of it is comments: what there is to say of a text grows with its names.
    let filler = "\u{1f600} x".repeat(80);
    let line = |at: usize| format!("policy q{at} = timeout(1s) + retry(3); // {filler}\n");
    let text: String = (0..20_000).map(line).collect();
    assert!(text.len() > 10_000_000);
    client.open("huge.nl", &text);
    let uri = client.uri("huge.nl");
    for method in METHODS {
        let answer = client.ask(method, params(&uri, 10_000, 10)).expect(method);
        assert!(method.ends_with("signatureHelp") || !answer.is_null(), "{method}");
    }
    // The same in one line, where every place is far from its beginning.
    client.change("huge.nl", &text.replace("//", "/*").replace('\n', " */ "));
    for method in METHODS.into_iter().filter(|method| !method.ends_with("full")) {
        let answer = client.ask(method, params(&uri, 0, 5_000_000));
        assert!(answer.is_ok() || method.to_lowercase().contains("rename"), "{method} {answer:?}");
    }
    goes_on(&mut client);
}

#[test]
fn document_stays_open_when_its_file_is_deleted_or_renamed() {
    let text = "use \"b.nl\";\npolicy a = timeout(1s) + b;\n";
    for (name, change) in [("gone", None), ("renamed", Some("c.nl"))] {
        let folder = Sandbox::new(&format!("lsp_{name}"));
        let folder = folder.with("a.nl", text).with("b.nl", "policy b = retry(3);\n");
        let mut client = Client::within(folder);
        client.open("a.nl", text);
        client.open("b.nl", "policy b = retry(3);\n");
        client.settle();
        for file in ["a.nl", "b.nl"] {
            let path = client.folder.0.join(file);
            let uri = client.uri(file);
            // Before the client says so, and after.
            match change {
                None => fs::remove_file(&path).unwrap(),
                Some(new) => fs::rename(&path, client.folder.0.join(new)).unwrap(),
            }
            for told in [false, true] {
                match change {
                    Some(new) if told => {
                        let files = json!([{"oldUri": uri, "newUri": client.uri(new)}]);
                        client.tell("workspace/didRenameFiles", json!({"files": files}));
                    }
                    None if told => {
                        let files = json!([{"uri": uri}]);
                        client.tell("workspace/didDeleteFiles", json!({"files": files}));
                    }
                    _ => {}
                }
                let line = u32::from(file == "a.nl");
                for method in METHODS {
                    let mut params = params(&uri, line, 7);
                    params["newName"] = json!("other");
                    let answer = client.ask(method, params);
                    assert!(answer.is_ok(), "{name} {told} {method} {answer:?}");
                }
            }
        }
        // What the client has holds, on the disk or not.
        assert!(client.findings("a.nl").is_empty());
        client.close("b.nl");
        assert!(client.findings("a.nl")[0].contains("NL014"));
    }
}

#[test]
fn requests_about_a_broken_text_are_answered() {
    let mut client = Client::new("broken");
    for text in
        ["", "policy", "policy a = (((", "\u{0}", "}}}}", "policy a = \"", "/*", "µ\u{feff}"]
    {
        client.open("a.nl", text);
        for method in METHODS {
            let answer = client.ask(method, params(&client.uri("a.nl"), 0, 3));
            assert!(answer.is_ok() || method.to_lowercase().contains("rename"), "{method} {text}");
        }
    }
    goes_on(&mut client);
}
