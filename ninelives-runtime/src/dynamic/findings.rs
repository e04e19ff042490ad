//! What is wrong with a text, with the files it is in: data, and a plain line a finding.

use super::revision::Revision;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::limits;
use ninelives_dsl::source::{SourceFile, Span};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// The findings on a text, in the order of their places.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    files: Arc<[SourceFile]>,
    diagnostics: Vec<Diagnostic>,
}

impl Findings {
    /// One finding a mistake, the first [`limits::ERRORS`] of them.
    pub(super) fn new(files: Arc<[SourceFile]>, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by_key(|finding| finding.span);
        diagnostics.dedup();
        diagnostics.truncate(limits::ERRORS);
        Self { files, diagnostics }
    }

    /// The findings as data.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The files that the findings' places are in, by
    /// [`FileId`](ninelives_dsl::source::FileId).
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// `search.nl:3:14`
    fn place(&self, span: Span) -> String {
        let file = usize::try_from(span.file.0).ok().and_then(|id| self.files.get(id));
        file.map_or_else(String::new, |file| {
            let position = file.position(span.start);
            format!("{}:{}:{}", file.name(), position.line, position.column)
        })
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            write!(
                out,
                "{}: {} {} {}: {}",
                self.place(finding.span),
                finding.severity.word(),
                finding.code.code(),
                finding.code.name(),
                finding.message
            )?;
            for label in &finding.labels {
                write!(out, "\n  {}: {}", self.place(label.span), label.message)?;
            }
            if let Some(help) = &finding.help {
                write!(out, "\n  help: {help}")?;
            }
        }
        Ok(())
    }
}

/// Why a text was not taken over. Nothing has changed then.
///
/// Its `Debug` is its `Display`: what a `main` that returns it prints is meant for people.
#[derive(Clone, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("`{}` cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: Arc<std::io::Error>,
    },
    /// A file that is watched declares no policy, while the text in force does.
    #[error("`{}` declares no policy: it is taken for a file that was cut short", path.display())]
    CutShort {
        /// The file.
        path: PathBuf,
    },
    /// The text has errors: all of them.
    #[error("{0}")]
    Refused(Findings),
    /// The text was written for another one than the one in force: somebody else was faster.
    #[error("the text in force is {in_force}, not {based_on}, which this one was based on")]
    Conflict {
        /// The revision that the text was based on.
        based_on: Revision,
        /// The one in force.
        in_force: Revision,
    },
}

impl fmt::Debug for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl LoadError {
    /// The findings; none where it was not the text's fault.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Unreadable { .. } | Self::CutShort { .. } | Self::Conflict { .. } => &[],
            Self::Refused(findings) => findings.diagnostics(),
        }
    }
}

/// Why a policy cannot be had for a kind of call.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The text has no policy of that name.
    #[error("no policy is called `{name}`{}", suggestion(near.as_deref()))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The name that was probably meant.
        near: Option<String>,
    },
    /// The policy is not one that the host may run.
    #[error("policy `{name}` is for other policies only: write `pub policy {name}`")]
    Private {
        /// What was asked for.
        name: String,
    },
    /// The host registered no such calls.
    #[error(
        "the host registered no calls of `{request}` answered with `{response}` or `{error}`{}",
        instead.map_or("", Registration::said)
    )]
    Unregistered {
        /// The request type.
        request: &'static str,
        /// The response type.
        response: &'static str,
        /// The error type of the service.
        error: &'static str,
        /// How it did register calls of these types.
        instead: Option<Registration>,
    },
    /// The policy asks for what the host does not provide for this kind of call.
    #[error("{0}")]
    Unprovided(Findings),
}

/// How the host registered calls, which decides how their policies are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// With [`Calls::new`](super::Calls::new), for [`policy`](super::PolicyBook::policy).
    New,
    /// With [`Calls::flat`](super::Calls::flat), for
    /// [`flat_policy`](super::PolicyBook::flat_policy).
    Flat,
}

impl Registration {
    const fn said(self) -> &'static str {
        match self {
            Self::New => " with `Calls::flat`, but with `Calls::new`: ask for `policy`",
            Self::Flat => " with `Calls::new`, but with `Calls::flat`: ask for `flat_policy`",
        }
    }
}

fn suggestion(near: Option<&str>) -> String {
    near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default()
}
