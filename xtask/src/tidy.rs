//! Rules about the shape of the sources that no compiler checks.

use ignore::{DirEntry, WalkBuilder};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A longer file holds more than one idea.
const FILE_LINES: usize = 600;

/// `lib.rs` and `mod.rs` tell the story and list the parts; the parts are elsewhere.
const INDEX_LINES: usize = 250;

/// Files that may be longer, because they are one table.
const TABLES: [&str; 1] = ["ninelives-dsl/src/catalogue.rs"];

/// Dependencies point one way: what a package must not depend on, however indirectly.
const FORBIDDEN: [(&str, &[&str]); 4] = [
    ("ninelives-dsl", &["tokio", "tower-service", "tower-layer"]),
    ("ninelives-macros", &["tokio", "tower-service", "tower-layer"]),
    ("ninelives-runtime", &["ninelives-macros"]),
    ("ninelives-cli", &["tokio", "tower-service", "tower-layer"]),
];

/// Says how many crates a user of the defaults compiles, by the edges that `cargo tree` follows.
const BUILD_PAGE: &str = "docs/build.md";
const EDGES: [&str; 2] = ["normal,no-proc-macro", "normal,build"];

/// Names every lock, by its file in the running half.
const LOCKS_PAGE: &str = "docs/locks.md";
const LOCKS_IN: &str = "ninelives-runtime/src";

/// Fails with every breach.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let mut breaches = Vec::new();
    let locks = fs::read_to_string(root.join(LOCKS_PAGE)).map_err(|error| error.to_string())?;
    let mut walk = WalkBuilder::new(root);
    for entry in walk.require_git(false).sort_by_file_name(OsStr::cmp).build() {
        let entry = entry.map_err(|error| error.to_string())?;
        if is_rust(&entry) {
            let text = fs::read_to_string(entry.path()).map_err(|error| error.to_string())?;
            let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
            breaches.extend(in_source(path, &text));
            breaches.extend(unnamed_lock(path, &text, &locks));
        }
    }
    for (package, forbidden) in FORBIDDEN {
        let tree = tree(root, package, &["--edges", "normal"])?;
        breaches.extend(in_tree(package, forbidden, &tree));
    }
    let page = fs::read_to_string(root.join(BUILD_PAGE)).map_err(|error| error.to_string())?;
    for edges in EDGES {
        // The same on every machine.
        let target = ["--target", "x86_64-unknown-linux-gnu", "--no-dedupe", "--edges", edges];
        breaches.extend(on_page(&page, edges, others(&tree(root, "ninelives", &target)?)));
    }
    if breaches.is_empty() { Ok(()) } else { Err(breaches.join("\n")) }
}

fn is_rust(entry: &DirEntry) -> bool {
    entry.path().extension() == Some(OsStr::new("rs"))
}

fn in_source(path: &Path, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut breach = |what: String| breaches.push(format!("{}: {what}", path.display()));

    let lines = text.lines().count();
    if lines > FILE_LINES && !TABLES.iter().any(|table| path == Path::new(table)) {
        breach(format!("{lines} lines, at most {FILE_LINES}"));
    }
    if path.components().any(|part| part.as_os_str() == "src") {
        let code = text.lines().filter(|line| is_code(line)).count();
        if (path.ends_with("lib.rs") || path.ends_with("mod.rs")) && code > INDEX_LINES {
            breach(format!("{code} lines of code in an index, at most {INDEX_LINES}"));
        }
        if !path.ends_with("tests.rs") && !text.starts_with("//!") {
            breach("no `//!` header says what the file is for".to_owned());
        }
    }
    if text.lines().any(|line| line.trim_start().starts_with("#[ignore")) {
        breach("an ignored test".to_owned());
    }
    breaches
}

/// A lock that the page does not name. Models and tests may have their own.
fn unnamed_lock(path: &Path, text: &str, page: &str) -> Option<String> {
    let file = path.strip_prefix(LOCKS_IN).ok()?;
    if file.components().any(|part| TESTS.iter().any(|tests| part.as_os_str() == *tests)) {
        return None;
    }
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    let has = |lock: &str| code.lines().any(|line| is_code(line) && declares(line, lock));
    let row = format!("| `{}` |", file.display());
    ((has("Mutex<") || has("RwLock<")) && !page.contains(&row))
        .then(|| format!("{}: a lock that {LOCKS_PAGE} does not name", path.display()))
}

const TESTS: [&str; 3] = ["tests.rs", "models.rs", "histories.rs"];

