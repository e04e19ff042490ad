//! `nl.toml`: what a project wants of its policies. The file of the current directory holds, else
//! that of the nearest directory above; files are never merged, so that what holds is in one place.

use crate::level;
use ninelives_dsl::host::{HostKind, HostNames};
use ninelives_dsl::lint::{Level, Settings};
use ninelives_dsl::source::{FileId, SourceFile, Span};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

const NAME: &str = "nl.toml";

/// What a project says.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The levels of findings.
    pub(crate) levels: Settings,
    /// What the host program registers, if that is said.
    pub(crate) host: Option<HostNames>,
    /// The file that says so.
    pub(crate) file: String,
}

/// The file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    levels: BTreeMap<Spanned<String>, Word>,
    host: Option<Host>,
}

/// A level, as it is written.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Allow,
    Warn,
    Deny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Host {
    #[serde(default)]
    handlers: Vec<Spanned<String>>,
    #[serde(default)]
    services: Vec<Spanned<String>>,
    #[serde(default)]
    layers: Vec<Spanned<String>>,
}

/// Something that is not right, and where.
struct Mistake {
    at: Range<usize>,
    message: String,
}

impl Config {
    /// Reads the nearest file of the directory `here` and those above.
    ///
    /// # Errors
    /// What is wrong with it, with file, line and column.
    pub(crate) fn nearest(here: &Path) -> Result<Self, String> {
        let mut above = here.ancestors().map(|directory| directory.join(NAME));
        match above.find(|path| path.is_file()) {
            Some(path) => Self::read(&path, path.strip_prefix(here).unwrap_or(&path)),
            None => Ok(Self::default()),
        }
    }

    /// Reads a file, which messages call `shown`.
    ///
    /// # Errors
    /// What is wrong with it, with file, line and column.
    pub(crate) fn read(path: &Path, shown: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path)
            .map_err(|error| format!("cannot read `{}`: {error}", shown.display()))?;
        let name = shown.to_string_lossy();
        let config = Self::parse(&text).map_err(|mistake| {
            let file = SourceFile::new(&*name, text);
            let span = Span::new(FileId(0), mistake.at.start, mistake.at.end);
            let place = file.position(span.start);
            format!("{}:{}:{}: {}", file.name(), place.line, place.column, mistake.message)
        })?;
        Ok(Self { file: name.into_owned(), ..config })
    }

    fn parse(text: &str) -> Result<Self, Mistake> {
        let document: Document = toml::from_str(text).map_err(|error| Mistake {
            at: error.span().unwrap_or_default(),
            message: error.message().to_owned(),
        })?;
        let mut config = Self::default();
        let mut said = BTreeSet::new();
        for (name, word) in &document.levels {
            let level = word.level();
            let code = level::finding(name.get_ref(), level)
                .map_err(|message| Mistake { at: name.span(), message })?;
            if !said.insert(code) {
                let message = format!("the level of {code} {} is said twice", code.name());
                return Err(Mistake { at: name.span(), message });
            }
            config.levels.project(code, level);
        }
        config.host = document.host.map(Host::names).transpose()?;
        Ok(config)
    }
}

impl Word {
    const fn level(self) -> Level {
        match self {
            Self::Allow => Level::Allow,
            Self::Warn => Level::Warn,
            Self::Deny => Level::Deny,
        }
    }
}

impl Host {
    fn names(self) -> Result<HostNames, Mistake> {
        let mut names = HostNames::default();
        let kinds = [
            (HostKind::Handler, self.handlers),
            (HostKind::Service, self.services),
            (HostKind::Layer, self.layers),
        ];
        for (kind, written) in kinds {
            for name in written {
                if let Some(bare) = name.get_ref().strip_prefix('@') {
                    let message = format!("names stand here without the `@`: `{bare}`");
                    return Err(Mistake { at: name.span(), message });
                }
                names.insert(kind, name.into_inner());
            }
        }
        Ok(names)
    }
}
