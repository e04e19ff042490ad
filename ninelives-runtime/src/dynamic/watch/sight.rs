//! What the files are at one moment.

use ninelives_dsl::limits;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Some files at one moment; equal to another sight when nobody wrote to them in between.
///
/// The time of the last change belongs to it: a writer truncates, then writes, so two looks may find
/// the same half of a text with a whole one between them.
#[derive(PartialEq, Eq)]
pub(super) struct Sight {
    contents: Vec<Content>,
    modified: Vec<Option<SystemTime>>,
}

/// Bytes, and not a hash of them: they are few, and equal is equal.
type Content = Result<Vec<u8>, (io::ErrorKind, String)>;

impl Sight {
    /// Reads all of them.
    pub(super) fn of(files: &[PathBuf]) -> Self {
        let modified = |file: &PathBuf| fs::metadata(file).and_then(|about| about.modified()).ok();
        let content =
            |file: &PathBuf| read(file).map_err(|error| (error.kind(), error.to_string()));
        Self {
            modified: files.iter().map(modified).collect(),
            contents: files.iter().map(content).collect(),
        }
    }

    /// True when both saw the same, whoever wrote it how often.
    pub(super) fn is_same_text(&self, other: &Self) -> bool {
        self.contents == other.contents
    }

    /// Why the first file cannot be read.
    pub(super) fn trouble(&self) -> Option<io::Error> {
        let (kind, message) = self.contents.first()?.as_ref().err()?;
        Some(io::Error::new(*kind, message.clone()))
    }
}

/// Pipes and devices are refused: opening one may never return.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(file)?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(limits::FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
