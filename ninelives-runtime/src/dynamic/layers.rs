//! The layers of one text by their paths: all request types and services share their state.

use super::configure::Configure;
use super::succession::Succession;
use crate::bulkhead::{BulkheadLayer, Permits};
use crate::config::InvalidConfig;
use crate::control::Control;
use crate::node::Shape;
use ninelives_dsl::plan::Layer;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

/// The layers of a text. What has a state of its own is made here and nowhere else.
#[derive(Default)]
pub(super) struct Layers {
    known: BTreeMap<String, Known>,
    /// The permits of bulkheads that earlier texts had: requests that began under those may still
    /// hold some, and a bulkhead that comes back counts them.
    left: BTreeMap<String, Weak<Permits>>,
}

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
        let legacy = self.succession.and_then(|succession| succession.legacy::<L>(&layer.path));
        let made = L::configure(layer, layer.path.clone().into(), legacy)?;
        let known = Known { written: layer.clone(), layer: Box::new(made.clone()) };
        self.layers.known.insert(layer.path.clone(), known);
        Ok(made)
    }

    pub(super) fn finish(self) -> Layers {
        let Layers { known, .. } = self.layers;
        let left = self.succession.map(|succession| succession.base.layers.left_to(&known));
        Layers { known, left: left.unwrap_or_default() }
    }
}

impl Layers {
    /// The layer of a path, if it is of that type.
    pub(super) fn find<L: Configure>(&self, path: &str) -> Option<&L> {
        self.known(path)?.of()
    }

    pub(super) fn known(&self, path: &str) -> Option<&Known> {
        self.known.get(path)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Known)> {
        self.known.iter()
    }

    /// The permits of the bulkhead of a path, also where it is gone, while somebody holds them.
    pub(super) fn permits(&self, path: &str) -> Option<Arc<Permits>> {
        match self.find::<BulkheadLayer>(path) {
            Some(bulkhead) => Some(bulkhead.permits().clone()),
            None => self.left.get(path)?.upgrade(),
        }
    }

    /// The permits that are left when these layers are followed by `heirs`.
    fn left_to(&self, heirs: &BTreeMap<String, Known>) -> BTreeMap<String, Weak<Permits>> {
        let own = self.known.iter().filter_map(|(path, known)| {
            Some((path, Arc::downgrade(known.of::<BulkheadLayer>()?.permits())))
        });
        let before = self.left.iter().map(|(path, permits)| (path, permits.clone()));
        let is_left = |path: &String, permits: &Weak<Permits>| {
            let heir = heirs.get(path).and_then(Known::of::<BulkheadLayer>);
            heir.is_none() && permits.strong_count() > 0
        };
        before
            .chain(own)
            .filter(|(path, permits)| is_left(path, permits))
            .map(|(path, permits)| (path.clone(), permits))
            .collect()
    }
}

impl Known {
    /// The layer, if it is of that type.
    pub(super) fn of<L: Configure>(&self) -> Option<&L> {
        (&*self.layer as &dyn Any).downcast_ref()
    }

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
