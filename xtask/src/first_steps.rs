//! `cargo xtask first-steps`: does what `docs/start.md` says, in order, in a clone of this repository beside
//! a new crate: every `sh` block, every `console` command, every block that is a file.

use crate::blocks::{Piece, commands, file_of, pieces};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const PAGE: &str = "docs/start.md";

/// What a reader does once and for all, and what is done here instead: the program is built without
/// optimization, for this run alone.
const INSTALL: (&str, &str) = (
    "cargo install --locked --path ninelives-cli",
    "cargo install --quiet --debug --locked --path ninelives-cli --bin nl --root \"$STEPS/tools\"",
);

/// What a reader has, and what keeps it: the crates that are built already, at their versions.
const NEW: (&str, &str) =
    ("cargo new ../shop", "cargo new --quiet ../shop && cp Cargo.lock ../shop");

/// Does it all, and says how far it came.
pub(crate) fn run(root: &Path) -> Result<String, String> {
    let page = fs::read_to_string(root.join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let steps = TempDir::new().map_err(|error| error.to_string())?;
    let script = script(&page)?;
    let done = Command::new("sh")
        .args(["-c", &script])
        .current_dir(steps.path())
        .env("STEPS", steps.path())
        .env("CHECKOUT", root)
        .env("CARGO_TARGET_DIR", target(root))
        // The commands choose their own toolchain and packages, not those that started this task.
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("RUSTUP_TOOLCHAIN")
        .status()
        .map_err(|error| format!("cannot run sh: {error}"))?;
    if done.success() {
        Ok(format!("{PAGE}: every step is good"))
    } else {
        Err(format!("{PAGE}: the step above failed: {done}"))
    }
}

/// Where this program was built: what others built there need not be built again.
fn target(root: &Path) -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into)
}

/// The page as a script that ends at the first command that fails.
fn script(page: &str) -> Result<String, String> {
    let mut script = String::from(
        "set -eu\nPATH=\"$STEPS/tools/bin:$PATH\"\ngit clone --quiet \"$CHECKOUT\" ninelives\ncd ninelives\n",
    );
    for piece in pieces(page)? {
        let Piece::Block { kind, body } = piece else { continue };
        match (kind, file_of(body)) {
            ("sh", _) => body.lines().for_each(|line| step(&mut script, line)),
            ("console", _) => commands(body).for_each(|line| step(&mut script, line)),
            (_, Some(file)) => {
                script.push_str(&format!("cat > {file} <<'END OF {file}'\n{body}END OF {file}\n"));
            }
            _ => {}
        }
    }
    Ok(script)
}

/// A command, said before it runs. One that finds something (`nl check`) may end with 1.
fn step(script: &mut String, line: &str) {
    let line =
        [INSTALL, NEW].iter().fold(line.to_owned(), |line, (read, done)| line.replace(read, done));
    let found = if line.starts_with("nl check") { " || test $? -eq 1" } else { "" };
    let shown = line.replace('\'', "'\\''");
    script.push_str(&format!("echo '$ {shown}'\n{line}{found}\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_script_of_its_commands_and_files() {
        let page = "```sh\ncargo new ../shop\n```\n```nl\n// a.nl\npolicy a = pass;\n```\n```console\n$ nl check a.nl\nfine\n```\n";
        let script = script(page).unwrap();
        let end = "cat > a.nl <<'END OF a.nl'\n// a.nl\npolicy a = pass;\nEND OF a.nl\necho '$ nl check a.nl'\nnl check a.nl || test $? -eq 1\n";
        assert!(script.ends_with(end), "{script}");
        assert!(script.contains("&& cp Cargo.lock ../shop\n"), "{script}");
    }
}
