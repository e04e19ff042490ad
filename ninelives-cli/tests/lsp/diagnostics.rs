//! What is published: what `nl check` says, when it changes, and where.

use crate::client::{Client, finding};
use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn finding_has_its_code_its_help_and_its_second_places() {
    let mut client = Client::new("finding");
    client.open("a.nl", "policy a = timeuot(1s);\npolicy a = pass;\n");
    let published = client.published("a.nl").unwrap();
    assert_eq!(published["version"], 1);
    let text = serde_json::to_string_pretty(&published["diagnostics"]).unwrap();
    assert_snapshot!(text.replace(&client.uri(""), "file:///folder"), @r#"
    [
      {
        "code": "NL002",
        "message": "unknown policy `timeuot`\nhelp: did you mean `timeout`?",
        "range": {
          "end": {
            "character": 18,
            "line": 0
          },
          "start": {
            "character": 11,
            "line": 0
          }
        },
        "severity": 1,
        "source": "nl"
      },
      {
        "code": "NL005",
        "message": "`a` is declared twice\nhelp: names are unique in the whole load: choose another",
        "range": {
          "end": {
            "character": 8,
            "line": 1
          },
          "start": {
            "character": 7,
            "line": 1
          }
        },
        "relatedInformation": [
          {
            "location": {
              "range": {
                "end": {
                  "character": 8,
                  "line": 0
                },
                "start": {
                  "character": 7,
                  "line": 0
                }
              },
              "uri": "file:///folder/a.nl"
            },
            "message": "first declared here"
          }
        ],
        "severity": 1,
        "source": "nl"
      }
    ]
    "#);
}

#[test]
fn what_can_be_left_out_is_shown_as_unnecessary() {
    let mut client = Client::new("unnecessary");
    client.open("a.nl", "let a = 1s; policy b = timeout(1s) + fail + retry(2);");
    let published = client.published("a.nl").unwrap();
    let diagnostics = published["diagnostics"].as_array().unwrap();
    let [unreachable] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
    assert_eq!((&unreachable["code"], &unreachable["tags"]), (&json!("NL008"), &json!([1])));
    client.change("a.nl", "let a = 1s; policy b = timeout(1s);");
    let published = client.published("a.nl").unwrap();
    assert_eq!(published["diagnostics"][0]["code"], "NL111");
    assert_eq!(published["diagnostics"][0]["tags"], json!([1]));
}

#[test]
fn findings_go_when_the_text_is_mended_and_when_it_is_closed() {
    let mut client = Client::new("cleared");
    client.open("a.nl", "policy a = timeout(1);");
    assert_eq!(client.findings("a.nl").len(), 1);
    client.change("a.nl", "policy a = timeout(1s);");
    assert_eq!(client.published("a.nl").unwrap()["diagnostics"], json!([]));
    client.change("a.nl", "policy a = timeout(2);");
    assert_eq!(client.findings("a.nl").len(), 1);
    client.close("a.nl");
    assert_eq!(
        client.published("a.nl").unwrap(),
        json!({"uri": client.uri("a.nl"), "diagnostics": []})
    );
}

#[test]
fn of_edits_that_wait_the_last_is_checked() {
    let mut client = Client::new("coalesced");
    client.open("a.nl", "policy a = timeout(1s);");
    client.settle();
    for at in 0..500 {
        client.change("a.nl", &format!("policy a = timeout({at});"));
    }
    assert_snapshot!(client.findings("a.nl").join("\n"), @"
    0:19-0:22 error NL003 expected a duration, found a count
    help: `499s` or `499ms`?
    ");
}

#[test]
fn what_is_not_saved_counts_for_those_who_use_it() {
    let folder = Sandbox::new("lsp_unsaved")
        .with("a.nl", "use \"b.nl\"; policy a = b;")
        .with("b.nl", "policy b = timeout(1s);");
    let mut client = Client::within(folder);
    client.open("a.nl", "use \"b.nl\"; policy a = b;");
    assert!(client.findings("a.nl").is_empty());
    client.open("b.nl", "policy c = timeout(1s);");
    assert_snapshot!(client.findings("a.nl").join("\n"), @"0:23-0:24 error NL002 unknown policy `b`");
    client.change("b.nl", "policy b = timeout(1);");
    assert!(client.findings("a.nl").is_empty());
    assert_eq!(client.findings("b.nl").len(), 1);
    // Closed without saving: what the disk has holds again.
    client.close("b.nl");
    assert!(client.findings("a.nl").is_empty() && client.findings("b.nl").is_empty());
    // A file that is on no disk yet.
    client.change("a.nl", "use \"new.nl\"; policy a = n;");
    assert_eq!(client.findings("a.nl").len(), 1);
    client.open("new.nl", "policy n = timeout(1s);");
    assert!(client.findings("a.nl").is_empty());
}

#[test]
fn findings_of_a_file_that_is_used_are_published_for_it() {
    let folder = Sandbox::new("lsp_used").with("sub/b.nl", "policy b = timeout(1);");
    let mut client = Client::within(folder);
    client.open("a.nl", "use \"sub/b.nl\"; policy a = b;");
    assert_eq!(client.findings("sub/b.nl").len(), 1);
    assert_eq!(client.published("sub/b.nl").unwrap().get("version"), None);
    client.folder = client.folder_with("sub/b.nl", "policy b = timeout(1s);");
    client.watched("sub/b.nl");
    assert!(client.findings("sub/b.nl").is_empty());
    client.folder = client.folder_with("sub/b.nl", "policy b = timeout(2);");
    client.watched("sub/b.nl");
    assert_eq!(client.findings("sub/b.nl").len(), 1);
    // Deleted: nothing is said of it any more, but of who uses it.
    std::fs::remove_file(client.folder.0.join("sub/b.nl")).unwrap();
    client.watched("sub/b.nl");
    assert!(client.findings("sub/b.nl").is_empty());
    assert!(client.findings("a.nl")[0].contains("NL014"));
    client.close("a.nl");
    assert!(client.all_published().values().all(|it| it["diagnostics"] == json!([])));
}

#[test]
fn nl_toml_of_the_folder_holds_as_it_does_for_check() {
    let folder = Sandbox::new("lsp_config")
        .with("nl.toml", "[levels]\nunbounded-latency = \"deny\"\n[host]\nhandlers = [\"x\"]\n");
    let mut client = Client::within(folder);
    client.open("sub/a.nl", "policy a = pass | fallback(@y);");
    assert_snapshot!(client.findings("sub/a.nl").join("\n"), @"
    0:11-0:15 error NL108 the worst-case latency is unbounded: nothing ends a call that hangs here
    help: put a deadline around it: `timeout(1s) + pass | fallback(@y)`
    0:27-0:29 error NL018 the host program has no handler `@y`
    help: handlers in `nl.toml`: `@x`
    ");
    client.folder = client.folder_with("nl.toml", "[levels]\nunbounded-latency = \"allow\"\n");
    client.watched("nl.toml");
    assert!(client.findings("sub/a.nl").is_empty());
    client.folder = client.folder_with("nl.toml", "[levels]\nno-such = \"allow\"\n");
    client.watched("nl.toml");
    assert_eq!(client.findings("sub/a.nl").len(), 1);
    let [said] = client.said.as_slice() else { panic!("{:?}", client.said) };
    assert_eq!(said["method"], "window/showMessage");
    assert_snapshot!(said["params"]["message"].as_str().unwrap(), @"the defaults hold: nl.toml:2:1: no finding is called `no-such`");
}

#[test]
fn document_that_is_no_file_is_checked_by_itself() {
    let mut client = Client::new("untitled");
    client.open_uri("untitled:one", "use \"a.nl\"; policy a = timeout(1);");
    let published = client.all_published();
    let found = published["untitled:one"]["diagnostics"].as_array().unwrap();
    let found: Vec<_> = found.iter().map(finding).collect();
    assert_snapshot!(found.join("\n"), @"
    0:4-0:10 error NL014 `a.nl` cannot be used: this text has no directory
    help: load it from a file, or write the policies here
    0:31-0:32 error NL003 expected a duration, found a count
    help: `1s` or `1ms`?
    ");
}

#[test]
fn a_file_in_no_folder_is_checked_in_its_own() {
    let folder = Sandbox::new("lsp_loose").with("b.nl", "policy b = timeout(1s);");
    let mut client = Client::silent(folder, &[]);
    let hello = json!({"processId": null, "rootUri": null, "capabilities": {}});
    client.ask("initialize", hello).unwrap();
    client.open("a.nl", "use \"b.nl\"; policy a = c;");
    let [finding] = client.findings("a.nl").try_into().unwrap();
    assert!(finding.contains("unknown policy `c`"), "{finding}");
}

impl Client {
    /// The folder with another text in a file.
    fn folder_with(&self, file: &str, text: &str) -> Sandbox {
        Sandbox(self.folder.0.clone()).with(file, text)
    }
}
