//! The command line as data: what can be typed, and what `--help` says about it.

mod check;
mod diff;
mod explain;
mod fmt;
mod lsp;

pub(crate) use check::{Check, DeniedFinding, Format, Levels, Project};
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
pub(crate) use diff::{Denied, Diff};
pub(crate) use explain::Explain;
pub(crate) use fmt::Fmt;
pub(crate) use lsp::Lsp;
use std::path::PathBuf;

/// Checks and explains Nine Lives policy files
#[derive(Debug, Parser)]
#[command(
    name = "nl",
    version,
    after_help = "\
Exit codes: 0 nothing to report, 1 errors found, 2 it could not be done: wrong use, an unreadable
file, a broken nl.toml.
The same program is installed as `ninelives`, for systems where `nl` is coreutils' line numberer."
)]
pub(crate) struct Arguments {
    /// Use colours; `auto` asks the terminal and NO_COLOR
    #[arg(long, global = true, value_name = "auto|always|never")]
    #[arg(default_value = "auto", hide_possible_values = true)]
    pub(crate) color: ColorChoice,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find what is wrong in policy files
    #[command(after_help = check::HELP)]
    Check(Check),
    /// Lay out policy files, and the bodies of `policy!` in Rust files
    #[command(after_help = fmt::HELP)]
    Fmt(Fmt),
    /// Print what policies do, every default written out; or what a finding means
    #[command(after_help = "\
Example: nl explain api.nl
         nl explain NL002
         nl explain --all --format json")]
    Explain(Explain),
    /// Print what a change means: policies, bounds, and the state that a reload keeps
    #[command(after_help = "\
Example: nl diff old.nl new.nl
         git show HEAD:api.nl | nl diff - api.nl --deny worse,lost-state

A difference by itself exits with 0, as errors in one of the texts exit with 1: `--deny` says what else does.")]
    Diff(Diff),
    /// Answer an editor: the language server, over stdin and stdout
    #[command(after_help = lsp::HELP)]
    Lsp(Lsp),
    /// Print the script with which a shell completes this command line
    #[command(after_help = "Example: nl completions fish > ~/.config/fish/completions/nl.fish")]
    Completions(Completions),
    /// Print the manual page, or write the pages of all verbs
    #[command(after_help = "Example: nl man --out ~/.local/share/man/man1")]
    Man(Man),
}

/// How what was asked for is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Notation {
    /// For people
    Human,
    /// One JSON object
    Json,
}

/// `nl completions`
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}

/// `nl man`
#[derive(Args, Debug)]
pub(crate) struct Man {
    /// Write nl.1, nl-check.1 and so on into this directory
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
