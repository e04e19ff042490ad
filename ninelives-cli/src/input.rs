//! From what was typed to texts: directories are searched, `-` is stdin.

use ignore::WalkBuilder;
use ninelives_dsl::limits::FILE_BYTES;
use ninelives_dsl::load::{Front, Load, load_bytes, load_path};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What messages call the text that comes from stdin.
const STDIN: &str = "<stdin>";

/// A text to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// `-`
    Stdin,
    /// A file that was typed.
    Named(PathBuf),
    /// A file met in a directory that was typed.
    Found(PathBuf),
}

impl Source {
    /// What was typed where one text is meant.
    pub(crate) fn named(typed: &Path) -> Self {
        if typed == Path::new("-") { Self::Stdin } else { Self::Named(typed.to_owned()) }
    }

    /// A leading `./` would only keep tools from recognising the name.
    fn found(path: &Path) -> Self {
        Self::Found(path.strip_prefix(".").unwrap_or(path).to_owned())
    }

    /// Reads the text and what it uses; stdin may use files of the current directory.
    ///
    /// # Errors
    /// A message that names what cannot be read.
    pub(crate) fn load(&self) -> Result<Load, String> {
        match self {
            Self::Stdin => self
                .bytes()
                .map(|bytes| load_bytes(STDIN, &bytes, Some(Path::new("")), Front::Text)),
            Self::Named(path) | Self::Found(path) => {
                load_path(path, Front::Text).map_err(|error| self.unreadable(&error))
            }
        }
    }

    /// Reads the text alone.
    ///
    /// # Errors
    /// A message that names what cannot be read.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, String> {
        let bytes = match self {
            Self::Stdin => read(io::stdin()),
            Self::Named(path) | Self::Found(path) => File::open(path).and_then(read),
        };
        bytes.map_err(|error| self.unreadable(&error))
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> &Path {
        match self {
            Self::Stdin => Path::new(STDIN),
            Self::Named(path) | Self::Found(path) => path,
        }
    }

    fn unreadable(&self, error: &io::Error) -> String {
        format!("cannot read `{}`: {error}", self.name().display())
    }
}

/// One byte more than a file may have is enough to be refused, however much is sent.
fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_BYTES).unwrap_or(u64::MAX);
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The sources meant by what was typed, in that order and sorted within a directory; and a message
/// for each place where there is nothing to read.
pub(crate) fn sources(typed: &[PathBuf]) -> Vec<Result<Source, String>> {
    sources_ending_in(typed, &["nl"])
}

/// The same, with the endings of the files to be met in directories.
pub(crate) fn sources_ending_in(
    typed: &[PathBuf],
    endings: &[&str],
) -> Vec<Result<Source, String>> {
    let meant = |place: &PathBuf| {
        if place.is_dir() { walk(place, endings) } else { vec![Ok(Source::named(place))] }
    };
    typed.iter().flat_map(meant).collect()
}

fn walk(directory: &Path, endings: &[&str]) -> Vec<Result<Source, String>> {
    let found: Vec<_> = WalkBuilder::new(directory)
        .sort_by_file_name(OsStr::cmp)
        .build()
        .filter_map(|entry| match entry {
            Ok(entry) => is_meant(entry.path(), endings).then(|| Ok(Source::found(entry.path()))),
            Err(error) => Some(Err(format!("cannot read a directory: {error}"))),
        })
        .collect();
    if found.is_empty() {
        let files: Vec<_> = endings.iter().map(|ending| format!("`*.{ending}`")).collect();
        let files = files.join(" or ");
        return vec![Err(format!("no {files} file in `{}`", directory.display()))];
    }
    found
}

fn is_meant(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| endings.contains(&ending)) && path.is_file()
}
