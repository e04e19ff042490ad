//! From what was typed to texts: directories are searched, `-` is stdin.

use ignore::WalkBuilder;
use ninelives_dsl::limits::FILE_BYTES;
use ninelives_dsl::load::{Front, Load, load_bytes, load_path};
use std::ffi::OsStr;
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
        let (name, load) = match self {
            Self::Stdin => (Path::new(STDIN), read_stdin()),
            Self::Named(path) | Self::Found(path) => (&**path, load_path(path, Front::Text)),
        };
        load.map_err(|error| format!("cannot read `{}`: {error}", name.display()))
    }
}

/// One byte more than a file may have is enough to be refused, however much is sent.
fn read_stdin() -> io::Result<Load> {
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_BYTES).unwrap_or(u64::MAX);
    io::stdin().take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(load_bytes(STDIN, &bytes, Some(Path::new("")), Front::Text))
}

/// The sources meant by what was typed, in that order and sorted within a directory; and a message
/// for each place where there is nothing to read.
pub(crate) fn sources(typed: &[PathBuf]) -> Vec<Result<Source, String>> {
    let meant = |place: &PathBuf| {
        if place.is_dir() { walk(place) } else { vec![Ok(Source::named(place))] }
    };
    typed.iter().flat_map(meant).collect()
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
