//! Repository tasks: `cargo xtask ci` runs what a change must pass, `cargo xtask tidy` the rules
//! about the shape of the sources, `cargo xtask codegen` writes what is made of the catalogue, `cargo
//! xtask book` builds the book, `cargo xtask first-steps` does what its first page says, `cargo xtask
//! compile-time` measures what `policy!` costs the compiler, `cargo xtask build-settings` what the release
//! profile makes of it, `cargo xtask verify` runs everything at full
//! length and writes `docs/verified.md`.

mod blocks;
mod book;
mod build_settings;
mod codegen;
mod compile_time;
mod first_steps;
mod generated;
mod links;
mod page;
mod tidy;
mod verify;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const USAGE: &str = "usage: cargo xtask ci|tidy|codegen [--check]|book|first-steps [--clone]|compile-time [--write]|\
     build-settings [--write]|verify";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next();
    if task.as_deref() == Some("nl") {
        // What the pages show of the program, `codegen` runs this way.
        return ninelives_cli::main_of(std::env::args_os().skip(1));
    }
    let arguments: Vec<_> = arguments.collect();
    let done = match task.as_deref() {
        Some("ci") => ci(),
        Some("tidy") => tidy::run(&root()),
        Some("codegen") => codegen::run(&root(), &arguments),
        Some("book") => book::build(&root()).map(|report| say(&report)),
        Some("first-steps") => first_steps::run(&root(), &arguments).map(|report| say(&report)),
        Some("compile-time") => compile_time::run(&root(), &arguments).map(|report| say(&report)),
        Some("build-settings") => {
            build_settings::run(&root(), &arguments).map(|report| say(&report))
        }
        Some("verify") => verify::run(&root(), &arguments).map(|report| say(&report)),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&problem);
            ExitCode::FAILURE
        }
    }
}

fn ci() -> Result<(), String> {
    let status = Command::new(root().join(".ci/run")).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!(".ci/run failed: {status}")),
        Err(error) => Err(format!("cannot run .ci/run: {error}")),
    }
}

/// The top of the repository.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

#[expect(clippy::print_stderr, reason = "a task talks to the person who started it")]
fn say(message: &str) {
    eprintln!("{message}");
}
