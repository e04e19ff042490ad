//! The command line as data: what can be typed, and what `--help` says about it.

mod diff;
mod explain;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
pub(crate) use diff::{Denied, Diff};
pub(crate) use explain::Explain;
use std::path::PathBuf;

/// Checks and explains Nine Lives policy files
#[derive(Debug, Parser)]
#[command(
    name = "nl",
    version,
    after_help = "\
Exit codes: 0 nothing to report, 1 errors found, 2 wrong use or unreadable file.
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
    #[command(after_help = "Example: nl check policies/ --deny warnings")]
    Check(Check),
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
}

/// `nl check`
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Files, directories (searched for `*.nl`, ignore files respected), or `-` for stdin
    #[arg(value_name = "FILE|DIR|-", default_value = ".")]
    pub(crate) inputs: Vec<PathBuf>,
    /// How findings are printed: people read stderr, machines stdout
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Exit with 1 on warnings too
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
}

/// How what was asked for is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Notation {
    /// For people
    Human,
    /// One JSON object
    Json,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Source snippets
    Human,
    /// One JSON object
    Json,
    /// Annotations of GitHub Actions
    Github,
}

/// What `--deny` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Every finding that is not an error already
    Warnings,
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
