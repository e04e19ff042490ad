//! Where things are printed: results and machine formats on stdout, findings for people and
//! problems on stderr, colours only where they are wanted; or all but problems into a file.

use anstream::{AutoStream, ColorChoice};
use std::fs;
use std::io::{self, ErrorKind, StderrLock, StdoutLock, Write};
use std::path::{Path, PathBuf};

/// Both streams of the process. A reader that has gone away is no error: the verdict is the exit
/// code, whoever listens.
pub(crate) struct Output {
    stdout: AutoStream<StdoutLock<'static>>,
    stderr: AutoStream<StderrLock<'static>>,
    coloured: bool,
    file: Option<ReportFile>,
}

/// What is printed into a file instead; it is written at the end, at once.
struct ReportFile {
    path: PathBuf,
    text: String,
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
            file: None,
        }
    }

    /// From now on results and findings go into a file.
    pub(crate) fn redirect(&mut self, path: &Path) {
        self.file = Some(ReportFile { path: path.to_owned(), text: String::new() });
    }

    /// Whether a finding may carry ANSI styles.
    pub(crate) fn coloured(&self) -> bool {
        self.coloured && self.file.is_none()
    }

    /// Prints what was asked for.
    pub(crate) fn result(&mut self, text: &str) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.text.push_str(text);
            return Ok(());
        }
        deliver(self.stdout.write_all(text.as_bytes()))
    }

    /// Prints a text of the user byte for byte: a comment may hold what looks like a style.
    pub(crate) fn exact(&mut self, text: &str) -> io::Result<()> {
        deliver(io::stdout().lock().write_all(text.as_bytes()))
    }

    /// Prints a finding for people.
    pub(crate) fn finding(&mut self, drawing: &str) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.text.push_str(drawing);
            return Ok(());
        }
        deliver(self.stderr.write_all(drawing.as_bytes()))
    }

    /// Says what was done beside the result.
    pub(crate) fn note(&mut self, message: &str) -> io::Result<()> {
        let message = annotate_snippets::normalize_untrusted_str(message);
        deliver(writeln!(self.stderr, "{message}"))
    }

    /// Says why something could not be done.
    pub(crate) fn problem(&mut self, message: &str) -> io::Result<()> {
        self.note(&format!("error: {message}"))
    }

    /// Sends what is still held back.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if let Some(ReportFile { path, text }) = self.file.take() {
            fs::write(&path, text).map_err(|error| {
                io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
            })?;
        }
        deliver(self.stdout.flush())
    }
}

fn deliver(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