/// A type that is the lock, and not the guard of one.
fn declares(line: &str, lock: &str) -> bool {
    line.match_indices(lock).any(|(at, _)| {
        line.get(..at)
            .and_then(|before| before.chars().next_back())
            .is_none_or(|it| !it.is_alphanumeric())
    })
}

fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with("//")
}

/// What a package is built from, one `name vX.Y.Z` a line.
fn tree(root: &Path, package: &str, arguments: &[&str]) -> Result<String, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root)
        .args(["tree", "--prefix", "none", "--package", package])
        .args(arguments)
        .output()
        .map_err(|error| format!("cannot run cargo tree: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn in_tree(package: &str, forbidden: &[&str], tree: &str) -> Vec<String> {
    forbidden
        .iter()
        .filter(|name| tree.lines().any(|line| line.split(' ').next() == Some(name)))
        .map(|name| format!("{package} depends on {name}"))
        .collect()
}

/// How many of the crates in a tree are not ours.
fn others(tree: &str) -> usize {
    let crates: BTreeSet<_> = tree.lines().filter(|line| !line.starts_with("ninelives")).collect();
    crates.len()
}

fn on_page(page: &str, edges: &str, crates: usize) -> Option<String> {
    let row = format!("| `{edges}` | {crates} |");
    (!page.contains(&row)).then(|| format!("{BUILD_PAGE}: no row `{row}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        run(&crate::root()).unwrap();
    }

    #[test]
    fn each_rule_about_a_file_can_fail() {
        let check = |path: &str, text: &str| in_source(Path::new(path), text);
        let long = "//! x\n".repeat(FILE_LINES + 1);
        assert_eq!(check("a/src/b.rs", &long), ["a/src/b.rs: 601 lines, at most 600"]);
        assert!(check(TABLES[0], &long).is_empty());
        let full = format!("//! x\n{}", "x\n".repeat(INDEX_LINES + 1));
        assert_eq!(
            check("a/src/b/mod.rs", &full),
            ["a/src/b/mod.rs: 251 lines of code in an index, at most 250"]
        );
        assert!(check("a/src/b.rs", &full).is_empty());
        assert_eq!(
            check("a/src/b.rs", "fn b() {}\n    #[ignore]\n"),
            [
                "a/src/b.rs: no `//!` header says what the file is for",
                "a/src/b.rs: an ignored test"
            ]
        );
        assert!(check("a/src/b/tests.rs", "use super::*;\n").is_empty());
    }

    #[test]
    fn a_lock_without_a_reason_is_found() {
        let page = "| file | guards |\n| `a/b.rs` | the books |\n";
        let check = |path: &str, text: &str| unnamed_lock(Path::new(path), text, page);
        let lock = "//! x\nstruct S {\n    books: Mutex<Books>,\n}\n";
        assert_eq!(check("ninelives-runtime/src/a/b.rs", lock), None);
        assert_eq!(
            check("ninelives-runtime/src/a/c.rs", lock).unwrap(),
            "ninelives-runtime/src/a/c.rs: a lock that docs/locks.md does not name"
        );
        assert!(
            check("ninelives-runtime/src/a/c.rs", "static S: std::sync::RwLock<u8>;").is_some()
        );
        assert_eq!(check("ninelives-runtime/src/a/c.rs", "fn f() -> MutexGuard<'_, Books>;"), None);
        assert_eq!(check("ninelives-runtime/src/a/c.rs", "// a Mutex<Books> would do\n"), None);
        assert_eq!(check("ninelives-runtime/src/a/models.rs", lock), None);
        assert_eq!(check("ninelives-cli/src/c.rs", lock), None);
    }

    #[test]
    fn a_forbidden_dependency_is_found_wherever_it_is() {
        let tree = "a v0.1.0 (/a)\nb v1.0.0\ntokio v1.0.0 (*)\n";
        assert_eq!(in_tree("a", &["tokio", "toki"], tree), ["a depends on tokio"]);
    }

    #[test]
    fn a_crate_more_is_a_row_that_the_page_lacks() {
        let tree =
            "ninelives v0.1.0 (/n)\na v1.0.0\nb v2.0.0\na v1.0.0\nninelives-dsl v0.1.0 (/d)\n";
        let page = "| edges |\n| `normal` | 2 | all |\n";
        assert_eq!(on_page(page, "normal", others(tree)), None);
        let grown = format!("{tree}c v1.0.0\n");
        assert_eq!(
            on_page(page, "normal", others(&grown)).unwrap(),
            "docs/build.md: no row `| `normal` | 3 |`"
        );
    }
}
