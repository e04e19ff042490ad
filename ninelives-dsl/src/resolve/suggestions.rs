//! Unknown names, and what was probably meant.

use super::Resolver;
use super::kind;
use super::names::Found;
use super::template::Frame;
use crate::ast::Name;
use crate::catalogue::{self, Kind};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::suggest;
use crate::value::Class;

/// How many words are compared with unknown names in one load, and how many of them with one name:
/// a hostile text has many of both, and comparing takes microseconds.
pub(super) const COMPARISONS: usize = 5_000;
const COMPARISONS_PER_NAME: usize = 2_000;
/// How many names are looked at in one load to find those that are worth a comparison.
pub(super) const LOOKS: usize = 500_000;

impl<'a> Resolver<'a, '_> {
    /// A name that is no policy.
    pub(super) fn unknown_policy(&mut self, name: &Name, frame: &Frame<'a, '_>) {
        let words: Vec<&str> = policies().collect();
        let near = self.nearest(name, &words, Some(frame)).map(did_you_mean).or_else(|| {
            let later = self.nearest(name, &catalogue::LATER_POLICIES, None)?;
            Some(format!("did you mean `{later}`? it is reserved and cannot be run yet"))
        });
        self.unknown("policy", name, near, None);
    }

    /// A name that is no value; `wanted` is what would have been.
    pub(super) fn unknown_value(&mut self, name: &Name, frame: &Frame<'a, '_>, wanted: &[Kind]) {
        let expected: Vec<&str> = wanted.iter().flat_map(|kind| words(*kind)).copied().collect();
        let near = self.nearest(name, &expected, None).or_else(|| {
            let all: Vec<&str> = policies()
                .chain(catalogue::WORDS)
                .chain(catalogue::VALUE_CALLS.iter().map(|call| call.name))
                .chain(Class::FAILURES.map(Class::word))
                .collect();
            self.nearest(name, &all, Some(frame))
        });
        let near = near.map(did_you_mean);
        let otherwise = match wanted {
            [Kind::Host, ..] => Some(format!(
                "a thing of the host program is written with an `@`: `@{}`",
                name.text
            )),
            [Kind::Classes, ..] => Some(format!("the classes are {}", kind::failures())),
            _ if expected.is_empty() => None,
            _ => Some(format!("one of `{}` is expected", expected.join("`, `"))),
        };
        self.unknown("name", name, near, otherwise);
    }

    fn unknown(
        &mut self,
        what: &str,
        name: &Name,
        near: Option<String>,
        otherwise: Option<String>,
    ) {
        let elsewhere = match self.names.find(name) {
            // Its declaration may be in what could not be read, which was reported.
            Found::Unread if near.is_none() => return,
            Found::Hidden(id) => self.declared_in(id),
            _ => None,
        };
        let message = format!("unknown {what} `{}`", name.text);
        let mut finding = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
        finding.help = elsewhere.or(near).or(otherwise);
        self.report(finding);
    }

    fn declared_in(&self, id: usize) -> Option<String> {
        let file = self.names.declared.get(id)?.name.span.file;
        let file = self.file_names.get(file.index())?;
        Some(format!("it is declared in `{file}`, which this file does not `use`"))
    }

    /// The nearest of `words` and, where the frame is given, of the names in force there.
    fn nearest(
        &mut self,
        name: &Name,
        words: &[&str],
        frame: Option<&Frame<'a, '_>>,
    ) -> Option<String> {
        if self.comparisons == 0 {
            return None;
        }
        // Only names of about the same length can be near.
        let length = name.text.len();
        let slack = (length / 3).max(1);
        let names = frame.into_iter().flat_map(|frame| {
            let declared = self.names.visible(name.span.file);
            frame.names().chain(declared)
        });
        let mut looks = 0;
        let names = names
            .take(self.looks)
            .inspect(|_| looks += 1)
            .filter(|it| it.len().abs_diff(length) <= slack && *it != self.declaring)
            .take(COMPARISONS_PER_NAME.min(self.comparisons));
        let candidates: Vec<&str> = words.iter().copied().chain(names).collect();
        self.looks -= looks;
        self.comparisons = self.comparisons.saturating_sub(candidates.len());
        suggest::nearest(&name.text, candidates.iter().copied()).map(str::to_owned)
    }
}

fn did_you_mean(near: String) -> String {
    format!("did you mean `{near}`?")
}

fn policies() -> impl Iterator<Item = &'static str> {
    catalogue::POLICIES.into_iter().map(|entry| entry.name).chain(["pass", "fail"])
}

/// The words that are values of a kind.
pub(crate) fn words(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Jitter => &["none", "full", "equal", "decorrelated"],
        Kind::Classes => &["timeout", "rejected", "overloaded", "transient", "permanent", "any"],
        Kind::Backoff => &["fixed", "linear", "exponential"],
        Kind::Budget => &["budget"],
        Kind::Off => &["off"],
        Kind::Bool => &["true", "false"],
        _ => &[],
    }
}
