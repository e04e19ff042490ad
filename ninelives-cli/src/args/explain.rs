//! What `nl explain` takes.

use super::Notation;
use clap::Args;
use std::path::PathBuf;

/// `nl explain`
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// Files, directories, `-` for stdin, and codes or names of findings
    #[arg(value_name = "FILE|DIR|-|CODE|NAME", required_unless_present = "all")]
    pub(crate) subjects: Vec<PathBuf>,
    /// Every finding there is
    #[arg(long)]
    pub(crate) all: bool,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Notation::Human)]
    pub(crate) format: Notation,
}
