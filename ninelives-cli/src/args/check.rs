//! What `nl check` takes.

use crate::level;
use clap::{Args, ValueEnum};
use ninelives_dsl::codes::Code;
use ninelives_dsl::lint::Level;
use std::path::PathBuf;

pub(super) const HELP: &str = "\
Examples: nl check policies/ --deny warnings
          nl check --format sarif --output-file nl.sarif
          nl check --fix api.nl

Exit codes: 0 nothing found or warnings only, 1 errors found, 2 it could not be done: wrong use, an
unreadable file, a broken nl.toml.";

/// `nl check`
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Files, directories (searched for `*.nl`, ignore files respected), or `-` for stdin
    #[arg(value_name = "FILE|DIR|-", default_value = ".")]
    pub(crate) inputs: Vec<PathBuf>,
    /// How findings are printed: people read stderr, machines stdout
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Print into a file what would be printed
    #[arg(long, value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    /// Write the certain fixes into the files
    #[arg(long)]
    pub(crate) fix: bool,
    #[command(flatten)]
    pub(crate) levels: Levels,
    #[command(flatten)]
    pub(crate) project: Project,
}

/// What becomes of findings. Of several flags on one finding the strictest holds.
#[derive(Args, Debug)]
pub(crate) struct Levels {
    /// Leave a warning out; by name or code, repeatable
    #[arg(long, value_name = "NAME", value_parser = |name: &str| level::finding(name, Level::Allow))]
    pub(crate) allow: Vec<Code>,
    /// Say a warning, and no more; by name or code, repeatable
    #[arg(long, value_name = "NAME", value_parser = |name: &str| level::finding(name, Level::Warn))]
    pub(crate) warn: Vec<Code>,
    /// Make a warning an error, or all that are said; by name or code, repeatable
    #[arg(long, value_name = "NAME|warnings", value_parser = DeniedFinding::parse)]
    pub(crate) deny: Vec<DeniedFinding>,
}

/// What `--deny` takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DeniedFinding {
    /// Whatever is a warning when everything else is said.
    Warnings,
    /// This finding.
    Finding(Code),
}

impl DeniedFinding {
    fn parse(name: &str) -> Result<Self, String> {
        if name == "warnings" {
            return Ok(Self::Warnings);
        }
        level::finding(name, Level::Deny).map(Self::Finding)
    }
}

/// Where a project says what it wants.
#[derive(Args, Debug)]
pub(crate) struct Project {
    /// Use this file instead of the nearest `nl.toml` in the current directory or above
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// Use no `nl.toml`
    #[arg(long)]
    pub(crate) no_config: bool,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Source snippets
    Human,
    /// One line a finding
    Concise,
    /// One JSON object
    Json,
    /// A SARIF 2.1.0 log
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// A JUnit report
    Junit,
}
