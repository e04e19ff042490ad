//! From what was typed to texts: directories are searched, `-` is stdin, and each file is read once.

use ignore::WalkBuilder;
use ninelives_dsl::limits::FILE_BYTES;
use ninelives_dsl::load::{Front, Load, load_bytes, load_path};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What messages call the text that comes from stdin.
const STDIN: &str = "<stdin>";

/// A text to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// `-`
    Stdin,
    /// A file, under the name by which it was found.
    File(PathBuf),
}

impl Source {
    /// What was typed where one text is meant.
    pub(crate) fn new(typed: &Path) -> Self {
        if typed == Path::new("-") {
            Self::Stdin
        } else {
            Self::File(typed.to_owned())
        }
    }

    /// A file met on a walk: `./` before its name would only keep tools from recognising it.
    fn found(path: &Path) -> Self {
        Self::File(path.strip_prefix(".").unwrap_or(path).to_owned())
    }

    /// Reads the text and what it uses; stdin may use files of the current directory.
    ///
    /// # Errors
    /// A message that names what cannot be read.
    pub(crate) fn load(&self) -> Result<Load, String> {
        match self {
            Self::Stdin => read_stdin(),
            Self::File(path) => load_path(path, Front::Text),
        }
        .map_err(|error| format!("cannot read `{}`: {error}", self.name()))
    }

    fn name(&self) -> String {
        match self {
            Self::Stdin => STDIN.to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// One byte more than a file may have is enough to be refused, however much is sent.
fn read_stdin() -> io::Result<Load> {
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_BYTES).unwrap_or(u64::MAX);
    io::stdin()
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(load_bytes(STDIN, &bytes, Some(Path::new(".")), Front::Text))
}

/// The sources meant by what was typed, in that order and sorted within a directory, each file
/// once; and a message for each place where there is nothing to read.
pub(crate) fn sources(typed: &[PathBuf]) -> Vec<Result<Source, String>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for place in typed {
        if place.is_dir() {
            found.extend(walk(place));
        } else {
            found.push(Ok(Source::new(place)));
        }
    }
    found.retain(|source| match source {
        Ok(Source::File(path)) => seen.insert(Source::File(identity(path))),
        Ok(Source::Stdin) => seen.insert(Source::Stdin),
        Err(_) => true,
    });
    found
}

/// The path that is equal for every name of the same file; the name itself where there is no file.
pub(crate) fn identity(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn walk(directory: &Path) -> Vec<Result<Source, String>> {
    let found: Vec<_> = WalkBuilder::new(directory)
        .sort_by_file_name(OsStr::cmp)
        .build()
        .filter_map(|entry| match entry {
            Ok(entry) => is_policy_file(entry.path()).then(|| Ok(Source::found(entry.path()))),
            Err(error) => Some(Err(format!("cannot read a directory: {error}"))),
        })
        .collect();
    if found.is_empty() {
        return vec![Err(format!("no `*.nl` file in `{}`", directory.display()))];
    }
    found
}

fn is_policy_file(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("nl")) && path.is_file()
}
