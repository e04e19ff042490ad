//! Places in texts with long characters, a byte order mark, and line ends of several kinds.

use crate::client::{Client, finding};
use crate::sandbox::Sandbox;
use serde_json::{Value, json};

/// A client that counts in UTF-16.
fn of_utf_16(name: &str) -> Client {
    let mut client = Client::silent(Sandbox::new(&format!("lsp_{name}")), &[]);
    client.hello(&json!({}));
    client
}

/// The only finding in a text, to both kinds of clients.
#[track_caller]
fn check(name: &str, text: &str, [utf8, utf16]: [&str; 2]) {
    for (mut client, expected) in [(Client::new(name), utf8), (of_utf_16(name), utf16)] {
        client.open("a.nl", text);
        let [found] = client.findings("a.nl").try_into().unwrap();
        assert_eq!(found.split(' ').next().unwrap(), expected, "{text:?}");
    }
}

#[test]
fn columns_count_in_the_units_that_were_agreed_on() {
    check("astral", "/* \u{1f600}µ */ policy a = timeout(1);", ["0:32-0:33", "0:29-0:30"]);
    check("second_line", "// \u{1f600}\npolicy a = timeout(1);", ["1:19-1:20", "1:19-1:20"]);
}

#[test]
fn byte_order_mark_counts_as_the_client_has_it() {
    check("mark", "\u{feff}policy a = timeout(1);", ["0:22-0:23", "0:20-0:21"]);
    check("mark_below", "\u{feff}// x\r\npolicy a = timeout(1);", ["1:19-1:20", "1:19-1:20"]);
}

#[test]
fn line_ends_of_every_kind_end_lines() {
    check("crlf", "// x\r\n\r\npolicy a = timeout(1);\r\n", ["2:19-2:20", "2:19-2:20"]);
    check("mixed", "/* x\ry\n */\r\npolicy a = timeout(1);", ["3:19-3:20", "3:19-3:20"]);
}

#[test]
fn edits_fit_the_text_of_the_client() {
    let text = "\u{feff}// \u{1f600}\r\npolicy a = pass || fail;\r\n";
    for (mut client, _) in [(Client::new("edit8"), 0), (of_utf_16("edit16"), 0)] {
        client.open("a.nl", text);
        let all = json!({"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}});
        let uri = client.uri("a.nl");
        let params = json!({"textDocument": {"uri": uri}, "range": all,
            "context": {"diagnostics": [], "only": ["quickfix"]}});
        let actions = client.ask("textDocument/codeAction", params).unwrap();
        let edit = &actions[0]["edit"]["changes"][&uri][0];
        assert_eq!(edit["range"]["start"], json!({"line": 1, "character": 16}), "{actions}");
        assert_eq!(edit["newText"], "|");
    }
}

#[test]
fn formatted_text_keeps_its_mark_and_its_line_ends() {
    let mut client = of_utf_16("format");
    client.open("a.nl", "\u{feff}policy a=timeout(1s);\r\n// \u{1f600}\r\npolicy b  = a;\r\n");
    let options = json!({"tabSize": 4, "insertSpaces": true});
    let params = json!({"textDocument": {"uri": client.uri("a.nl")}, "options": options});
    let edits = client.ask("textDocument/formatting", params).unwrap();
    let edits: Vec<(String, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| (crate::client::range(&edit["range"]), edit["newText"].as_str().unwrap()))
        .collect();
    assert_eq!(
        edits,
        [
            ("0:0-1:0".to_owned(), "\u{feff}policy a = timeout(1s);\r\n"),
            ("2:0-3:0".to_owned(), "policy b = a;\r\n"),
        ]
    );
}

#[test]
fn file_that_is_not_open_is_counted_as_an_editor_would_show_it() {
    let folder = Sandbox::new("lsp_closed_mark")
        .with("b.nl", "\u{feff}/* \u{1f600} */ policy b = timeout(1);\r\n");
    let mut client = Client::within(folder);
    client.open("a.nl", "use \"b.nl\"; policy a = b;");
    let published = client.published("b.nl").unwrap();
    let found: Vec<String> =
        published["diagnostics"].as_array().unwrap().iter().map(finding).collect();
    assert!(found[0].starts_with("0:30-0:31 "), "{found:?}");
}

#[test]
fn text_that_is_refused_has_places_of_its_own() {
    let mut client = Client::new("nul");
    client.open("a.nl", "\u{feff}// \r\n\0");
    let published: Value = client.published("a.nl").unwrap();
    assert_eq!(
        finding(&published["diagnostics"][0]),
        "1:0-1:1 error NL012 the text contains a NUL byte"
    );
}
