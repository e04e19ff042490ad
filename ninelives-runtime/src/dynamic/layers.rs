//! The layers of one text by their paths: all request types and services share their state.

use super::configure::Configure;
use super::succession::Succession;
use crate::config::InvalidConfig;
use crate::control::{Control, New, Writing};
use crate::node::Shape;
use ninelives_dsl::plan::Layer;
use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

/// The layers of a text. What has a state of its own is made here and nowhere else.
#[derive(Default)]
pub(super) struct Layers(HashMap<String, Known>);

/// A layer, and how the text has it.
pub(super) struct Known {
    pub(super) written: Layer,
    layer: Box<dyn AnyLayer>,
}

/// A layer of any kind.
trait AnyLayer: Any + Shape + Send + Sync {}

impl<L: Any + Shape + Send + Sync> AnyLayer for L {}

/// The layers of a text that is being bound.
pub(super) struct Making<'s> {
    layers: Layers,
    succession: Option<&'s Succession<'s>>,
}

impl<'s> Making<'s> {
    /// None yet. Some go on where those of another text end, where there is one.
    pub(super) fn new(succession: Option<&'s Succession<'s>>) -> Self {
        Self { layers: Layers::default(), succession }
    }

    /// A handle to the layer that runs `layer`; it is made when it is asked for first.
    pub(super) fn get<L: Configure>(&mut self, layer: &Layer) -> Result<L, InvalidConfig> {
        if let Some(known) = self.layers.find::<L>(&layer.path) {
            return Ok(known.clone());
        }
        let before = self.succession.and_then(|succession| succession.state_of(&layer.path));
        let made = L::configure(layer, layer.path.clone().into(), before)?;
        let known = Known { written: layer.clone(), layer: Box::new(made.clone()) };
        self.layers.0.insert(layer.path.clone(), known);
        Ok(made)
    }

    pub(super) fn finish(self) -> Layers {
        self.layers
    }
}

impl Layers {
    /// The layer of a path, if it is of that type.
    pub(super) fn find<L: Configure>(&self, path: &str) -> Option<&L> {
        let known = self.known(path)?;
        (&*known.layer as &dyn Any).downcast_ref()
    }

    pub(super) fn known(&self, path: &str) -> Option<&Known> {
        self.0.get(path)
    }

    /// Gives the layer of a path what is in force at the one of another text: the values that the new
    /// text does not change, and what both share the values that it does.
    pub(super) fn hand_over(
        &self,
        path: &str,
        heirs: &Self,
        writing: &Writing,
    ) -> Option<Arc<dyn Control>> {
        let (known, heir) = (self.known(path)?, heirs.known(path)?);
        let (was, is) = (known.control()?, heir.control()?);
        let mut changes = Vec::new();
        for (was, is) in was.parameters().iter().zip(is.parameters()) {
            let name = is.rule().row().name;
            let written = heir.written.value(name);
            let is_same = known.written.value(name) == written;
            let value = if is_same { was.value() } else { written.clone() };
            if is.value() != value {
                changes.push((name, New::Whole(value)));
            }
        }
        let set = writing.set_all([(&*is, changes)]);
        // INVARIANT(checked): what is in force was checked when it was set, and what is written when
        // the layer was made.
        debug_assert!(set.is_ok(), "{set:?}");
        for (was, is) in was.parameters().into_iter().zip(is.parameters()) {
            is.follow(was);
        }
        Some(is)
    }
}

impl Known {
    /// As the text has it.
    pub(super) const fn written(&self) -> &Layer {
        &self.written
    }

    /// The layer as an operator sees it.
    pub(super) fn control(&self) -> Option<Arc<dyn Control>> {
        let mut control = None;
        self.layer.layers(&mut |layer| control = Some(layer));
        control
    }
}
