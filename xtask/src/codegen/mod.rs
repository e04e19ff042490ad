//! `cargo xtask codegen`: the files, and the parts of pages, that are written from what they describe.
//! `--check` writes nothing and fails with the names of those that are out of date; a test runs it.
//!
//! | written | from |
//! |---|---|
//! | `docs/diagnostics.md`, `corpus/warnings/` | the pages of the codes ([`findings`]) |
//! | sections of pages: `<!-- begin parameters retry -->` | the catalogue ([`sections`]) |
//! | what `console` blocks of pages show | runs of the commands in them ([`console`]) |
//! | `docs/diagrams/` | the breaker's machine, a run of the flagship ([`diagrams`]) |
//! | `editors/vscode/syntaxes/` | the words of the catalogue ([`textmate`]) |

mod console;
mod diagrams;
mod findings;
mod sections;
mod textmate;

use ignore::WalkBuilder;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

const USAGE: &str = "usage: cargo xtask codegen [--check]";

/// Folders that hold nothing else.
const OWNED: [&str; 3] = [findings::CORPUS, diagrams::FOLDER, textmate::FOLDER];

/// Files by their path below the repository.
type Files = BTreeMap<PathBuf, String>;

/// Writes what is out of date, or with `--check` names it.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<(), String> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err(USAGE.to_owned()),
    };
    let made = made(root)?;
    let mut stale: Vec<String> = OWNED
        .iter()
        .flat_map(|folder| strangers(root, folder, &made))
        .map(|file| format!("{}: nothing makes this file", file.display()))
        .collect();
    for (file, text) in &made {
        let path = root.join(file);
        if fs::read_to_string(&path).is_ok_and(|written| written == *text) {
            continue;
        }
        if check {
            stale.push(format!("{}: out of date, run `cargo xtask codegen`", file.display()));
        } else {
            write(&path, text)?;
        }
    }
    if stale.is_empty() { Ok(()) } else { Err(stale.join("\n")) }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Everything, as it has to be.
fn made(root: &Path) -> Result<Files, String> {
    let mut made = findings::files(root);
    made.extend(diagrams::files(root)?);
    made.extend(textmate::files()?);
    let mut pages = pages(root)?;
    pages.retain(|file, _| !made.contains_key(file));
    for (file, text) in pages {
        let named = |problem| format!("{}: {problem}", file.display());
        let text = sections::filled(&text).map_err(named)?;
        let text = console::filled(&text).map_err(named)?;
        made.insert(file, text);
    }
    Ok(made)
}

/// The pages that people write.
fn pages(root: &Path) -> Result<Files, String> {
    let mut pages = Files::new();
    let mut walk = WalkBuilder::new(root.join("docs"));
    walk.add(root.join("README.md"));
    for entry in walk.require_git(false).build() {
        let path = entry.map_err(|error| error.to_string())?.into_path();
        if path.extension() == Some(OsStr::new("md")) {
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            pages.insert(path.strip_prefix(root).unwrap_or(&path).to_owned(), text);
        }
    }
    Ok(pages)
}

/// Files in a folder of ours that are not made any more.
fn strangers(root: &Path, folder: &str, made: &Files) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    let mut strangers: Vec<_> = entries
        .map(|entry| Path::new(folder).join(entry.file_name()))
        .filter(|file| !made.contains_key(file))
        .collect();
    strangers.sort();
    strangers
}
