//! `--fix`: writes what is certain into the files that were named or found, round by round, because
//! one fix may be in the way of another, and a text that reads better shows more.

use super::tally::Tally;
use super::texts::Texts;
use crate::args::Check;
use crate::exit::Exit;
use crate::input::Source;
use crate::judge::Judge;
use crate::output::Output;
use crate::render::counted;
use crate::write;
use ninelives_dsl::codes;
use ninelives_dsl::decode::decode;
use ninelives_dsl::diagnostic::{Diagnostic, Edit, Fix};
use ninelives_dsl::load::{Front, load_bytes};
use ninelives_dsl::source::{FileId, SourceFile};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A round sees the first 100 errors of a text. No text needs as many rounds, and a fix that brings
/// another finding with a fix must not go on for ever.
const ROUNDS: usize = 100;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Whether there are files to write into.
///
/// # Errors
/// Why not.
pub(super) fn possible(options: &Check) -> Result<(), String> {
    let typed = options.inputs.iter().map(|typed| Source::named(typed));
    if options.fix && typed.into_iter().any(|source| source == Source::Stdin) {
        return Err("`--fix` writes into files, and `-` is none".to_owned());
    }
    Ok(())
}

/// Fixes what can be fixed, and says how much that was.
///
/// # Errors
/// Only when the output cannot be written.
pub(super) fn run(options: &Check, judge: &Judge, output: &mut Output) -> io::Result<Exit> {
    let mut fixed: BTreeMap<PathBuf, (String, usize)> = BTreeMap::new();
    let mut given_up = HashSet::new();
    for _ in 0..ROUNDS {
        let texts = Texts::read(&options.inputs, judge);
        let mut jobs = jobs(&texts);
        jobs.retain(|path, _| !given_up.contains(path));
        if jobs.is_empty() {
            break;
        }
        for (path, job) in jobs {
            let name = job.file.name();
            match job.write(&path) {
                Ok(count) => {
                    fixed.entry(path).or_insert_with(|| (name.to_owned(), 0)).1 += count;
                }
                Err(problem) => {
                    output.problem(&format!("cannot fix `{name}`: {problem}"))?;
                    given_up.insert(path);
                }
            }
        }
    }
    for (name, count) in fixed.values() {
        output.note(&format!("fixed {} in `{name}`", counted(*count, "finding")))?;
    }
    Ok(if given_up.is_empty() { Exit::Clean } else { Exit::Failed })
}

/// The fixes of one file.
struct Job<'a> {
    file: &'a SourceFile,
    fixes: Vec<&'a Fix>,
}

/// What is to be written, by file.
fn jobs(texts: &Texts) -> BTreeMap<PathBuf, Job<'_>> {
    let mut jobs: BTreeMap<PathBuf, Job<'_>> = BTreeMap::new();
    let mut tally = Tally::default();
    for text in &texts.shown {
        for fix in tally.fresh(text).into_iter().filter_map(|finding| finding.fix.as_ref()) {
            let Some(file) = fix.edits.first().map(|edit| edit.span.file.index()) else { continue };
            if let (Some(path), Some(file)) = (text.files.get(file), text.load.files.get(file))
                && texts.own.contains(path)
            {
                let job = Job { file, fixes: Vec::new() };
                jobs.entry(path.clone()).or_insert(job).fixes.push(fix);
            }
        }
    }
    jobs
}

impl Job<'_> {
    /// Writes as many of the fixes as do not touch each other, and says how many that are.
    fn write(&self, path: &Path) -> Result<usize, String> {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        let old = str::from_utf8(&bytes).ok().filter(|_| {
            decode(&bytes, FileId::default()).is_ok_and(|text| text == self.file.text())
        });
        let old = old.ok_or("it has changed meanwhile")?;
        let (edits, count) = apart(&self.fixes);
        let new = rewrite(old, &edits).ok_or("a fix lies outside of it")?;
        if faults(path, &new) > faults(path, old) {
            return Err("its text would have more errors than before".to_owned());
        }
        write::replace(path, &new).map_err(|error| error.to_string())?;
        Ok(count)
    }
}

