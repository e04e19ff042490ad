//! `cargo xtask book`: builds the book, `docs/` with `mdbook`, into `target/book`, and fails when `mdbook`
//! warns of anything, or a link leads to nothing. Where the program is not there it is built into
//! `target/tools`, once.

use crate::links;
use std::fs;
use std::path::Path;
use std::process::Command;

const VERSION: &str = "0.5.4";

/// Builds it, and says where it is.
pub(crate) fn build(root: &Path) -> Result<String, String> {
    let tools = root.join("target/tools");
    let program = tools.join("bin/mdbook");
    if said(Command::new(&program).arg("--version")).ok().as_deref() != Some(&wanted()) {
        install(root, &tools)?;
    }
    let report = said(Command::new(&program).arg("build").arg(root.join("docs")))?;
    let problems: Vec<_> = report
        .lines()
        .filter(|line| ["WARN", "ERROR"].iter().any(|level| line.contains(level)))
        .collect();
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }
    let links = links::settle(root, &root.join("target/book"))?;
    Ok(format!("the book: target/book/index.html; {links} links lead somewhere"))
}

fn wanted() -> String {
    format!("mdbook v{VERSION}\n")
}

/// Without its server, watcher and search, and without optimization: it builds one small book.
fn install(root: &Path, tools: &Path) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = tools.join("build");
    let installed = Command::new(cargo)
        .current_dir(root)
        .args(["install", "mdbook", "--version", VERSION, "--locked", "--debug", "--quiet"])
        .args(["--no-default-features", "--force", "--root"])
        .arg(tools)
        .arg("--target-dir")
        .arg(&built)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .status();
    match installed {
        Ok(status) if status.success() => {
            // Some hundred megabytes that nobody needs again.
            fs::remove_dir_all(&built).map_err(|error| format!("{}: {error}", built.display()))
        }
        Ok(status) => Err(format!("mdbook {VERSION} could not be installed: {status}")),
        Err(error) => Err(format!("cannot run cargo: {error}")),
    }
}

/// What a program says on both streams.
fn said(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("cannot run {program}: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    if output.status.success() { Ok(text) } else { Err(text) }
}
