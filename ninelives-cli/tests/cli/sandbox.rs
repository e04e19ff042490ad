//! A directory, the program run in it, and a transcript of the run.
#![expect(clippy::unwrap_used, reason = "a test whose files cannot be set up has failed")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A directory of its own for one test.
pub(crate) struct Sandbox(pub(crate) PathBuf);

impl Sandbox {
    /// An empty directory; `name` is the test's.
    pub(crate) fn new(name: &str) -> Self {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        Self(directory)
    }

    /// Writes a file, and the directories it is in.
    pub(crate) fn with(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// What a file holds.
    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }

    pub(crate) fn nl<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nl"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program on `arguments`, separated by spaces.
    pub(crate) fn run(&self, arguments: &str) -> String {
        transcript(&mut self.nl(arguments.split_whitespace()))
    }

    /// The same with `stdin`.
    pub(crate) fn pipe(&self, stdin: impl AsRef<[u8]>, arguments: &str) -> String {
        let path = self.0.join("stdin");
        fs::write(&path, stdin).unwrap();
        let stdin = File::open(&path).unwrap();
        transcript(self.nl(arguments.split_whitespace()).stdin(stdin))
    }
}

/// What a run printed and how it ended.
pub(crate) fn transcript(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let mut transcript = format!("exit {}\n", output.status.code().unwrap());
    for (name, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
        if !bytes.is_empty() {
            let text = String::from_utf8(bytes).unwrap();
            transcript.push_str(&format!("── {name}\n{}\n", text.trim_end()));
        }
    }
    transcript
}
