//! What `nl lsp` takes.

use super::{Levels, Project};
use clap::Args;

pub(super) const HELP: &str = "\
Example: nl lsp --deny warnings

Editors start it; docs/editors.md has the settings of Helix, Neovim, VS Code and Zed. Findings are
those of `nl check` with the same flags, in the folder that the editor has open.";

/// `nl lsp`
#[derive(Args, Debug)]
pub(crate) struct Lsp {
    /// Speak over stdin and stdout, as it does anyway: some editors say so
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
    #[command(flatten)]
    pub(crate) levels: Levels,
    #[command(flatten)]
    pub(crate) project: Project,
}
