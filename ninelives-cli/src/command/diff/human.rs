//! A difference in lines, grouped by policy.

use clap::builder::styling::{AnsiColor, Style};
use ninelives_dsl::diff::{
    Bound, BoundChange, Change, Diff, Fate, LayerName, LayerState, ParameterChange, PolicyDiff,
    Setting, Whole,
};
use std::fmt::{self, Write};

/// All of it, and what it comes to in one line.
pub(super) fn draw(diff: &Diff) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(diff, &mut text);
    text
}

fn write(diff: &Diff, out: &mut String) -> fmt::Result {
    for (policies, verb) in [(&diff.removed, "removed"), (&diff.added, "added")] {
        for policy in policies {
            whole(policy, verb, out)?;
        }
    }
    for policy in &diff.changed {
        changed(policy, out)?;
    }
    summary(diff, out)
}

/// A policy that one side does not have.
fn whole(policy: &Whole, verb: &str, out: &mut String) -> fmt::Result {
    let tone = if verb == "added" { Tone::Good } else { Tone::Bad };
    writeln!(out, "{BOLD}policy {}{BOLD:#}  {}", policy.name, tone.paint(verb))?;
    if let Some(other) = &policy.same_as {
        writeln!(out, "  the same as `{other}` but for its name, and state belongs to the name")?;
    }
    section(out, "state", &policy.state.iter().map(state).collect::<Vec<_>>())?;
    out.write_char('\n')
}

fn changed(policy: &PolicyDiff, out: &mut String) -> fmt::Result {
    writeln!(out, "{BOLD}policy {}{BOLD:#}", policy.name)?;
    if let Some(entry) = &policy.entry {
        let can = if entry.new { "can run it now" } else { "can no longer run it" };
        writeln!(out, "  the host {can}")?;
    }
    let removed = policy.removed.iter().map(|it| layer(it, "removed", Tone::Bad));
    let added = policy.added.iter().map(|it| layer(it, "added", Tone::Good));
    section(out, "layers", &removed.chain(added).collect::<Vec<_>>())?;
    let parameters: Vec<Row> = policy.parameters.iter().map(parameter).collect();
    section(out, "parameters", &parameters)?;
    if let Some(structure) = &policy.structure {
        let Change { old, new } = shortened(structure);
        writeln!(out, "  {:HEADING$}{old}\n  {:HEADING$}→ {new}", "structure", "")?;
    }
    section(out, "bounds", &bounds(policy))?;
    section(out, "failures", &failures(policy))?;
    section(out, "state", &policy.state.iter().map(state).collect::<Vec<_>>())?;
    out.write_char('\n')
}

