//! A layer as an operator sees it: its path, its parameters by their names, its state.
//!
//! ```text
//! Shape::layers ─> Control ─> Parameter
//! ```
//!
//! Requests never come here. What finds a layer by its path is made of this: the
//! [registry](crate::registry), telemetry, and reload.

mod state;
mod write;

pub use state::LayerState;
pub use write::{Change, New};
pub(crate) use write::{Writing, tell, writing};

use crate::adaptive::{Changes, Watcher};
use crate::config::{InvalidConfig, Rule};
use crate::path::Path;
use crate::telemetry::Reporter;
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::plan::Value;
use std::sync::Arc;

/// What [`Shape::layers`](crate::node::Shape::layers) hands each layer to.
pub type Visit<'a> = &'a mut dyn FnMut(Arc<dyn Control>);

/// A layer that runs, in the words of the catalogue. It is the state that the layer's clones share,
/// so what is set holds for all of them.
pub trait Control: Send + Sync {
    /// What it reports through.
    fn reporter(&self) -> &Reporter;

    /// The layer's path.
    fn path(&self) -> &Path {
        self.reporter().path()
    }

    /// Which layer it is.
    fn kind(&self) -> LayerKind;

    /// Its parameters that can be set while requests run, in the catalogue's order.
    fn parameters(&self) -> Vec<&dyn Parameter>;

    /// What it counts and holds; nothing for a layer without a state.
    fn state(&self) -> Option<LayerState> {
        None
    }

    /// The parameter of that name.
    fn parameter(&self, name: &str) -> Option<&dyn Parameter> {
        self.parameters().into_iter().find(|parameter| parameter.rule().row().name == name)
    }

    /// Puts values in force that were checked, and [tells](Parameter::tell) nobody. A layer with
    /// parameters that are read together puts these in force in one step.
    fn apply(&self, changes: &[Change]) {
        for change in changes {
            change.put(self);
        }
    }
}

/// A layer without parameters that can be set.
#[derive(Debug)]
pub(crate) struct Fixed {
    kind: LayerKind,
    reporter: Reporter,
}

impl Fixed {
    /// The layer of that kind at that path.
    pub(crate) fn at(kind: LayerKind, path: impl Into<Path>) -> Arc<Self> {
        Arc::new(Self { kind, reporter: Reporter::new(path.into()) })
    }
}

impl Control for Fixed {
    fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    fn kind(&self) -> LayerKind {
        self.kind
    }

    fn parameters(&self) -> Vec<&dyn Parameter> {
        Vec::new()
    }
}

/// A parameter that can be read and set while requests run, as the language sees it.
pub trait Parameter: Send + Sync {
    /// Its row of the catalogue.
    fn rule(&self) -> Rule;

    /// The value in force.
    fn value(&self) -> Value;

    /// The value that it was made with.
    fn made(&self) -> Value;

    /// Checks a value as [`put`](Self::put) does, and changes nothing.
    ///
    /// # Errors
    /// When the value is of a wrong kind or outside the range.
    fn check(&self, value: &Value) -> Result<(), InvalidConfig>;

    /// Puts in force what `change` makes of the value in force; it runs again when another write
    /// comes between. Who waits for it is woken by [`tell`](Self::tell) only, so that a writer can do
    /// that when it holds no lock.
    ///
    /// # Errors
    /// That of `change`, and as [`check`](Self::check); nothing changes then.
    fn put(
        &self,
        change: &mut dyn FnMut(&Value) -> Result<Value, InvalidConfig>,
    ) -> Result<(), InvalidConfig>;

    /// Wakes those who watch, and those for whom writes made room.
    fn tell(&self);

    /// Puts another value in force.
    ///
    /// # Errors
    /// As [`check`](Self::check); nothing changes then.
    fn set(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.put(&mut |_| Ok(value.clone()))?;
        self.tell();
        Ok(())
    }

    /// How many writes there were.
    fn revision(&self) -> u64;

    /// Takes the place of `old`, the same parameter of the layer that this one's layer replaces: the
    /// writes are counted on, and who watches that one watches this one.
    fn follow(&self, old: &dyn Parameter);

    /// Its writes.
    fn changes(&self) -> &Changes;

    /// Follows the value from now on.
    fn watch(&self) -> Watcher<Value>;
}
