//! An `allow` silences nothing: the mistake is mended, or it stands elsewhere. Attributes of what is not
//! looked at, because nothing uses it or because it belongs to another file, are left alone; so is
//! `allow(unused-allow)`.
//!
//! ## Why
//!
//! It looks like a decision, and the next mistake of its kind will be silent.
//!
//! ## Example
//!
//! ```nl
//! #[allow(no-jitter)]
//! policy search = timeout(1s) + retry(3);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(3);
//! ```

use super::levels::{Leveled, Levels, Said};
use super::{Warnings, warning};
use crate::bounds::Visit;
use crate::codes::{self, Code, Level};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceFile, Span};

/// Looks at what decided about no finding.
pub(super) fn check(
    levels: &Levels,
    leveled: &Leveled,
    visits: &[Visit<'_>],
    files: &[SourceFile],
    warnings: &mut Warnings,
) {
    let mut seen: Vec<Span> = visits.iter().map(|visit| visit.node.span).collect();
    seen.sort_unstable();
    let said: Vec<(&Said, bool)> =
        levels.said().iter().zip(leveled.decided.iter().copied()).collect();
    let first_file = files.first();
    for attribute in said.chunk_by(|one, other| one.0.attribute == other.0.attribute) {
        let is_unused = |(said, decided): &(&Said, bool)| {
            !decided && may_be_unused(said) && is_seen(&seen, said.part)
        };
        let (unused, used): (Vec<_>, Vec<_>) = attribute.iter().copied().partition(is_unused);
        if let (Some(file), false) = (first_file, unused.is_empty()) {
            warnings.push(finding(file, &unused, &used));
        }
    }
}

fn may_be_unused(said: &Said) -> bool {
    let is_looked_for =
        |code: Code| ![codes::UNUSED_ALLOW, codes::CACHE_INSIDE_RETRY].contains(&code);
    said.level == Level::Allow
        && said.part.file == FileId::default()
        && codes::find(&said.name).is_some_and(is_looked_for)
}

/// Something of the part was looked at; of two parts that begin together the smaller is first.
fn is_seen(seen: &[Span], part: Span) -> bool {
    let next = seen.partition_point(|span| (span.file, span.start) < (part.file, part.start));
    seen.get(next).is_some_and(|span| part.covers(*span))
}

fn finding(file: &SourceFile, unused: &[(&Said, bool)], used: &[(&Said, bool)]) -> Diagnostic {
    let names: Vec<_> = unused.iter().map(|(said, _)| format!("`{}`", said.name)).collect();
    let span = match (unused, used) {
        ([(only, _)], _) => only.name_span,
        ([(first, _), ..], _) => first.attribute,
        ([], _) => Span::default(),
    };
    let message = format!("this silences nothing: {}", names.join(", "));
    let found = warning(codes::UNUSED_ALLOW, span, message).with_help("leave it out");
    let all = || unused.iter().chain(used).map(|(said, _)| said);
    let edit = if used.is_empty() {
        all().next().map(|said| (with_space_behind(file, said.attribute), String::new()))
    } else {
        let names = all().map(|said| said.name_span).reduce(Span::to);
        let used: Vec<_> = used.iter().map(|(said, _)| said.name.as_str()).collect();
        names.map(|names| (names, used.join(", ")))
    };
    match edit {
        // A comment within the attribute is not ours to leave out.
        Some((span, instead)) if !file.slice(span).contains('/') => found.with_fix(span, instead),
        _ => found,
    }
}

fn with_space_behind(file: &SourceFile, attribute: Span) -> Span {
    let rest = file.slice(Span {
        start: attribute.end,
        end: u32::try_from(file.text().len()).unwrap_or(u32::MAX),
        ..attribute
    });
    let space = rest.len() - rest.trim_start().len();
    Span { end: attribute.end.saturating_add(u32::try_from(space).unwrap_or(0)), ..attribute }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fixed, found};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(found(text), expected, "{text}");
    }

    #[test]
    fn allow_that_silences_nothing() {
        let retry = "timeout(1s) + retry(3)";
        check(&format!("#[allow(no-jitter)] policy p = {retry};"), &["NL124 warning no-jitter"]);
        check(&format!("#![allow(no-jitter)] policy p = {retry};"), &["NL124 warning no-jitter"]);
        check(&format!("policy p = #[allow(no-jitter)] ({retry});"), &["NL124 warning no-jitter"]);
        check(
            &format!("#[allow(no-jitter, syntax)] policy p = {retry};"),
            &["NL124 warning #[allow(no-jitter, syntax)]"],
        );
        check(&format!("#[deny(no-jitter)] policy p = {retry};"), &[]);
        let none = "timeout(1s) + retry(3, jitter = none)";
        check(&format!("#[allow(no-jitter)] policy p = {none};"), &[]);
        // What is allowed by default is silenced in `nl explain`.
        check(&format!("#[allow(no-attempt-timeout)] policy p = {retry};"), &[]);
        // The inner one silences it.
        let twice = format!("#![allow(no-jitter)] policy p = #[allow(no-jitter)] ({none});");
        check(&twice, &["NL124 warning no-jitter"]);
    }

    #[test]
    fn it_can_be_allowed_itself() {
        check("#[allow(unused-allow, no-jitter)] policy p = timeout(1s);", &[]);
        check("#![allow(unused-allow)] #[allow(no-jitter)] policy p = timeout(1s);", &[]);
        check("#[allow(unused-allow)] policy p = timeout(1s);", &[]);
    }

    #[test]
    fn what_is_not_looked_at_is_left_alone() {
        check("#[allow(no-jitter)] policy t() = timeout(1s);", &[]);
        check("#[allow(unused, no-jitter)] policy t() = timeout(1s); policy p = timeout(1s);", &[]);
        check(
            "#[allow(unused, no-jitter)] policy a = timeout(1s); pub policy p = timeout(1s);",
            &[],
        );
    }

    #[test]
    fn fix_leaves_out_what_is_unused() {
        assert_eq!(
            fixed("#[allow(no-jitter)]\npolicy p = timeout(1s);"),
            "policy p = timeout(1s);"
        );
        assert_eq!(
            fixed("#[allow(no-jitter, no-effect, dead-arm)] policy p = timeout(1s) + retry(1);"),
            "#[allow(no-effect)] policy p = timeout(1s) + retry(1);"
        );
    }
}
