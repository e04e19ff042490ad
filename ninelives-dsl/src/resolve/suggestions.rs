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

impl<'a> Resolver<'a, '_> {
    /// A name that is no policy.
    pub(super) fn unknown_policy(&mut self, found: Found, name: &Name, frame: &Frame<'a, '_>) {
        let Some(help) = self.imported(found) else {
            return;
        };
        let words: Vec<&str> = policies().collect();
        let help = help.or_else(|| self.nearest(name, &words, frame));
        self.report_unknown("policy", name, help);
    }

    /// A name that is no value; `wanted` is what would have been.
    pub(super) fn unknown_value(&mut self, name: &Name, frame: &Frame<'a, '_>, wanted: &[Kind]) {
        let Some(help) = self.imported(self.names.find(name)) else {
            return;
        };
        let wanted_words: Vec<&str> = wanted
            .iter()
            .flat_map(|kind| words(*kind))
            .copied()
            .collect();
        let help = help
            .or_else(|| did_you_mean(suggest::nearest(&name.text, wanted_words.iter().copied())))
            .or_else(|| {
                let all: Vec<&str> = policies()
                    .chain(catalogue::WORDS)
                    .chain(catalogue::VALUE_CALLS)
                    .chain(Class::FAILURES.map(Class::word))
                    .collect();
                self.nearest(name, &all, frame)
            })
            .or_else(|| match wanted {
                [Kind::Host, ..] => Some(format!(
                    "a thing of the host program is written with an `@`: `@{}`",
                    name.text
                )),
                [Kind::Classes, ..] => Some(format!("the classes are {}", kind::failures())),
                _ if wanted_words.is_empty() => None,
                _ => Some(format!(
                    "one of `{}` is expected",
                    wanted_words.join("`, `")
                )),
            });
        self.report_unknown("name", name, help);
    }

    /// The help for a name of a file that is not used here; `None` when nothing should be said.
    fn imported(&self, found: Found) -> Option<Option<String>> {
        match found {
            Found::Unknown | Found::Declared(_) => Some(None),
            Found::Hidden(id) => {
                let file = self.names.declared.get(id)?.name.span.file;
                let file = self.file_names.get(file.index())?;
                Some(Some(format!(
                    "it is declared in `{file}`, which this file does not `use`"
                )))
            }
            Found::PerhapsImported => None,
        }
    }

    fn nearest(&mut self, name: &Name, words: &[&str], frame: &Frame<'a, '_>) -> Option<String> {
        // Comparing costs a load's names for each unknown one: a hostile text has many of both.
        self.suggestions = self.suggestions.checked_sub(1)?;
        let declaring = self.declaring;
        let names = &self.names;
        let candidates = words
            .iter()
            .copied()
            .chain(frame.names())
            .chain(names.visible(name.span.file).filter(|it| *it != declaring));
        let candidates: Vec<&str> = candidates.collect();
        did_you_mean(suggest::nearest(&name.text, candidates.iter().copied()))
    }

    fn report_unknown(&mut self, what: &str, name: &Name, help: Option<String>) {
        let message = format!("unknown {what} `{}`", name.text);
        let mut finding = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
        finding.help = help;
        self.report(finding);
    }
}

fn did_you_mean(near: Option<&str>) -> Option<String> {
    near.map(|near| format!("did you mean `{near}`?"))
}

fn policies() -> impl Iterator<Item = &'static str> {
    catalogue::POLICIES
        .into_iter()
        .map(|entry| entry.name)
        .chain(["pass", "fail"])
}

/// The words that are values of a kind.
fn words(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Jitter => &["none", "full", "equal", "decorrelated"],
        Kind::Classes => &[
            "timeout",
            "rejected",
            "overloaded",
            "transient",
            "permanent",
            "any",
        ],
        Kind::Backoff => &["fixed", "linear", "exponential"],
        Kind::Budget => &["budget"],
        Kind::Off => &["off"],
        Kind::Bool => &["true", "false"],
        _ => &[],
    }
}
