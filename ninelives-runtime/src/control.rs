//! A layer as an operator sees it: its path, its parameters by their names, its state.
//!
//! ```text
//! Shape::layers ─> Control ─> Parameter
//! ```
//!
//! Requests never come here. What finds a layer by its path is made of this.

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
}

/// A parameter that can be read and set while requests run, as the language sees it.
pub trait Parameter: Send + Sync {
    /// Its row of the catalogue.
    fn rule(&self) -> Rule;

    /// The value in force.
    fn value(&self) -> Value;

    /// Checks a value as [`set`](Self::set) does, and changes nothing.
    ///
    /// # Errors
    /// When the value is of a wrong kind or outside the range.
    fn check(&self, value: &Value) -> Result<(), InvalidConfig>;

    /// Puts another value in force.
    ///
    /// # Errors
    /// As [`check`](Self::check); nothing changes then.
    fn set(&self, value: &Value) -> Result<(), InvalidConfig>;
}
