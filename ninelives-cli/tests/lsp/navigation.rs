//! Definition, references, highlights.

use crate::client::{Client, file_of, mark, range};
use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::{Value, json};

const LIBRARY: &str = "let short = 1s;\npolicy shared(d: duration) = timeout(d) + retry(3);\n";
const ONE: &str =
    "use \"lib.nl\";\npolicy one = shared(d = short);\npolicy two = one | shared(2s);\n";
const OTHER: &str = "use \"lib.nl\";\npolicy three = shared(short);\n";

fn folder(name: &str) -> Client {
    let folder = Sandbox::new(&format!("lsp_{name}"));
    Client::within(folder.with("lib.nl", LIBRARY).with("one.nl", ONE).with("other.nl", OTHER))
}

fn location(location: &Value) -> String {
    if location.is_null() {
        return "nowhere".to_owned();
    }
    let uri = location["uri"].as_str().unwrap();
    format!("{} {}", file_of(uri), range(&location["range"]))
}

#[test]
fn a_name_leads_to_its_declaration() {
    let mut client = folder("definition");
    let mut of = |marked: &str| {
        location(&client.at("textDocument/definition", "one.nl", marked, json!({})).unwrap())
    };
    let with = |rest: &str| format!("use \"lib.nl\";\n{rest}");
    assert_eq!(of(&with("policy one = sha‸red(short);")), "lib.nl 1:7-1:13");
    assert_eq!(of(&with("policy one = shared(sho‸rt);")), "lib.nl 0:4-0:9");
    assert_eq!(of(&with("policy one = shared(‸d = short);")), "lib.nl 1:14-1:15");
    assert_eq!(of(&with("policy one = timeout(1s); policy two = one‸;")), "one.nl 1:7-1:10");
    assert_eq!(of("use \"li‸b.nl\";"), "lib.nl 0:0-0:0");
    // While it is written.
    assert_eq!(of(&with("policy one = (sha‸red")), "lib.nl 1:7-1:13");
    assert_eq!(of(&with("policy one = tim‸eout(1s);")), "nowhere");
    assert_eq!(of(&with("policy one = hidden‸;")), "nowhere");
}

#[test]
fn references_are_found_in_every_file_of_the_folder() {
    let mut client = folder("references");
    let mut of = |marked: &str, declaration: bool| {
        let context = json!({"context": {"includeDeclaration": declaration}});
        let found = client.at("textDocument/references", "lib.nl", marked, context).unwrap();
        found.as_array().unwrap().iter().map(location).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(of(&LIBRARY.replace("shared", "sha‸red"), true), @"
    lib.nl 1:7-1:13
    one.nl 1:13-1:19
    one.nl 2:19-2:25
    other.nl 1:15-1:21
    ");
    assert_snapshot!(of(&LIBRARY.replace("short", "‸short"), false), @"
    one.nl 1:24-1:29
    other.nl 1:22-1:27
    ");
    assert_snapshot!(of(&LIBRARY.replace("(d)", "(‸d)"), true), @"
    lib.nl 1:14-1:15
    lib.nl 1:37-1:38
    one.nl 1:20-1:21
    ");
}

#[test]
fn references_see_what_is_not_saved() {
    let mut client = folder("references_unsaved");
    client.open("other.nl", "use \"lib.nl\";\npolicy three = timeout(short);\n");
    client.open("lib.nl", LIBRARY);
    let (_, position) = mark(&LIBRARY.replace("shared", "sha‸red"));
    let context = json!({"context": {"includeDeclaration": false}});
    let found = client.here("textDocument/references", "lib.nl", position, context).unwrap();
    let found: Vec<_> = found.as_array().unwrap().iter().map(location).collect();
    assert_eq!(found, ["one.nl 1:13-1:19", "one.nl 2:19-2:25"]);
}

#[test]
fn highlights_are_those_of_the_document() {
    let mut client = folder("highlights");
    let text = ONE.replacen("shared", "sha‸red", 1);
    let found = client.at("textDocument/documentHighlight", "one.nl", &text, json!({})).unwrap();
    let found: Vec<_> = found.as_array().unwrap().iter().map(|it| range(&it["range"])).collect();
    assert_eq!(found, ["1:13-1:19", "2:19-2:25"]);
}
