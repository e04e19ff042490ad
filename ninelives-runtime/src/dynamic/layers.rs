//! The layers of one text by their paths: all request types and services share their state.

use super::configure::Configure;
use crate::config::InvalidConfig;
use ninelives_dsl::plan::Layer;
use std::any::Any;
use std::collections::HashMap;

/// The layers made so far. What has a state of its own is made here and nowhere else, so this is
/// where a new text can take over the layers of the text before it: one of the same path and type.
#[derive(Debug, Default)]
pub(super) struct Layers(HashMap<String, Box<dyn Any>>);

impl Layers {
    /// A handle to the layer that runs `layer`; it is made when it is asked for first.
    pub(super) fn get<L: Configure>(&mut self, layer: &Layer) -> Result<L, InvalidConfig> {
        let known = self.0.get(&layer.path);
        if let Some(known) = known.and_then(|known| known.downcast_ref::<L>()) {
            return Ok(known.clone());
        }
        let made = L::configure(layer, layer.path.clone().into())?;
        self.0.insert(layer.path.clone(), Box::new(made.clone()));
        Ok(made)
    }
}
