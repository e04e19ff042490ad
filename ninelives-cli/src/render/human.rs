//! Source snippets as rustc draws them, for people.

use super::{Place, Report, Summary, source};
use crate::output::Output;
use annotate_snippets::{
    AnnotationKind, Element, Level, Origin, Patch, Renderer, Snippet, normalize_untrusted_str,
};
use ninelives_dsl::diagnostic::{Diagnostic, Edit, Label};
use ninelives_dsl::load::Load;
use ninelives_dsl::source::{SourceFile, Span};
use std::io;
use std::ops::Range;

/// Source longer than this is named, not drawn: nobody reads it, and drawing costs time for each
/// of its bytes.
const EXCERPT_BYTES: usize = 16 * 1024;

/// Draws each finding at once, and counts them at the end.
pub(crate) struct Snippets;

impl Report for Snippets {
    fn finding(
        &mut self,
        load: &Load,
        finding: &Diagnostic,
        output: &mut Output,
    ) -> io::Result<()> {
        output.finding(&draw(load, finding, output.coloured()))
    }

    fn finish(&mut self, summary: &Summary, output: &mut Output) -> io::Result<()> {
        output.result(&format!("{summary}\n"))
    }
}

/// One finding with its source. `colour` adds ANSI styles.
pub(crate) fn draw(load: &Load, diagnostic: &Diagnostic, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let level = if diagnostic.is_error() { Level::ERROR } else { Level::WARNING };
    let code = format!("{} {}", diagnostic.code.code(), diagnostic.code.name());
    let finding = level
        .primary_title(diagnostic.message.as_str())
        .id(code)
        .elements(causes(load, diagnostic));
    let help = diagnostic.help.as_deref().map(normalize_untrusted_str);
    let report = match (patch(load, diagnostic), help) {
        (Some(patch), help) => {
            let title = help.unwrap_or_else(|| "write this instead".to_owned());
            vec![finding, Level::HELP.secondary_title(title).element(patch)]
        }
        (None, Some(help)) => vec![finding.element(Level::HELP.message(help))],
        (None, None) => vec![finding],
    };
    renderer.render(&report) + "\n\n"
}

/// The finding's place with the further places of its labels, one snippet a file.
fn causes<'a>(load: &'a Load, diagnostic: &'a Diagnostic) -> Vec<Element<'a>> {
    let mut files = vec![diagnostic.span.file];
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
        .into_iter()
        .filter_map(|id| source(load, id).map(|file| (id, file)))
        .flat_map(|(id, file)| {
            let primary = Some(diagnostic.span).filter(|span| span.file == id);
            let labels = diagnostic.labels.iter().filter(move |label| label.span.file == id);
            cause(load, file, primary, labels.collect())
        })
        .collect()
}

/// The places in one file: drawn where the source between them can be read, else listed.
fn cause<'a>(
    load: &'a Load,
    file: &'a SourceFile,
    primary: Option<Span>,
    labels: Vec<&'a Label>,
) -> Vec<Element<'a>> {
    let spans = primary.into_iter().chain(labels.iter().map(|label| label.span));
    if let Some(excerpt) = Excerpt::around(file, spans) {
        let labels = labels.into_iter().map(|label| {
            AnnotationKind::Context
                .span(excerpt.range(label.span))
                .label(normalize_untrusted_str(&label.message))
        });
        let primary = primary.map(|span| AnnotationKind::Primary.span(excerpt.range(span)));
        return vec![excerpt.snippet().annotations(primary).annotations(labels).into()];
    }
    let origin = primary.map(|span| {
        let place = Place::new(load, span);
        Origin::path(normalize_untrusted_str(place.file))
            .line(place.start.line)
            .char_column(place.start.column)
            .into()
    });
    let notes = labels.into_iter().map(|label| {
        let Place { file, start, .. } = Place::new(load, label.span);
        let note = format!("{file}:{}:{}: {}", start.line, start.column, label.message);
        Level::NOTE.message(normalize_untrusted_str(&note)).into()
    });
    origin.into_iter().chain(notes).collect()
}

/// The fix as a change of the lines it touches.
fn patch<'a>(load: &'a Load, diagnostic: &'a Diagnostic) -> Option<Snippet<'a, Patch<'a>>> {
    let edits = &diagnostic.fix.as_ref()?.edits;
    let file = edits.first()?.span.file;
    let excerpt = Excerpt::around(source(load, file)?, edits.iter().map(|edit| edit.span))?;
    let patch = |edit: &'a Edit| Patch::new(excerpt.range(edit.span), edit.replacement.as_str());
    Some(excerpt.snippet().patches(edits.iter().map(patch)))
}

/// Whole lines of a file, as few as hold the places to be shown.
struct Excerpt<'a> {
    file: &'a str,
    text: &'a str,
    /// Where `text` begins in the file.
    offset: usize,
    /// The number of its first line.
    line: usize,
}

impl<'a> Excerpt<'a> {
    /// `None` when the lines are too long to be shown.
    fn around(file: &'a SourceFile, spans: impl IntoIterator<Item = Span>) -> Option<Self> {
        let text = file.text();
        let whole = spans.into_iter().reduce(Span::to)?;
        let Range { start, end } = bytes_of(whole, text, 0);
        let start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let end = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at + 1);
        let text = text.get(start..end).filter(|text| text.len() <= EXCERPT_BYTES)?;
        Some(Self { file: file.name(), text, offset: start, line: file.position(whole.start).line })
    }

    fn range(&self, span: Span) -> Range<usize> {
        bytes_of(span, self.text, self.offset)
    }

    fn snippet<T: Clone>(&self) -> Snippet<'a, T> {
        Snippet::source(self.text).path(normalize_untrusted_str(self.file)).line_start(self.line)
    }
}

/// The span's bytes within a text that begins `offset` bytes into the file; clamped to whole
/// characters of it, so that no span whatever can make the drawing fail.
fn bytes_of(span: Span, text: &str, offset: usize) -> Range<usize> {
    let within = |at: u32| {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        text.floor_char_boundary(at.saturating_sub(offset))
    };
    let start = within(span.start);
    start..within(span.end).max(start)
}

#[cfg(test)]
mod tests;
