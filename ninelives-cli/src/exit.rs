//! How a run ends.

use std::process::ExitCode;

/// The exit codes of every verb. The later variant wins when both hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Nothing to report, or warnings only.
    #[default]
    Clean = 0,
    /// Errors were found.
    Findings = 1,
    /// It could not be done: wrong use, or a file that cannot be read.
    Failed = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
