//! `nl`, the command line of Nine Lives: arguments in, texts read, one verb run, findings drawn, a
//! verdict as exit code.
//!
//! ```text
//! arguments ─> args ─> Command ─┐
//! nl.toml   ─> config ──────────┼─> command::<verb> ─> output ─> exit code 0, 1, 2
//! files, directories, stdin ────┘        │
//!              (input)                   ├─> ninelives-dsl: load, lint, explain, diff, format
//!                                        └─> render::<format>: human, concise, json, sarif, github, junit
//! ```
//!
//! The program is two binaries, `nl` and `ninelives`, both of which are [`main`]. How it is used is in
//! `docs/nl.md`. The library has besides what other programs of this repository show of it: [`draw`] findings as
//! `nl check` does, [`main_of`] other arguments.

mod args;
mod command;
mod config;
mod exit;
mod input;
mod judge;
mod level;
mod lsp;
mod output;
mod render;
mod write;

use args::{Arguments, Command};
use clap::Parser;
use exit::Exit;
use ninelives_dsl::load::Load;
use output::Output;
use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    main_of(std::env::args_os())
}

/// Runs the program on other arguments, the first of which is its name: for programs that have it as
/// a part, such as `cargo xtask codegen`, which shows on the pages what it prints.
pub fn main_of(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(usage) => {
            // Help that nobody reads to the end is no failure.
            let _ = usage.print();
            let wrong = usage.use_stderr();
            return if wrong { Exit::Failed } else { Exit::Clean }.into();
        }
    };
    let mut output = Output::new(arguments.color);
    run(&arguments.command, &mut output)
        .unwrap_or_else(|error| {
            // stderr is the last resort: there is nowhere left to say that it failed too.
            let _ = output.problem(&format!("cannot write: {error}"));
            Exit::Failed
        })
        .into()
}

/// The findings of a load as `nl check` draws them, without colours.
pub fn draw(load: &Load) -> String {
    let findings = load.diagnostics.iter();
    findings.map(|finding| render::human::draw(load, finding, false)).collect()
}

fn run(command: &Command, output: &mut Output) -> io::Result<Exit> {
    let exit = match command {
        Command::Check(options) => command::check::run(options, output)?,
        Command::Fmt(options) => command::fmt::run(options, output)?,
        Command::Explain(options) => command::explain::run(options, output)?,
        Command::Diff(options) => command::diff::run(options, output)?,
        Command::Lsp(options) => lsp::run(options)?,
        Command::Completions(options) => command::completions::run(options, output)?,
        Command::Man(options) => command::man::run(options, output)?,
    };
    output.flush()?;
    Ok(exit)
}
