//! `nl man`: the manual pages, made of what `--help` says.

use crate::args::{Arguments, Man};
use crate::exit::Exit;
use crate::output::Output;
use clap::CommandFactory;
use std::fs;
use std::io;
use std::path::Path;

/// Prints nl(1), or writes a page a verb into a directory.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Man, output: &mut Output) -> io::Result<Exit> {
    let Some(directory) = &options.out else {
        let mut page = Vec::new();
        // As in the directory: there is no page for `nl help`.
        let program = Arguments::command().disable_help_subcommand(true);
        clap_mangen::Man::new(program).render(&mut page)?;
        output.result(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Clean);
    };
    if let Err(error) = write(directory) {
        output.problem(&format!("cannot write into `{}`: {error}", directory.display()))?;
        return Ok(Exit::Failed);
    }
    Ok(Exit::Clean)
}

fn write(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    clap_mangen::generate_to(Arguments::command(), directory)
}
