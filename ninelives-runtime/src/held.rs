//! How a layer's node has what its requests share: always, or perhaps.

use std::sync::Arc;

/// The state of a layer, or none: such a layer is not there, and lets everything through. What is
/// compiled is there, which costs nothing to see; what is built from text runs through a
/// [frame](crate::dynamic) of layers most of which are not.
pub trait Held<S> {
    /// The state, where the layer is there.
    fn held(&self) -> Option<&Arc<S>>;
}

impl<S> Held<S> for Arc<S> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn held(&self) -> Option<&Arc<S>> {
        Some(self)
    }
}

impl<S> Held<S> for Option<Arc<S>> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn held(&self) -> Option<&Arc<S>> {
        self.as_ref()
    }
}
