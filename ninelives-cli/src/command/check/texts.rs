//! The texts of a run, each with what it uses.

use crate::input::{self, Source};
use crate::judge::Judge;
use ninelives_dsl::load::Load;
use ninelives_dsl::source::SourceFile;
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

/// A text, its findings, and the files it is made of.
pub(super) struct Text {
    pub(super) load: Load,
    /// By file of the load: the path that is equal for all its names.
    pub(super) files: Vec<PathBuf>,
}

/// What was typed.
pub(super) struct Texts {
    /// The texts that speak for themselves.
    pub(super) shown: Vec<Text>,
    /// The files that were named or found, in distinction from those that they use.
    pub(super) own: HashSet<PathBuf>,
    /// Why something could not be read.
    pub(super) problems: Vec<String>,
}

impl Texts {
    /// Reads the files that are typed, and those in directories that are typed.
    pub(super) fn read(typed: &[PathBuf], judge: &Judge) -> Self {
        let mut texts = Vec::new();
        let mut problems = Vec::new();
        for source in input::sources(typed) {
            match source.and_then(|source| source.load().map(|load| (source, load))) {
                Ok((source, mut load)) => {
                    judge.complete(&mut load);
                    let files = load.files.iter().map(identity).collect();
                    texts.push((source, Text { load, files }));
                }
                Err(problem) => problems.push(problem),
            }
        }
        let own = texts.iter().filter_map(|(_, text)| text.files.first().cloned()).collect();
        Self { shown: select(texts), own, problems }
    }
}

fn identity(file: &SourceFile) -> PathBuf {
    fs::canonicalize(file.name()).unwrap_or_else(|_| file.name().into())
}

/// The texts that speak for themselves.
///
/// A file met in a directory is a part of the file that uses it: alone it may lack what its user
/// gives it, such as the deadline around a queue. Only files that use each other in a circle have
/// no root among them; there the first is shown for all.
fn select(texts: Vec<(Source, Text)>) -> Vec<Text> {
    let parts: HashSet<PathBuf> =
        texts.iter().flat_map(|(_, text)| text.files.iter().skip(1).cloned()).collect();
    let is_part = |source: &Source, text: &Text| {
        matches!(source, Source::Found(_))
            && text.files.first().is_some_and(|file| parts.contains(file))
    };
    let (parts, roots): (Vec<_>, Vec<_>) =
        texts.into_iter().partition(|(source, text)| is_part(source, text));
    let mut shown: Vec<Text> = roots.into_iter().map(|(_, text)| text).collect();
    let mut seen: HashSet<PathBuf> =
        shown.iter().flat_map(|text| text.files.iter().cloned()).collect();
    for (_, part) in parts {
        if !part.files.first().is_some_and(|file| seen.contains(file)) {
            seen.extend(part.files.iter().cloned());
            shown.push(part);
        }
    }
    shown
}
