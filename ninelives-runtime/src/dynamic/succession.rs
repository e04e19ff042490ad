//! Which layers of a new text go on where those of the text in force end, and what they take over.
//!
//! ```text
//!                     state_of(path)                    complete
//! text ─> succession ───────────────> layers are made ──────────> in force
//!         from the diff               share permits, circuits,    what is shared gets the values
//!                                     budgets, latencies          that the text changed
//! ```
//!
//! Until the text is accepted as a whole nothing that is shared is changed, and after that nothing
//! can fail.

use super::configure::Configure;
use super::generation::Generation;
use super::layers::Layers;
use crate::control::{Control, Writing};
use ninelives_dsl::diff::{self, Fate, LayerState};
use ninelives_dsl::plan::Plan;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// What a text takes over from the one in force.
pub(super) struct Succession<'b> {
    base: &'b Generation,
    /// What becomes of the state of each layer.
    pub(super) states: Vec<LayerState>,
    /// The layers that go on, those without state too: what an operator set for them holds on.
    successors: BTreeSet<String>,
    /// Those whose state begins.
    fresh: HashSet<String>,
}

impl<'b> Succession<'b> {
    pub(super) fn new(base: &'b Generation, plan: &Plan) -> Self {
        let before = &base.load.plan;
        let states = diff::state(before, plan);
        let is_fresh = |state: &&LayerState| matches!(state.fate, Fate::New | Fate::Reset(_));
        Self {
            base,
            fresh: states.iter().filter(is_fresh).map(|state| state.path.clone()).collect(),
            states,
            successors: diff::successors(before, plan),
        }
    }

    /// The layer whose state the new one at this path takes over.
    pub(super) fn state_of<L: Configure>(&self, path: &str) -> Option<&L> {
        let goes_on = self.successors.contains(path) && !self.fresh.contains(path);
        if goes_on { self.base.layers.find(path) } else { None }
    }

    /// Hands over what is in force. The text is accepted, and about to be put in force; whoever waits
    /// for what changes is to be [told](crate::control::tell) when it is, in the layers returned.
    pub(super) fn complete(&self, layers: &Layers, writing: &Writing) -> Vec<Arc<dyn Control>> {
        let hand_over = |path: &String| self.base.layers.hand_over(path, layers, writing);
        self.successors.iter().filter_map(hand_over).collect()
    }
}

#[cfg(test)]
mod tests;
