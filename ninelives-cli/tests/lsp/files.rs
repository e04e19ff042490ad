//! Files that come, go and move while the client has others open.

use crate::client::{Client, edited, file_of};
use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;

#[test]
fn file_operations_are_announced_for_files_of_policies() {
    let mut client = Client::silent(Sandbox::new("lsp_operations"), &[]);
    let answer = client.hello(&json!({}));
    let announced = &answer["capabilities"]["workspace"]["fileOperations"];
    let filter = |glob: &str, kind: &str| json!({"scheme": "file", "pattern": {"glob": glob, "matches": kind}});
    let files = filter("**/*.nl", "file");
    let both = json!({"filters": [files, filter("**", "folder")]});
    let expected = json!({"didCreate": {"filters": [files]}, "didRename": both, "didDelete": both,
        "willRename": both});
    assert_eq!(announced, &expected);
}

#[test]
fn file_that_is_created_is_found_and_one_that_is_deleted_is_missed() {
    let mut client = Client::new("created");
    client.open("a.nl", "use \"b.nl\"; policy a = b;");
    assert!(client.findings("a.nl")[0].contains("NL014"));
    let path = client.folder.0.join("b.nl");
    let files = json!({"files": [{"uri": client.uri("b.nl")}]});
    fs::write(&path, "policy b = timeout(1);").unwrap();
    client.tell("workspace/didCreateFiles", files.clone());
    assert!(client.findings("a.nl").is_empty());
    assert_eq!(client.findings("b.nl").len(), 1);
    fs::remove_file(&path).unwrap();
    client.tell("workspace/didDeleteFiles", files);
    assert!(client.findings("a.nl")[0].contains("NL014"));
    assert!(client.findings("b.nl").is_empty());
}

#[test]
fn renamed_file_is_another_one() {
    let folder = Sandbox::new("lsp_renamed").with("b.nl", "policy b = timeout(1s);");
    let mut client = Client::within(folder);
    client.open("a.nl", "use \"c.nl\"; policy a = b;");
    assert!(client.findings("a.nl")[0].contains("NL014"));
    let path = |file| client.folder.0.join(file);
    fs::rename(path("b.nl"), path("c.nl")).unwrap();
    let [old, new] = [client.uri("b.nl"), client.uri("c.nl")];
    let renamed = json!({"files": [{"oldUri": old, "newUri": new}]});
    client.tell("workspace/didRenameFiles", renamed);
    assert!(client.findings("a.nl").is_empty());
}

const FILES: [(&str, &str); 4] = [
    ("a.nl", "use \"lib/b.nl\";\nuse \"c.nl\";\npolicy a = b + c;\n"),
    ("c.nl", "// \u{1f600}\npolicy c = timeout(3s);\n"),
    ("lib/b.nl", "use \"deep/d.nl\";\nuse \"../c.nl\";\npolicy b = d + c;\n"),
    ("lib/deep/d.nl", "policy d = timeout(9s);\n"),
];

/// The first lines of the files that are edited when files are about to move.
fn moved(client: &mut Client, moves: &[(&str, &str)]) -> String {
    let file =
        |(old, new): &(&str, &str)| json!({"oldUri": client.uri(old), "newUri": client.uri(new)});
    let files: Vec<Value> = moves.iter().map(file).collect();
    let edit = client.ask("workspace/willRenameFiles", json!({"files": files})).unwrap();
    let mut out = String::new();
    for (name, text) in FILES {
        let edits = &edit["changes"][client.uri(name)];
        if !edits.is_null() {
            let text = edited(text, edits);
            let uses = text.lines().filter(|line| line.starts_with("use"));
            out += &format!("{}: {}\n", file_of(name), uses.collect::<Vec<_>>().join(" "));
        }
    }
    out
}

#[test]
fn paths_in_uses_go_with_the_files_that_move() {
    let folder =
        FILES.into_iter().fold(Sandbox::new("lsp_moved"), |it, (name, text)| it.with(name, text));
    let mut client = Client::within(folder);
    client.open("a.nl", FILES[0].1);
    let mut moved = |moves: &[(&str, &str)]| moved(&mut client, moves);
    assert_snapshot!(moved(&[("c.nl", "e.nl")]), @r#"
    a.nl: use "lib/b.nl"; use "e.nl";
    b.nl: use "deep/d.nl"; use "../e.nl";
    "#);
    assert_snapshot!(moved(&[("c.nl", "lib/c.nl")]), @r#"
    a.nl: use "lib/b.nl"; use "lib/c.nl";
    b.nl: use "deep/d.nl"; use "c.nl";
    "#);
    assert_snapshot!(moved(&[("lib/b.nl", "b.nl")]), @r#"
    a.nl: use "b.nl"; use "c.nl";
    b.nl: use "lib/deep/d.nl"; use "c.nl";
    "#);
    assert_snapshot!(moved(&[("lib", "shared")]), @r#"a.nl: use "shared/b.nl"; use "c.nl";"#);
    assert_snapshot!(moved(&[("a.nl", "z.nl")]), @"");
    assert_snapshot!(moved(&[("lib/b.nl", "b.nl"), ("lib/deep/d.nl", "d.nl"), ("c.nl", "f.nl")]), @r#"
    a.nl: use "b.nl"; use "f.nl";
    b.nl: use "d.nl"; use "f.nl";
    "#);
}
