//! Which layers of a new text go on where those of the text in force end, and what they take over.
//!
//! ```text
//!                      legacy(path)                     complete
//! text ─> succession ───────────────> layers are made ──────────> in force
//!         from the diff               share permits, circuits,    what is shared gets the values
//!                                     budgets, latencies          that the text changed
//! ```
//!
//! Until the text is accepted as a whole nothing that is shared is changed, and then all of it at once.

use super::configure::Configure;
use super::estate::Estate;
use super::generation::Generation;
use super::layers::{Known, Layers};
use crate::control::{Control, Writing};
use ninelives_dsl::codes;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::diff::{self, Fate, LayerState};
use ninelives_dsl::plan::Plan;
use ninelives_dsl::source::Span;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// What a text takes over from the one in force.
pub(super) struct Succession<'b> {
    pub(super) base: &'b Generation,
    /// What becomes of the state of each layer.
    pub(super) states: Vec<LayerState>,
    /// The layers that go on, those without state too: what an operator set for them holds on.
    successors: BTreeSet<String>,
    /// Those whose state begins. A layer may go on and its state begin: a `retry` whose budget was off.
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

    /// The layer whose place the new one at this path takes.
    fn before(&self, path: &str) -> Option<&Known> {
        self.base.layers.known(path).filter(|_| self.successors.contains(path))
    }

    /// What the new layer at this path shares with what was there.
    pub(super) fn legacy<L: Configure>(&self, path: &str) -> Option<L::Legacy> {
        let before = self.before(path).filter(|_| !self.fresh.contains(path));
        let before = before.and_then(Known::of::<L>);
        before.map(L::legacy).or_else(|| L::always_shared(&self.base.layers, path))
    }

    /// Hands over what is in force. The text is accepted, and about to be put in force; whoever waits
    /// for what changes is to be [told](crate::control::tell) when it is, in the layers returned.
    ///
    /// # Errors
    /// When a value is refused; nothing changes then.
    pub(super) fn complete(
        &self,
        layers: &Layers,
        writing: &Writing,
    ) -> Result<Vec<Arc<dyn Control>>, Vec<Diagnostic>> {
        let estate = |(path, heir): (&String, _)| Estate::new(self.before(path), heir);
        let estates: Vec<_> = layers.iter().filter_map(estate).collect();
        writing.set_all(estates.iter().map(Estate::changes)).map_err(|(path, invalid)| {
            let message = format!("`{path}` cannot go on: {invalid}");
            vec![Diagnostic::error(codes::OUT_OF_RANGE, Span::default(), message)]
        })?;
        Ok(estates.into_iter().map(Estate::settle).collect())
    }
}

#[cfg(test)]
mod tests;
