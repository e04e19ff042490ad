//! A whole conversation, message by message.

use crate::client::Client;
use insta::assert_snapshot;
use serde_json::{Value, json};

#[test]
fn a_conversation_from_hello_to_exit() {
    let mut client = Client::new("transcript");
    client.open("a.nl", "policy a = timeuot(1s) + retry(3);");
    client.next();
    client.change("a.nl", "/// Ours.\npolicy a = timeout(1s) + retry(3);");
    client.next();
    let place = json!({"line": 1, "character": 7});
    client.here("textDocument/hover", "a.nl", place, json!({})).unwrap();
    let place = json!({"line": 9, "character": 0});
    client.here("textDocument/hover", "a.nl", place, json!({})).unwrap_err();
    client.close("a.nl");
    client.ask("shutdown", Value::Null).unwrap();
    client.tell("exit", Value::Null);
    assert_eq!(client.ended().code(), Some(0));
    let folder = client.uri("");
    let line = |(who, message): &(&str, Value)| {
        let mut message = message.clone();
        message.as_object_mut().unwrap().remove("jsonrpc");
        // What each can do would fill the page.
        for side in ["params", "result"] {
            if let Some(capabilities) = message.pointer_mut(&format!("/{side}/capabilities")) {
                *capabilities = json!("…");
            }
        }
        if let Some(process) = message.pointer_mut("/params/processId") {
            *process = json!(7);
        }
        format!("{who}: {message}\n").replace(&folder, "file:///folder")
    };
    let transcript: String = client.log.iter().map(line).collect();
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    assert_snapshot!(transcript.replace(&version, "\"version\":\"…\""), @r#"
    client: {"id":1,"method":"initialize","params":{"capabilities":"…","processId":7,"rootUri":null,"workspaceFolders":[{"name":"folder","uri":"file:///folder"}]}}
    server: {"id":1,"result":{"capabilities":"…","serverInfo":{"name":"nl","version":"…"}}}
    client: {"method":"initialized","params":{}}
    client: {"method":"textDocument/didOpen","params":{"textDocument":{"languageId":"nl","text":"policy a = timeuot(1s) + retry(3);","uri":"file:///folder/a.nl","version":1}}}
    server: {"method":"textDocument/publishDiagnostics","params":{"diagnostics":[{"code":"NL002","message":"unknown policy `timeuot`\nhelp: did you mean `timeout`?","range":{"end":{"character":18,"line":0},"start":{"character":11,"line":0}},"severity":1,"source":"nl"}],"uri":"file:///folder/a.nl","version":1}}
    client: {"method":"textDocument/didChange","params":{"contentChanges":[{"text":"/// Ours.\npolicy a = timeout(1s) + retry(3);"}],"textDocument":{"uri":"file:///folder/a.nl","version":2}}}
    server: {"method":"textDocument/publishDiagnostics","params":{"diagnostics":[],"uri":"file:///folder/a.nl","version":2}}
    client: {"id":2,"method":"textDocument/hover","params":{"position":{"character":7,"line":1},"textDocument":{"uri":"file:///folder/a.nl"}}}
    server: {"id":2,"result":{"contents":{"kind":"markdown","value":"```nl\npolicy a = timeout(1s) + retry(3);\n```\n\nOurs.\n\n```text\nworst case  1s; 3 calls\nlong run    1.2 calls a request\nfailures    timeout, overloaded, transient, permanent\ndegraded    never\nin flight   1 a request, any number in all\n```\n"},"range":{"end":{"character":8,"line":1},"start":{"character":7,"line":1}}}}
    client: {"id":3,"method":"textDocument/hover","params":{"position":{"character":0,"line":9},"textDocument":{"uri":"file:///folder/a.nl"}}}
    server: {"error":{"code":-32602,"message":"`file:///folder/a.nl` has no line 9, counted from 0"},"id":3}
    client: {"method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///folder/a.nl"}}}
    client: {"id":4,"method":"shutdown","params":null}
    server: {"method":"textDocument/publishDiagnostics","params":{"diagnostics":[],"uri":"file:///folder/a.nl"}}
    server: {"id":4,"result":null}
    client: {"method":"exit","params":null}
    "#);
}
