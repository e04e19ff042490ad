//! What the documentation tells a reader to type, or to write into a file, is done here.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a block without what is looked for fails its test"
)]

use crate::sandbox::Sandbox;
use serde_json::Value;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn command_lines_of_the_documentation_can_be_typed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let sandbox = Sandbox::new("documentation");
    let hooks = fs::read_to_string(root.join(".pre-commit-hooks.yaml")).unwrap();
    let mut blocks = vec![(".pre-commit-hooks.yaml".to_owned(), hooks)];
    for folder in ["", "docs", "docs/from", "docs/layers"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let file = entry.unwrap().path();
            if file.extension().is_some_and(|it| it == "md") {
                let text = fs::read_to_string(&file).unwrap();
                let commands = text.split("```").filter(|it| {
                    ["sh\n", "yaml\n", "console\n"].iter().any(|kind| it.starts_with(kind))
                });
                blocks.extend(commands.map(|it| (file.display().to_string(), it.to_owned())));
            }
        }
    }
    let mut lines = 0;
    for (file, block) in blocks {
        for line in block.lines().filter_map(command_line) {
            let run = sandbox.run(&format!("{line} --help"));
            assert!(run.starts_with("exit 0\n"), "{file}: {line}\n{run}");
            lines += 1;
        }
    }
    assert!(lines > 5);
}

/// What stands behind the name of the program, where a line begins with it.
fn command_line(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches(['-', '$']).trim_start();
    let line = line.strip_prefix("entry: ").unwrap_or(line);
    let arguments = line.strip_prefix("ninelives ").or_else(|| line.strip_prefix("nl "))?;
    arguments.split(['|', '>']).next().map(str::trim)
}

#[test]
fn what_the_page_of_the_program_shows_of_nl_toml_is_read() {
    let blocks = blocks("docs/nl.md", "toml");
    assert!(!blocks.is_empty());
    for block in blocks {
        let sandbox = Sandbox::new("shown_nl_toml")
            .with("nl.toml", &block)
            .with("a.nl", "policy a = timeout(1s);\n");
        let run = sandbox.run("check a.nl");
        // What it finds is another matter; of a file that it cannot read it says so, with 2.
        assert!(run.starts_with("exit 0\n") || run.starts_with("exit 1\n"), "{block}\n{run}");
    }
}

#[test]
fn each_editor_is_told_to_start_a_server_that_answers() {
    let toml: toml::Table = toml::from_str(&the_block("toml")).unwrap();
    let helix = &toml["language-server"]["ninelives"];
    let zed: Value = serde_json::from_str(&the_block("json")).unwrap();
    let zed = &zed["lsp"]["rust-analyzer"]["binary"];
    let lua = the_block("lua");
    let (_, neovim) = lua.split_once("cmd = {").unwrap();
    let (neovim, _) = neovim.split_once('}').unwrap();
    let neovim = neovim.split(',').map(|word| word.trim().trim_matches('"').to_owned());
    for (editor, words) in [
        ("helix", words(helix["command"].as_str(), &serde_json::to_value(&helix["args"]).unwrap())),
        ("zed", words(zed["path"].as_str(), &zed["arguments"])),
        ("neovim", neovim.collect()),
    ] {
        initialize(editor, &words);
    }
    // The name that Helix gives the server is the one that the language asks for.
    let language = &toml["language"][0];
    assert_eq!(language["language-servers"][0].as_str(), Some("ninelives"));
    assert_eq!(language["file-types"][0].as_str(), Some("nl"));
    assert!(lua.contains("extension = { nl = \"ninelives\" }"), "{lua}");
}

fn words(command: Option<&str>, arguments: &Value) -> Vec<String> {
    let arguments = arguments.as_array().unwrap().iter().map(|it| it.as_str().unwrap());
    command.into_iter().chain(arguments).map(str::to_owned).collect()
}

/// Starts what an editor is told to, with one request; the program is the built one.
fn initialize(editor: &str, words: &[String]) {
    let [program, arguments @ ..] = words else { panic!("{editor}: nothing to start") };
    assert_eq!(program, "ninelives", "{editor}");
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
    let sandbox =
        Sandbox::new(editor).with("stdin", format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    let output = Command::new(env!("CARGO_BIN_EXE_ninelives"))
        .args(arguments)
        .current_dir(&sandbox.0)
        .stdin(Stdio::from(File::open(sandbox.0.join("stdin")).unwrap()))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let answer = said.split_once("\r\n\r\n").map_or("", |(_, answer)| answer);
    let answer: Value =
        serde_json::from_str(answer).unwrap_or_else(|error| panic!("{editor}: {error}: {said}"));
    assert!(answer.pointer("/result/capabilities/hoverProvider").is_some(), "{editor}: {said}");
}

/// The only block of a kind on the page of the editors.
fn the_block(kind: &str) -> String {
    let blocks = blocks("docs/editors.md", kind);
    let [block] = blocks.as_slice() else { panic!("blocks of {kind}: {blocks:?}") };
    block.clone()
}

/// The blocks of a page that are of a kind.
fn blocks(page: &str, kind: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(root.join(page)).unwrap();
    let blocks = text.split("```").skip(1).step_by(2);
    blocks.filter_map(|it| it.strip_prefix(&format!("{kind}\n"))).map(str::to_owned).collect()
}
