//! `nl fmt`.

use clap::Args;
use std::path::PathBuf;

/// What stands below the options.
pub(crate) const HELP: &str = "\
Example: nl fmt policies/ src/
         nl fmt --check --diff .
         nl fmt - --stdin-filename src/client.rs < src/client.rs

Prints the names of the files it changes. Lines have up to 100 columns; what does not fit is broken at
its weakest operator, which leads the next line; arguments that do not fit stand one a line. Values
keep their units, groups stay, `+` and `&` side by side get the parentheses that tell them apart. Each
comment stays where it is read. A text is written only after it was parsed again and found to say the
same.

In `.rs` files the bodies of `policy!` are laid out, except those of `policy!(…)` and `policy![…]` that
are Rust expressions too: rustfmt owns them. A body that is not the language is left to rustc.

Exit codes: 0 done, or nothing to do; 1 with --check or --diff: a file would change, or a file has
syntax errors and is left as it is; 2 a file cannot be read or written.";

/// `nl fmt`
#[derive(Args, Debug)]
pub(crate) struct Fmt {
    /// Files, directories (searched for `*.nl` and `*.rs`, ignore files respected), or `-` for stdin,
    /// whose text goes to stdout
    #[arg(value_name = "FILE|DIR|-", default_value = ".")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Write nothing; print the names of the files that would change
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; print the changes as a unified diff
    #[arg(long)]
    pub(crate) diff: bool,
    /// What stdin is called in messages; it is Rust when this ends in `.rs`
    #[arg(long, value_name = "NAME")]
    pub(crate) stdin_filename: Option<PathBuf>,
}
