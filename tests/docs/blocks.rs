//! Every block of every page is of a kind that something checks.

use crate::page::{Block, Page, chapters, page, root};
use ninelives_dsl::format::declarations;
use ninelives_dsl::lint::{self, Settings};
use ninelives_dsl::load::{Front, load_bytes};
use std::fs;

/// Written as a whole by a program.
const GENERATED: &str = "docs/diagnostics.md";

/// Settings of editors stand here alone.
const EDITORS: &str = "docs/editors.md";

/// What the commands of `sh` blocks start.
const PROGRAMS: [&str; 11] = [
    "addr2line",
    "callgrind_annotate",
    "cargo",
    "cd",
    "code",
    "mkdir",
    "ninelives",
    "nl",
    "npm",
    "npx",
    "valgrind",
];

#[test]
fn every_block_is_of_a_kind_that_is_checked() {
    let mut wrong = Vec::new();
    for page in chapters().into_iter().chain(["README.md", "editors/vscode/README.md"].map(page)) {
        if page.name == GENERATED {
            continue;
        }
        for block in page.blocks() {
            let place = |problem| format!("{}:{}: {problem}", page.name, block.line);
            wrong.extend(check(&page, block).err().map(place));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(page: &Page, block: Block<'_>) -> Result<(), String> {
    let (language, marks) = block.kind.split_once(',').unwrap_or((block.kind, ""));
    match language {
        "rust" if block.body.lines().any(|line| line == "#" || line.starts_with("# ")) => {
            Err("lines that rustdoc hides are shown elsewhere: write them as a reader would"
                .to_owned())
        }
        "rust" => doc_tested(page),
        "nl" => policies(block.body, marks),
        "toml" => tables(page, block.body),
        "json" => serde_json::from_str::<serde_json::Value>(block.body)
            .map_err(|error| error.to_string())
            .and_then(|_| of_an_editor(page, "json")),
        "console" => block
            .body
            .starts_with("$ ")
            .then_some(())
            .ok_or_else(|| "a `console` block begins with `$ ` and a command".to_owned()),
        "sh" => block.body.lines().filter(|line| !line.trim().is_empty()).try_for_each(command),
        "yaml" => starts_ours(block.body),
        "lua" => of_an_editor(page, "lua"),
        "text" if block.generated => Ok(()),
        "text" => Err("a `text` block that nothing writes: use `console` or `nl`".to_owned()),
        kind => Err(format!("nothing checks blocks of the kind `{kind}`")),
    }
}

/// The settings of editors are tried by `ninelives-cli/tests/cli/documentation.rs`, on the page that it reads.
fn of_an_editor(page: &Page, kind: &str) -> Result<(), String> {
    let problem = || format!("nothing tries blocks of `{kind}` but on {EDITORS}");
    (page.name == EDITORS).then_some(()).ok_or_else(problem)
}

/// Of a manifest of Cargo, of `nl.toml` (which the same tests have the program read), or an editor's.
fn tables(page: &Page, text: &str) -> Result<(), String> {
    let tables = toml::from_str::<toml::Table>(text).map_err(|error| error.to_string())?;
    for (name, table) in &tables {
        match name.as_str() {
            "profile" | "levels" | "host" => {}
            "dependencies" | "dev-dependencies" => dependencies(table)?,
            _ => of_an_editor(page, "toml")
                .map_err(|problem| format!("there is no `{name}` in `nl.toml`; {problem}"))?,
        }
    }
    Ok(())
}

/// None of ours has a version: on the registry the name is another project's.
fn dependencies(table: &toml::Value) -> Result<(), String> {
    for (name, dependency) in table.as_table().into_iter().flatten() {
        let is_local = dependency.get("path").is_some() && dependency.get("version").is_none();
        if name.starts_with("ninelives") && !is_local {
            return Err(format!("`{name}` on the registry is not this one: say `path`"));
        }
    }
    Ok(())
}

/// A job runs the program; the page of the hooks names those that there are.
fn starts_ours(text: &str) -> Result<(), String> {
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let items: Vec<_> =
        text.lines().map(|line| line.trim_start_matches([' ', '-']).trim_end()).collect();
    for item in items.iter().filter(|item| item.starts_with("id: ")) {
        if !hooks.lines().any(|line| line.trim_start_matches("- ") == *item) {
            return Err(format!("`.pre-commit-hooks.yaml` has no `{item}`"));
        }
    }
    let is_ours = |item: &&str| item.starts_with("ninelives ") || item.starts_with("id: ");
    items
        .iter()
        .any(is_ours)
        .then_some(())
        .ok_or_else(|| "a `yaml` block runs `ninelives`".to_owned())
}

/// The page is one of those whose blocks of Rust are doc tests.
fn doc_tested(page: &Page) -> Result<(), String> {
    let facade = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let name = page.name.strip_prefix("docs/").unwrap_or(&page.name);
    let is_there =
        facade.contains(&format!("\"{name}\"")) || facade.contains(&format!("/{name}\""));
    is_there.then_some(()).ok_or_else(|| "`src/lib.rs` has no doc tests of this page".to_owned())
}

/// Has exactly the findings that the block is marked with, `nl,NL108`; without any, the layout of `nl fmt`.
fn policies(text: &str, marks: &str) -> Result<(), String> {
    let mut load = load_bytes("page.nl", text.as_bytes(), None, Front::Text);
    let warnings = lint::warnings(&load, &Settings::default());
    load.diagnostics.extend(warnings);
    let mut found: Vec<_> = load.diagnostics.iter().map(|it| it.code.code()).collect();
    found.sort_unstable();
    found.dedup();
    if found.join(",") != marks {
        return Err(format!(
            "marked with `{marks}`, found `{}`: {:#?}",
            found.join(","),
            load.diagnostics
        ));
    }
    if !marks.is_empty() {
        return Ok(());
    }
    match declarations(text, "") {
        Ok(formatted) if formatted == text => Ok(()),
        Ok(formatted) => Err(format!("`nl fmt` lays it out as\n{formatted}")),
        Err(refused) => Err(format!("{refused:?}")),
    }
}

/// Starts a program we know, and names examples and packages that are there.
fn command(line: &str) -> Result<(), String> {
    let mut words = line.split_whitespace().skip_while(|word| word.contains('='));
    let program = words.next().unwrap_or_default();
    if !PROGRAMS.contains(&program) {
        return Err(format!("`{program}` is no program that the pages use"));
    }
    let words: Vec<_> = words.collect();
    if let ["add" | "install", named @ ..] = words.as_slice()
        && program == "cargo"
        && named.iter().any(|it| it.starts_with("ninelives"))
        && !named.contains(&"--path")
    {
        return Err(format!("`{line}`: on the registry that is not this one, say `--path`"));
    }
    for pair in words.windows(2) {
        let [option, value] = pair else { continue };
        let file = match *option {
            "--example" => format!("examples/{value}.rs"),
            "--manifest-path" => (*value).to_owned(),
            "--path" => value.trim_start_matches("../ninelives").trim_start_matches('/').to_owned(),
            _ => continue,
        };
        if !root().join(&file).exists() {
            return Err(format!("`{line}`: there is no `{file}`"));
        }
    }
    Ok(())
}

#[test]
fn no_section_that_a_program_writes_is_empty() {
    for page in chapters() {
        for section in page.text.split("<!-- begin ").skip(1) {
            let (name, rest) = section.split_once(" -->").unwrap();
            let (body, _) = rest
                .split_once(&format!("<!-- end {name} -->"))
                .unwrap_or_else(|| panic!("{}: section `{name}` has no end", page.name));
            assert!(!body.trim().is_empty(), "{}: section `{name}` is empty", page.name);
        }
    }
}

#[test]
fn each_rule_about_a_block_can_fail() {
    let page = Page { name: "docs/none.md".into(), text: String::new() };
    let block = |kind, body| Block { kind, body, line: 1, generated: false };
    for (kind, body) in [
        ("rust", "fn main() {}\n"),
        ("nl", "policy a = timeuot(1s);\n"),
        ("nl", "policy a = retry(3);\n"),
        ("nl,NL108", "policy a = timeout(1s);\n"),
        ("nl", "policy a=pass;\n"),
        ("toml", "a = \n"),
        ("toml", "[dev-dependencies]\nninelives = \"0.1\"\n"),
        ("toml", "[dependencies]\nninelives = { version = \"0.1\", features = [] }\n"),
        ("toml", "[level]\nNL108 = \"deny\"\n"),
        ("json", "{\n"),
        ("json", "{}\n"),
        ("console", "nl check\n"),
        ("sh", "rm -r target\n"),
        ("sh", "cargo run --example none\n"),
        ("sh", "cargo add ninelives --features testing\n"),
        ("sh", "cargo install ninelives-cli\n"),
        ("yaml", "a: b\n"),
        ("yaml", "# ninelives\nrun: true\n"),
        ("yaml", "- id: nl-chek\n"),
        ("lua", "vim.lsp.config(\"lsp\")\n"),
        ("text", "anything\n"),
        ("", "anything\n"),
    ] {
        assert!(check(&page, block(kind, body)).is_err(), "{kind}: {body}");
    }
    let tested = Page { name: "docs/start.md".into(), text: String::new() };
    assert_eq!(check(&tested, block("rust", "fn main() {}\n")), Ok(()));
    assert!(check(&tested, block("rust", "# fn main() {\n# }\n")).is_err());
    assert_eq!(check(&page, Block { generated: true, ..block("text", "anything\n") }), Ok(()));
}
