//! Where the layers come from: compiled policies, which stay as they are, and books, which do not.

use super::{RegistryError, is_same};
use crate::control::Control;
use crate::path::Path;
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::plan::{Layer, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// A layer that can be looked up.
#[derive(Clone)]
pub(crate) struct Listed {
    pub(crate) path: Path,
    pub(crate) kind: LayerKind,
    /// None where no parameter can be set.
    pub(crate) control: Option<Arc<dyn Control>>,
    /// As the text in force has it.
    pub(crate) written: Option<Layer>,
}

impl Listed {
    /// A layer of a compiled policy.
    pub(crate) fn compiled(control: &Arc<dyn Control>) -> Self {
        Self {
            path: control.path().clone(),
            kind: control.kind(),
            control: Some(control.clone()),
            written: None,
        }
    }

    /// What was written for a parameter, or what the layer was made with.
    pub(super) fn written(&self, name: &str) -> Value {
        if let Some(written) = &self.written {
            return written.value(name).clone();
        }
        let parameter = self.control.as_ref().and_then(|control| control.parameter(name));
        parameter.map_or(Value::Unset, |parameter| parameter.made())
    }
}

/// A book.
pub(crate) trait Source: Send + Sync {
    /// The layer of a path, in the text in force.
    fn find(&self, path: &str) -> Option<Listed>;

    /// The layers of the text in force, as they are written.
    fn layers(&self) -> Vec<Listed>;
}

/// All of them, in the order they were added.
#[derive(Default)]
pub(super) struct Sources {
    compiled: Vec<Arc<dyn Control>>,
    by_path: HashMap<Path, usize>,
    books: Vec<Arc<dyn Source>>,
}

impl Sources {
    pub(super) fn add(&mut self, layers: Vec<Arc<dyn Control>>) -> Result<(), RegistryError> {
        let mut new: Vec<Arc<dyn Control>> = Vec::new();
        for layer in layers {
            let path = layer.path();
            let added = new.iter().find(|new| new.path() == path).cloned();
            match added.or_else(|| self.find(path.as_str())?.control) {
                Some(known) if is_same(&known, &layer) => {}
                None if self.find(path.as_str()).is_none() => new.push(layer),
                _ => return Err(RegistryError::Taken { path: path.to_string() }),
            }
        }
        for layer in new {
            self.by_path.insert(layer.path().clone(), self.compiled.len());
            self.compiled.push(layer);
        }
        Ok(())
    }

    pub(super) fn add_source(&mut self, book: Arc<dyn Source>) -> Result<(), RegistryError> {
        if self.books.iter().any(|known| std::ptr::addr_eq(Arc::as_ptr(known), Arc::as_ptr(&book)))
        {
            return Ok(());
        }
        if let Some(taken) =
            book.layers().into_iter().find(|it| self.find(it.path.as_str()).is_some())
        {
            return Err(RegistryError::Taken { path: taken.path.to_string() });
        }
        self.books.push(book);
        Ok(())
    }

    pub(super) fn find(&self, path: &str) -> Option<Listed> {
        let compiled = self.by_path.get(path).and_then(|index| self.compiled.get(*index));
        compiled
            .map(Listed::compiled)
            .or_else(|| self.books.iter().find_map(|book| book.find(path)))
    }

    pub(super) fn layers(&self) -> Vec<Listed> {
        let mut layers: Vec<_> = self.compiled.iter().map(Listed::compiled).collect();
        for (index, book) in self.books.iter().enumerate() {
            let before = self.books.iter().take(index);
            let is_free = |path: &Path| {
                !self.by_path.contains_key(path)
                    && before.clone().all(|book| book.find(path.as_str()).is_none())
            };
            layers.extend(book.layers().into_iter().filter(|layer| is_free(&layer.path)));
        }
        layers
    }
}