/// The edits of those fixes that do not touch an earlier one, by place, and how many fixes those are.
pub(crate) fn apart<'a>(fixes: &[&'a Fix]) -> (BTreeMap<u32, &'a Edit>, usize) {
    let mut edits: BTreeMap<u32, &Edit> = BTreeMap::new();
    let mut count = 0;
    for fix in fixes {
        let touches = |edit: &Edit| {
            let before = edits.range(..=edit.span.start).next_back();
            let behind = edits.range(edit.span.start..).next();
            before.is_some_and(|(at, it)| *at == edit.span.start || it.span.end > edit.span.start)
                || behind.is_some_and(|(at, _)| *at < edit.span.end)
        };
        if !fix.edits.iter().any(touches) {
            edits.extend(fix.edits.iter().map(|edit| (edit.span.start, edit)));
            count += 1;
        }
    }
    (edits, count)
}

/// The bytes of a file with the edits, which count in the text that was decoded from them: without
/// a byte order mark, and with `\n` for `\r\n`. Whatever no edit touches stays as it is.
fn rewrite(old: &str, edits: &BTreeMap<u32, &Edit>) -> Option<String> {
    let bare = old.strip_prefix(BYTE_ORDER_MARK).unwrap_or(old);
    let mark = old.len() - bare.len();
    let ends = bare.match_indices("\r\n").enumerate();
    let returns: Vec<usize> = ends.map(|(nth, (at, _))| at - nth).collect();
    let place = |at: u32| {
        let at = usize::try_from(at).ok()?;
        Some(mark + at + returns.partition_point(|end| *end < at))
    };
    let mut new = String::with_capacity(old.len());
    let mut copied = 0;
    for edit in edits.values() {
        new.push_str(old.get(copied..place(edit.span.start)?)?);
        new.push_str(&edit.replacement);
        copied = place(edit.span.end)?;
    }
    new.push_str(old.get(copied..)?);
    Some(new)
}

/// How bad a text is: syntax errors weigh most, because a declaration that cannot be read hides
/// its other errors.
fn faults(path: &Path, text: &str) -> (usize, usize) {
    let load = load_bytes(&path.to_string_lossy(), text.as_bytes(), path.parent(), Front::Text);
    let errors = load.diagnostics.iter().filter(|finding| finding.is_error());
    let syntax = errors.clone().filter(|finding: &&Diagnostic| finding.code == codes::SYNTAX);
    (syntax.count(), errors.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::source::Span;

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        let edit = |(start, end, replacement): &(usize, usize, &str)| Edit {
            span: Span::new(FileId(0), *start, *end),
            replacement: (*replacement).to_owned(),
        };
        Fix { edits: edits.iter().map(edit).collect() }
    }

    fn apply(old: &str, fixes: &[Fix]) -> (String, usize) {
        let (edits, count) = apart(&fixes.iter().collect::<Vec<_>>());
        (rewrite(old, &edits).unwrap(), count)
    }

    #[test]
    fn fixes_that_touch_wait_and_a_fix_is_written_whole() {
        let fixes = [fix(&[(4, 6, "X")]), fix(&[(0, 1, "Y"), (5, 7, "Z")]), fix(&[(1, 4, "-")])];
        assert_eq!(apply("abcdefgh", &fixes), ("a-Xgh".to_owned(), 2));
        let inserts = [fix(&[(1, 1, "1")]), fix(&[(1, 1, "2")]), fix(&[(2, 2, "3")])];
        assert_eq!(apply("abc", &inserts), ("a1b3c".to_owned(), 2));
    }

    #[test]
    fn byte_order_mark_and_line_ends_stay() {
        let fixes = [fix(&[(2, 3, "C")]), fix(&[(5, 6, "F")])];
        assert_eq!(apply("\u{feff}a\r\nc\r\ne f\n", &fixes).0, "\u{feff}a\r\nC\r\neFf\n");
        assert_eq!(apply("a\r\nb", &[fix(&[(1, 2, "")])]).0, "ab");
    }

    #[test]
    fn edit_outside_of_the_text_is_refused() {
        let outside = fix(&[(3, 9, "")]);
        assert_eq!(rewrite("abcd", &apart(&[&outside]).0), None);
    }

    #[test]
    fn text_that_reads_worse_is_not_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.nl");
        let text = "policy a = pass;";
        fs::write(&path, text).unwrap();
        let file = SourceFile::new("a.nl", text);
        let worse = fix(&[(15, 16, "")]);
        let job = Job { file: &file, fixes: vec![&worse] };
        assert_eq!(job.write(&path).unwrap_err(), "its text would have more errors than before");
        let stale = Job { file: &SourceFile::new("a.nl", "policy b = pass;"), ..job };
        assert_eq!(stale.write(&path).unwrap_err(), "it has changed meanwhile");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
