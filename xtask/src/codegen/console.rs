//! `console` blocks of pages: the lines behind `$` are commands, what stands below them is what they
//! print. Takes a page, gives it with the blocks as they come out now.
//!
//! All commands of a page run in one directory, from the first to the last. In it is each block of the
//! page above that says what file it is.

use crate::blocks::{Piece, commands, file_of, pieces};
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// How the repository runs the program without installing it; run as `nl` here.
const FROM_SOURCE: &str = "cargo run -q -p ninelives-cli --";

/// The page with every `console` block run anew.
pub(super) fn filled(page: &str) -> Result<String, String> {
    if !page.contains("```console\n") {
        return Ok(page.to_owned());
    }
    let directory = TempDir::new().map_err(|error| error.to_string())?;
    let mut filled = String::new();
    for piece in pieces(page)? {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Block { kind: "console", body } => {
                let session = session(body, directory.path())?;
                filled.push_str(&format!("```console\n{session}```"));
            }
            Piece::Block { kind, body } => {
                keep(body, directory.path()).map_err(|error| error.to_string())?;
                filled.push_str(&format!("```{kind}\n{body}```"));
            }
        }
    }
    Ok(filled)
}

/// Writes the file that a block is, if it says so.
fn keep(body: &str, directory: &Path) -> io::Result<()> {
    let Some(name) = file_of(body) else { return Ok(()) };
    let path = directory.join(name);
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, body)
}

fn session(body: &str, directory: &Path) -> Result<String, String> {
    let mut session = String::new();
    for command in commands(body) {
        let printed = run(command, directory).map_err(|error| format!("`{command}`: {error}"))?;
        session.push_str(&format!("$ {command}\n"));
        session.extend(printed.lines().flat_map(|line| [line.trim_end(), "\n"]));
    }
    Ok(session)
}

/// What a command prints, on both streams in their order; `nl` and `ninelives` are this program.
fn run(command: &str, directory: &Path) -> io::Result<String> {
    let command = command.replace(FROM_SOURCE, "nl");
    let script = format!(
        "exec 2>&1\nnl() {{ \"$XTASK\" nl \"$@\"; }}\nninelives() {{ nl \"$@\"; }}\n{command}"
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(directory)
        .env("XTASK", std::env::current_exe()?)
        .env("NO_COLOR", "1")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null())
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_prints_takes_the_place_of_what_stood_there() {
        let page = "```toml\n# nl.toml\n[levels]\n```\n\n```console\n$ cat nl.toml\nold\n$ echo two; echo one >&2\n```\nend\n";
        let filled = filled(page).unwrap();
        let session = "```console\n$ cat nl.toml\n# nl.toml\n[levels]\n$ echo two; echo one >&2\ntwo\none\n```\nend\n";
        assert!(filled.ends_with(session), "{filled}");
        assert_eq!(super::filled(&filled).unwrap(), filled, "a second time changes nothing");
    }
}
