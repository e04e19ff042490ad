//! `nl completions`: the script with which a shell completes the command line.

use crate::args::{Arguments, Completions};
use crate::exit::Exit;
use crate::output::Output;
use clap::CommandFactory;
use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// Prints the script of a shell, for the name under which the program was called.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Completions, output: &mut Output) -> io::Result<Exit> {
    let called = env::args_os().next();
    let called = called.as_deref().and_then(|path| Path::new(path).file_stem());
    let name = if called == Some(OsStr::new("ninelives")) { "ninelives" } else { "nl" };
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), name, &mut script);
    output.result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
