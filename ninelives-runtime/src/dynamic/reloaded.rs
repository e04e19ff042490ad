//! The answer of a reload.

use super::findings::Findings;
use super::generation::Generation;
use super::revision::Revision;
use ninelives_dsl::diff::{self, Diff, LayerState};
use std::fmt;

/// What a reload did: which text is in force, what differs from the one before, and what became of
/// the state of each layer.
///
/// Printed as a few plain lines:
///
/// ```text
/// generation 3, revision a3f1c27b60d9e845: 1 policy added, 1 changed, 14 the same
///   import: added
///   search: changed
///   search.bulkhead: resized (max_concurrency)
///   search.circuit_breaker: kept
///   import.retry: new
/// ```
#[derive(Clone, Debug)]
pub struct Reloaded {
    generation: u64,
    revision: Revision,
    changed: bool,
    diff: Diff,
    layers: Vec<LayerState>,
    warnings: Findings,
}

impl Reloaded {
    /// What it is to put `new` in the place of `old`, or to find that it says the same.
    pub(super) fn new(old: &Generation, new: &Generation, layers: Vec<LayerState>) -> Self {
        let changed = old.revision != new.revision;
        Self {
            generation: if changed { new.number } else { old.number },
            revision: new.revision,
            changed,
            diff: diff::diff(&old.load, &new.load),
            layers,
            warnings: new.findings(),
        }
    }

    /// The number of the text in force: the first is 1, and each that takes its place one more.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The revision of the text in force.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// True when the text says the same as the one in force: nothing was swapped, and the generation
    /// is what it was.
    pub const fn is_unchanged(&self) -> bool {
        !self.changed
    }

    /// The policies that were added, removed and changed, down to their parameters and bounds. Empty
    /// also where the text is another and means the same.
    pub const fn diff(&self) -> &Diff {
        &self.diff
    }

    /// What became of the state of every layer that has some, or had: those of the new text policy by
    /// policy, then those that are gone.
    pub fn layers(&self) -> &[LayerState] {
        &self.layers
    }

    /// What is worth a second look in the text.
    pub const fn warnings(&self) -> &Findings {
        &self.warnings
    }
}

impl fmt::Display for Reloaded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { generation, revision, diff, .. } = self;
        write!(out, "generation {generation}, revision {revision}: ")?;
        if self.is_unchanged() {
            out.write_str("unchanged")?;
        } else {
            summary(diff, out)?;
        }
        for policy in &diff.removed {
            write!(out, "\n  {}: removed", policy.name)?;
        }
        for policy in &diff.added {
            write!(out, "\n  {}: added", policy.name)?;
        }
        for policy in &diff.changed {
            write!(out, "\n  {}: changed", policy.name)?;
        }
        for layer in diff.state() {
            write!(out, "\n  {}: {}", layer.path, layer.fate)?;
        }
        if !self.warnings.diagnostics().is_empty() {
            write!(out, "\n{}", self.warnings)?;
        }
        Ok(())
    }
}

/// `2 policies added, 1 changed, 14 the same`
fn summary(diff: &Diff, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let counts = [
        (diff.added.len(), "added"),
        (diff.removed.len(), "removed"),
        (diff.changed.len(), "changed"),
        (diff.unchanged, "the same"),
    ];
    let mut noun = " policies";
    let mut separator = "";
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        let noun = match std::mem::take(&mut noun) {
            "" => "",
            _ if count == 1 => " policy",
            several => several,
        };
        write!(out, "{separator}{count}{noun} {what}")?;
        separator = ", ";
    }
    Ok(())
}
