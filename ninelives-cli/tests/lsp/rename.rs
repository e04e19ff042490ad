//! Rename: over `use`, or not at all.

use crate::client::{Client, edited, mark, range};
use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::{Value, json};

const LIBRARY: &str =
    "let short = 1s;\npolicy shared(d: duration, n: count = 2) = timeout(d) + retry(n);\n";
const USER: &str =
    "use \"lib.nl\";\npolicy one = first: shared(d = short);\npolicy two = one | shared(2s);\n";

fn client(name: &str) -> Client {
    let folder = Sandbox::new(&format!("lsp_{name}"));
    let mut client = Client::within(folder.with("lib.nl", LIBRARY).with("user.nl", USER));
    client.open("lib.nl", LIBRARY);
    client
}

/// Both texts after the renaming, or why there is none.
fn renamed(client: &mut Client, file: &str, marked: &str, name: &str) -> String {
    let (text, position) = mark(marked);
    let original = if file == "lib.nl" { LIBRARY } else { USER };
    if file == "user.nl" {
        client.open(file, &text);
    }
    assert_eq!(text, original);
    match client.here("textDocument/rename", file, position, json!({"newName": name})) {
        Ok(edit) => {
            let changes = &edit["changes"];
            let after = |file: &str, text: &str| match &changes[client.uri(file)] {
                Value::Null => String::new(),
                edits => format!("── {file}\n{}", edited(text, edits)),
            };
            after("lib.nl", LIBRARY) + &after("user.nl", USER)
        }
        Err(error) => {
            assert_eq!(error["code"], -32803);
            error["message"].as_str().unwrap().to_owned()
        }
    }
}

#[test]
fn every_mention_is_renamed_in_every_file() {
    let mut client = client("rename");
    let mut rename = |file: &str, marked: String, name| renamed(&mut client, file, &marked, name);
    assert_snapshot!(rename("lib.nl", LIBRARY.replace("shared", "sha‸red"), "common"), @r#"
    ── lib.nl
    let short = 1s;
    policy common(d: duration, n: count = 2) = timeout(d) + retry(n);
    ── user.nl
    use "lib.nl";
    policy one = first: common(d = short);
    policy two = one | common(2s);
    "#);
    assert_snapshot!(rename("user.nl", USER.replace("short", "shor‸t"), "brief"), @r#"
    ── lib.nl
    let brief = 1s;
    policy shared(d: duration, n: count = 2) = timeout(d) + retry(n);
    ── user.nl
    use "lib.nl";
    policy one = first: shared(d = brief);
    policy two = one | shared(2s);
    "#);
    assert_snapshot!(rename("lib.nl", LIBRARY.replace("(d)", "(‸d)"), "limit"), @r#"
    ── lib.nl
    let short = 1s;
    policy shared(limit: duration, n: count = 2) = timeout(limit) + retry(n);
    ── user.nl
    use "lib.nl";
    policy one = first: shared(limit = short);
    policy two = one | shared(2s);
    "#);
    assert_snapshot!(rename("user.nl", USER.replace("one =", "one‸ ="), "solo"), @r#"
    ── user.nl
    use "lib.nl";
    policy solo = first: shared(d = short);
    policy two = solo | shared(2s);
    "#);
    assert_snapshot!(rename("user.nl", USER.replace("first", "‸first"), "near"), @r#"
    ── user.nl
    use "lib.nl";
    policy one = near: shared(d = short);
    policy two = one | shared(2s);
    "#);
}

#[test]
fn name_that_would_not_do_is_refused_with_the_reason() {
    let mut client = client("rename_refused");
    let mut refused = |file: &str, marked: String, name| renamed(&mut client, file, &marked, name);
    let template = || LIBRARY.replace("shared", "sha‸red");
    assert_snapshot!(refused("lib.nl", template(), "a b"), @"`a b` is no name: letters, digits and `_` make one, and no digit comes first");
    assert_snapshot!(refused("lib.nl", template(), "1a"), @"`1a` is no name: letters, digits and `_` make one, and no digit comes first");
    assert_snapshot!(refused("lib.nl", template(), ""), @"`` is no name: letters, digits and `_` make one, and no digit comes first");
    assert_snapshot!(refused("lib.nl", template(), "retry"), @"`retry` cannot be a name: it is a policy of the language");
    assert_snapshot!(refused("lib.nl", template(), "full"), @"`full` cannot be a name: it is a value of the language");
    assert_snapshot!(refused("lib.nl", template(), "p95"), @"`p95` cannot be a name: it is a quantile");
    // Another file that uses this one has it.
    assert_snapshot!(refused("lib.nl", template(), "one"), @"`one` is declared twice");
    assert_snapshot!(refused("lib.nl", template(), "short"), @"`short` is declared twice");
    assert_snapshot!(refused("lib.nl", LIBRARY.replace("(d)", "(‸d)"), "n"), @"parameter `n` is declared twice");
}

#[test]
fn mention_that_would_be_captured_is_refused() {
    let mut client = Client::new("rename_captured");
    let text = "let ‸a = 1s; policy t(b: duration) = timeout(a) + retry(2) + timeout(b);\n\
                policy c = t(2s);";
    let captured = client.at("textDocument/rename", "a.nl", text, json!({"newName": "b"}));
    assert_snapshot!(captured.unwrap_err()["message"].as_str().unwrap(), @"a mention would come to mean something else");
}

#[test]
fn text_that_cannot_be_read_as_a_whole_is_left_alone() {
    let mut client = Client::new("rename_broken");
    let text = "policy ‸a = pass; policy b = (a;";
    let error = client.at("textDocument/rename", "a.nl", text, json!({"newName": "c"}));
    assert_snapshot!(error.unwrap_err()["message"].as_str().unwrap(), @"`a.nl`, or a file that it uses, cannot be read as a whole: mend it first");
}

#[test]
fn what_can_be_renamed_is_told_before() {
    let mut client = Client::new("rename_prepare");
    let mut of = |text: &str| match client.at("textDocument/prepareRename", "a.nl", text, json!({}))
    {
        Ok(found) => format!("{} {}", range(&found["range"]), found["placeholder"]),
        Err(error) => error["message"].as_str().unwrap().to_owned(),
    };
    assert_snapshot!(of("policy a = pass; policy b = ‸a;"), @r#"0:28-0:29 "a""#);
    assert_snapshot!(of("policy a = pa‸ss;"), @"a word of the language cannot be renamed");
    assert_snapshot!(of("policy a = fallback(@ca‸ched);"), @"the host program says what its things are called");
    assert_snapshot!(of("policy a = ‸(pass);"), @"there is no name here");
    assert_snapshot!(of("policy a = timeout(‸1s);"), @"there is no name here");
    assert_snapshot!(of("policy a‸ = ;"), @r#"0:7-0:8 "a""#);
}