/// `policies: 1 changed, 14 the same; bounds: 1 worse; state: 3 kept, 1 reset`
fn summary(diff: &Diff, out: &mut String) -> fmt::Result {
    if diff.is_empty() {
        let verb = if diff.unchanged == 1 { "policy is" } else { "policies are" };
        return writeln!(out, "nothing differs: {} {verb} the same", diff.unchanged);
    }
    let policies = [
        (diff.removed.len(), "removed"),
        (diff.added.len(), "added"),
        (diff.changed.len(), "changed"),
        (diff.unchanged, "the same"),
    ];
    let bounds = [(diff.worse().count(), "worse"), (diff.better().count(), "better")];
    let fates = |word: &str| diff.state().filter(|state| state.fate.word() == word).count();
    let states = ["kept", "resized", "reset", "new", "gone"].map(|word| (fates(word), word));
    let parts =
        [listed("policies", &policies), listed("bounds", &bounds), listed("state", &states)];
    writeln!(out, "{}", parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

fn listed(what: &str, counts: &[(usize, &str)]) -> Option<String> {
    let some = counts.iter().filter(|(count, _)| *count > 0);
    let some: Vec<_> = some.map(|(count, what)| format!("{count} {what}")).collect();
    (!some.is_empty()).then(|| format!("{what}: {}", some.join(", ")))
}

fn layer(layer: &LayerName, verb: &str, tone: Tone) -> Row {
    let kind = layer.kind.entry().name;
    vec![Cell::plain(&layer.path), Cell::plain(kind), Cell(verb.to_owned(), tone)]
}

fn parameter(change: &ParameterChange) -> Row {
    let value = |setting: &Setting| {
        let default = if setting.is_default { " (default)" } else { "" };
        format!("{}{default}", setting.text)
    };
    let values = format!("{} → {}", value(&change.old), value(&change.new));
    vec![Cell::plain(&change.path), Cell::plain(values)]
}

/// The bounds but the failures, which are many.
fn bounds(policy: &PolicyDiff) -> Vec<Row> {
    let is_failure = |change: &&BoundChange| matches!(change.bound, Bound::Failure(_));
    policy.bounds.iter().filter(|change| !is_failure(change)).map(bound).collect()
}

/// The failures in two rows: those that can come now, and those that no longer can.
fn failures(policy: &PolicyDiff) -> Vec<Row> {
    let row = |(is_worse, what)| {
        let changes = policy.bounds.iter().filter(|change| change.is_worse() == is_worse);
        let class = |change: &BoundChange| match change.bound {
            Bound::Failure(class) => Some(class.word()),
            _ => None,
        };
        let classes: Vec<_> = changes.filter_map(class).collect();
        (!classes.is_empty()).then(|| judged(classes.join(", "), what, is_worse))
    };
    [(true, "can come"), (false, "can no longer come")].into_iter().filter_map(row).collect()
}

fn bound(change: &BoundChange) -> Row {
    let values = format!("{} → {}", change.old, change.new);
    judged(change.bound.to_string(), &values, change.is_worse())
}

fn judged(what: String, how: &str, is_worse: bool) -> Row {
    let (verdict, tone) = if is_worse { ("worse", Tone::Bad) } else { ("better", Tone::Good) };
    vec![Cell::plain(what), Cell::plain(how), Cell(verdict.to_owned(), tone)]
}

fn state(state: &LayerState) -> Row {
    let word = state.fate.word().to_owned();
    let mut row = vec![Cell::plain(&state.path)];
    match &state.fate {
        Fate::Kept | Fate::New => row.push(Cell::plain(word)),
        Fate::Resized { parameters } => {
            row.push(Cell::plain(word));
            row.push(Cell::plain(parameters.join(", ")));
        }
        Fate::Reset(reset) => {
            row.push(Cell(word, Tone::Bad));
            row.push(Cell::plain(reset.to_string()));
        }
        Fate::Gone => row.push(Cell(word, Tone::Bad)),
    }
    row
}

/// One line of a section.
type Row = Vec<Cell>;

/// A word or a few, in its colour.
struct Cell(String, Tone);

impl Cell {
    fn plain(text: impl Into<String>) -> Self {
        Self(text.into(), Tone::Plain)
    }

    fn width(&self) -> usize {
        self.0.chars().count()
    }
}

/// What a change is to its reader.
#[derive(Clone, Copy)]
enum Tone {
    Plain,
    Good,
    Bad,
}

impl Tone {
    fn paint(self, text: &str) -> String {
        let style = match self {
            Self::Plain => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
        };
        format!("{style}{text}{style:#}")
    }
}

const BOLD: Style = Style::new().bold();

/// Where the rows of a section begin: behind the longest heading.
const HEADING: usize = 12;

fn section(out: &mut String, heading: &str, rows: &[Row]) -> fmt::Result {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(Cell::width).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (at, row) in rows.iter().enumerate() {
        let heading = if at == 0 { heading } else { "" };
        write!(out, "  {heading:HEADING$}")?;
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            out.push_str(&cell.1.paint(&cell.0));
            if at + 1 < row.len() {
                write!(out, "{:1$}", "", width - cell.width() + 2)?;
            }
        }
        out.write_char('\n')?;
    }
    Ok(())
}

/// An arrangement this long is shown around its difference alone.
const LONG: usize = 120;
/// So much of what is equal is left beside a difference.
const BESIDE: usize = 24;

fn shortened(structure: &Change<String>) -> Change<String> {
    let (old, new): (Vec<char>, Vec<char>) =
        (structure.old.chars().collect(), structure.new.chars().collect());
    if old.len().max(new.len()) <= LONG {
        return structure.clone();
    }
    let equal =
        |one: &mut dyn Iterator<Item = (&char, &char)>| one.take_while(|(a, b)| a == b).count();
    let before = equal(&mut old.iter().zip(&new));
    let after = equal(&mut old.iter().skip(before).rev().zip(new.iter().skip(before).rev()));
    let (cut, kept) = (before.saturating_sub(BESIDE), after.min(BESIDE));
    let show = |text: &[char]| {
        let end = text.len() - after + kept;
        let middle: String = text.iter().take(end).skip(cut).take(LONG).collect();
        let dots = |is_cut: bool| if is_cut { "…" } else { "" };
        let is_cut = end < text.len() || end - cut > LONG;
        format!("{}{middle}{}", dots(cut > 0), dots(is_cut))
    };
    Change { old: show(&old), new: show(&new) }
}
