//! What `nl diff` takes.

use super::Notation;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `nl diff`
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// The old text: a file, or `-` for stdin
    #[arg(value_name = "OLD|-")]
    pub(crate) old: PathBuf,
    /// The new text: a file, or `-` for stdin
    #[arg(value_name = "NEW|-")]
    pub(crate) new: PathBuf,
    /// How the difference is printed
    #[arg(long, value_enum, default_value_t = Notation::Human)]
    pub(crate) format: Notation,
    /// Exit with 1 when there is such a change; several are separated by commas
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) deny: Vec<Denied>,
}

/// A change that a project may not want.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Denied {
    /// Anything but the text alone
    Changes,
    /// A bound that got worse
    Worse,
    /// State that is lost: it starts afresh, or its layer is gone
    LostState,
}
