//! `cargo xtask first-steps`: does what `docs/start.md` says, in order: every `sh` block, every `console`
//! command, every block that is a file. The clone that the page begins in is this checkout, and what its
//! tests have built is not built again; with `--clone` it is a new one, everything is built, and `nl` is
//! installed.

use crate::blocks::{Piece, commands, file_of, pieces};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const USAGE: &str = "usage: cargo xtask first-steps [--clone]";
const PAGE: &str = "docs/start.md";

/// What a reader types, and what is done instead: paths that may lie elsewhere, the versions of crates
/// that are there already.
const INSTEAD: [(&str, &str); 3] = [
    ("cargo new ../shop", "cargo new --quiet ../shop && cp Cargo.lock ../shop"),
    ("../shop", "\"$STEPS/shop\""),
    ("../ninelives", "\"$CLONE\""),
];

/// The same in this checkout: programs that its tests have built.
const IN_CHECKOUT: [(&str, &str); 2] = [
    (
        "cargo run --example quickstart",
        "if test -x \"$BUILT/examples/quickstart\"; then \"$BUILT/examples/quickstart\"; else cargo run --example quickstart; fi",
    ),
    (
        "cargo install --locked --path ninelives-cli",
        "test -e \"$BUILT/nl\" || cargo build --quiet --package ninelives-cli; ln -s \"$BUILT/nl\" \"$STEPS/bin\"",
    ),
];

/// The same in a new clone: for this run alone, and without the minutes that optimization takes.
const IN_CLONE: [(&str, &str); 1] = [(
    "cargo install --locked --path ninelives-cli",
    "cargo install --locked --debug --path ninelives-cli --root \"$STEPS\"",
)];

/// Does it all, and says how far it came.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<String, String> {
    let fresh = match arguments {
        [] => false,
        [flag] if flag == "--clone" => true,
        _ => return Err(USAGE.to_owned()),
    };
    let page = fs::read_to_string(root.join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let steps = TempDir::new().map_err(|error| error.to_string())?;
    let clone = if fresh { steps.path().join("ninelives") } else { root.to_owned() };
    let target = if fresh { steps.path().join("target") } else { target(root) };
    let done = Command::new("sh")
        .args(["-c", &script(&page, fresh)?])
        .current_dir(steps.path())
        .env("STEPS", steps.path())
        .env("CHECKOUT", root)
        .env("CLONE", clone)
        .env("BUILT", target.join("debug"))
        .env("CARGO_TARGET_DIR", target)
        // The commands are of a reader's shell, not of the one that started this task.
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

/// Where this program was built.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// The page as a script that ends at the first command that fails.
fn script(page: &str, fresh: bool) -> Result<String, String> {
    let mut script = String::from("set -eu\nmkdir bin .cargo\nPATH=\"$STEPS/bin:$PATH\"\n");
    if fresh {
        script.push_str("git clone --quiet \"$CHECKOUT\" \"$CLONE\"\n");
    }
    // With the levels of optimization that the crates of the clone are built with.
    script.push_str(
        "sed -n '/^\\[profile.dev/,$p' \"$CLONE/Cargo.toml\" > .cargo/config.toml\ncd \"$CLONE\"\n",
    );
    for piece in pieces(page)? {
        let Piece::Block { kind, body } = piece else { continue };
        match (kind, file_of(body)) {
            ("sh", _) => body.lines().for_each(|line| step(&mut script, line, fresh)),
            ("console", _) => commands(body).for_each(|line| step(&mut script, line, fresh)),
            (_, Some(file)) => {
                script.push_str(&format!("cat > {file} <<'END OF {file}'\n{body}END OF {file}\n"));
            }
            _ => {}
        }
    }
    Ok(script)
}

/// A command, said before it runs. What writes into a pipe must end well, too.
fn step(script: &mut String, line: &str, fresh: bool) {
    let shown = line.replace('\'', "'\\''");
    script.push_str(&format!("echo '$ {shown}'\n"));
    let elsewhere = if fresh { &IN_CLONE[..] } else { &IN_CHECKOUT };
    let line = INSTEAD
        .iter()
        .chain(elsewhere)
        .fold(line.to_owned(), |line, (read, done)| line.replace(read, done));
    let line = match line.split_once(" | ") {
        Some((writer, reader)) => {
            format!("{writer} > \"$STEPS/said\"\n{reader} < \"$STEPS/said\"")
        }
        None => line,
    };
    script.push_str(&line);
    // It may find something, and then ends with 1; once that is mended, there must be nothing left.
    if let Some(files) = line.strip_prefix("nl check --fix ") {
        script.push_str(&format!("\nnl check --deny warnings {files} > /dev/null"));
    } else if line.starts_with("nl check") {
        script.push_str(" || test $? -eq 1");
    }
    script.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_script_of_its_commands_and_files() {
        let page = "```sh\ncargo new ../shop\n```\n```nl\n// a.nl\npolicy a = pass;\n```\n```console\n$ nl check a.nl\nfine\n```\n";
        let script = script(page, true).unwrap();
        let end = "cat > a.nl <<'END OF a.nl'\n// a.nl\npolicy a = pass;\nEND OF a.nl\necho '$ nl check a.nl'\nnl check a.nl || test $? -eq 1\n";
        assert!(script.ends_with(end), "{script}");
        assert!(script.contains("git clone --quiet"), "{script}");
        let new = "cargo new --quiet \"$STEPS/shop\" && cp Cargo.lock \"$STEPS/shop\"\n";
        assert!(script.contains(new), "{script}");
    }

    #[test]
    fn a_mended_file_is_checked_again_and_a_pipe_hides_no_failure() {
        let page = "```console\n$ nl check --fix a.nl\n$ nl explain a.nl | head -6\n```\n";
        let script = script(page, false).unwrap();
        let fix = "\nnl check --fix a.nl\nnl check --deny warnings a.nl > /dev/null\n";
        assert!(script.contains(fix), "{script}");
        let pipe = "\nnl explain a.nl > \"$STEPS/said\"\nhead -6 < \"$STEPS/said\"\n";
        assert!(script.ends_with(pipe), "{script}");
    }

    #[test]
    fn only_a_clone_has_its_programs_built() {
        let page = "```sh\ncargo run --example quickstart\ncargo install --locked --path ninelives-cli\n```\n";
        let clone = script(page, true).unwrap();
        assert!(clone.contains("'\ncargo run --example quickstart\n"), "{clone}");
        assert!(clone.contains("\ncargo install --locked --debug --path ninelives-cli"), "{clone}");
        let checkout = script(page, false).unwrap();
        assert!(checkout.contains("ln -s \"$BUILT/nl\""), "{checkout}");
    }
}
