//! What a run has seen: each finding counts once, however many loads bring it.

use crate::args::Deny;
use crate::exit::Exit;
use ninelives_dsl::codes::Code;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::load::Load;
use ninelives_dsl::source::SourceFile;
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    files: HashSet<PathBuf>,
    findings: HashSet<Identity>,
    errors: usize,
    warnings: usize,
    /// Places with nothing to read.
    pub(super) unreadable: usize,
}

/// What makes two findings the same one: file, first and last byte, code, message.
type Identity = (Option<PathBuf>, u32, u32, Code, String);

impl Tally {
    /// Whether the load's first file was part of an earlier load.
    pub(super) fn has_seen(&self, load: &Load) -> bool {
        files(load).next().is_some_and(|file| self.files.contains(&file))
    }

    /// Counts a load, and gives those of its findings that no earlier load had.
    pub(super) fn fresh<'a>(&mut self, load: &'a Load) -> Vec<&'a Diagnostic> {
        let files: Vec<PathBuf> = files(load).collect();
        let mut fresh: Vec<&Diagnostic> = load.diagnostics.iter().collect();
        fresh.retain(|finding| {
            let file = files.get(finding.span.file.index()).cloned();
            let Diagnostic { span, code, message, .. } = finding;
            self.findings.insert((file, span.start, span.end, *code, message.clone()))
        });
        self.files.extend(files);
        let errors = fresh.iter().filter(|finding| finding.is_error()).count();
        self.errors += errors;
        self.warnings += fresh.len() - errors;
        fresh
    }

    /// The verdict.
    pub(super) fn exit(&self, deny: Option<Deny>) -> Exit {
        let denied = match deny {
            Some(Deny::Warnings) => self.warnings,
            None => 0,
        };
        if self.unreadable > 0 {
            Exit::Failed
        } else if self.errors + denied > 0 {
            Exit::Findings
        } else {
            Exit::Clean
        }
    }

    /// `checked 3 files: 1 error, 2 warnings`
    pub(super) fn summary(&self) -> String {
        let found: Vec<String> = [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.unreadable, "unreadable input"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| counted(count, what))
        .collect();
        let checked = counted(self.files.len(), "file");
        if found.is_empty() {
            format!("checked {checked}: nothing to report\n")
        } else {
            format!("checked {checked}: {}\n", found.join(", "))
        }
    }
}

/// The files of a load, the first first, each under the path that is equal for all its names.
pub(super) fn files(load: &Load) -> impl Iterator<Item = PathBuf> {
    load.files.iter().map(identity)
}

fn identity(file: &SourceFile) -> PathBuf {
    fs::canonicalize(file.name()).unwrap_or_else(|_| file.name().into())
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::codes;
    use ninelives_dsl::source::{FileId, SourceFile, Span};

    fn load(findings: &[(&'static str, usize)]) -> Load {
        let mut load = Load::default();
        load.files.push(SourceFile::new("a.nl", "policy a = pass;"));
        for (message, start) in findings {
            let span = Span::new(FileId(0), *start, start + 1);
            load.diagnostics.push(Diagnostic::error(codes::SYNTAX, span, *message));
        }
        load
    }

    #[test]
    fn a_finding_seen_in_two_loads_counts_once() {
        let mut tally = Tally::default();
        assert_eq!(tally.fresh(&load(&[("x", 0), ("x", 1)])).len(), 2);
        assert_eq!(tally.fresh(&load(&[("x", 1), ("y", 1)])).len(), 1);
        assert_eq!(tally.summary(), "checked 1 file: 3 errors\n");
    }

    #[test]
    fn the_exit_follows_the_worst() {
        let exit = |errors, warnings, unreadable, deny| {
            Tally { errors, warnings, unreadable, ..Tally::default() }.exit(deny)
        };
        let deny = Some(Deny::Warnings);
        assert_eq!(exit(0, 0, 0, deny), Exit::Clean);
        assert_eq!(exit(0, 1, 0, None), Exit::Clean);
        assert_eq!(exit(0, 1, 0, deny), Exit::Findings);
        assert_eq!(exit(1, 0, 0, None), Exit::Findings);
        assert_eq!(exit(1, 1, 1, None), Exit::Failed);
    }
}
