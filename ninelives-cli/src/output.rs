//! Where things are printed: results and machine formats on stdout, findings for people and
//! problems on stderr, colours only where they are wanted.

use anstream::{AutoStream, ColorChoice};
use std::io::{self, ErrorKind, StderrLock, StdoutLock, Write};

/// Both streams of the process. A reader that has gone away is no error: the verdict is the exit
/// code, whoever listens.
pub(crate) struct Output {
    stdout: AutoStream<StdoutLock<'static>>,
    stderr: AutoStream<StderrLock<'static>>,
    coloured: bool,
}

impl Output {
    /// Locks the streams. `Auto` asks the terminal, `NO_COLOR` and `CLICOLOR_FORCE`.
    pub(crate) fn new(colour: clap::ColorChoice) -> Self {
        let choice = match colour {
            clap::ColorChoice::Auto => ColorChoice::Auto,
            clap::ColorChoice::Always => ColorChoice::Always,
            clap::ColorChoice::Never => ColorChoice::Never,
        };
        let stderr = AutoStream::new(io::stderr().lock(), choice);
        Self {
            stdout: AutoStream::new(io::stdout().lock(), choice),
            coloured: stderr.current_choice() != ColorChoice::Never,
            stderr,
        }
    }

    /// Whether a finding may carry ANSI styles.
    pub(crate) fn coloured(&self) -> bool {
        self.coloured
    }

    /// Prints what was asked for.
    pub(crate) fn result(&mut self, text: &str) -> io::Result<()> {
        deliver(self.stdout.write_all(text.as_bytes()))
    }

    /// Prints a finding for people.
    pub(crate) fn finding(&mut self, drawing: &str) -> io::Result<()> {
        deliver(self.stderr.write_all(drawing.as_bytes()))
    }

    /// Says why something could not be done.
    pub(crate) fn problem(&mut self, message: &str) -> io::Result<()> {
        let message = annotate_snippets::normalize_untrusted_str(message);
        deliver(writeln!(self.stderr, "error: {message}"))
    }

    /// Sends what is still held back.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        deliver(self.stdout.flush())
    }
}

fn deliver(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
