//! Every parameter and every state of the policies of a program, by their paths: what an operator, a
//! control plane or a test turns while requests run.
//!
//! # Paths
//! A parameter's path is that of its layer and its name: `search.bulkhead.max_concurrency`. A value
//! that a call makes has parts, which can be read and set by themselves: `search.retry.backoff.base`,
//! `search.retry.budget.ratio`.
//!
//! # Values
//! A value is given as Rust has it (`20`, `Duration`, [`Ratio`](crate::dsl::value::Ratio), …) or as text
//! in the language (`"2s"`, `"exponential(50ms)"`, `"p99"`, `"off"`).
//!
//! # What is guaranteed
//! A write is checked against the catalogue before anything changes, and a refused one changes nothing.
//! [`set_all`](Registry::set_all) checks everything it is given first, too: all of it holds then, or
//! none. Each layer gets its values in one go, and those that are judged together (`window` and
//! `min_calls` of a breaker) in one step: no request sees one of them without the other. Two writes by
//! path never mix, nor does one with a reload.
//!
//! Requests in flight keep the values they have read; what each layer reads when is said by its
//! accessors. Between two layers, and between parameters that are not of one group, a request may
//! see one new value and one that is about to be replaced.
//!
//! # Texts
//! A book's layers are those of the text in force. A value that was set here holds until a text comes
//! that changes this very parameter, or this part of it.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use ninelives_runtime::dynamic::{Host, PolicyBook};
//! use std::time::Duration;
//!
//! let book = PolicyBook::from_text(
//!     "policy search = timeout(1s) + bulkhead(10) + retry(3);",
//!     Host::new(),
//! )?;
//! let registry = book.registry();
//! registry.set("search.timeout.duration", Duration::from_secs(2))?;
//! registry.set_all([
//!     ("search.bulkhead.max_concurrency", "20"),
//!     ("search.retry.backoff.base", "50ms"),
//! ])?;
//! assert_eq!(
//!     registry.parameter("search.bulkhead.max_concurrency")?.to_string(),
//!     "search.bulkhead.max_concurrency = 20 (1 to 1000000, default: required, written: 10)"
//! );
//! let refused = registry.set("search.bulkhead.max_concurrency", 0).unwrap_err();
//! assert_eq!(
//!     refused.to_string(),
//!     "`search.bulkhead.max_concurrency`: `0` must be between 1 and 1000000"
//! );
//! # Ok(())
//! # }
//! ```

mod error;
mod list;
mod setting;
mod source;
mod target;

pub use error::RegistryError;
pub use list::{LayerInfo, ParameterInfo, PartInfo, PolicyInfo};
pub use setting::Setting;
pub(crate) use source::{Listed, Source};

use crate::adaptive::Watcher;
use crate::control::{self, Control, New, writing};
use crate::dynamic::PolicyBook;
use crate::edge::Plan;
use crate::node::Shape;
use crate::policy::Policy;
use ninelives_dsl::plan::Value;
use source::Sources;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use target::Target;

/// The policies of a program; see the [module](self).
///
/// # Clone
/// Clones are the same registry.
#[derive(Clone, Default)]
pub struct Registry {
    sources: Arc<RwLock<Sources>>,
}

impl Registry {
    /// A registry without policies.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists the layers of a policy, a declared one included. A layer that is listed already, because
    /// policies share it, is listed once.
    ///
    /// # Errors
    /// When another layer has the path of one of them: give it a path of its own. Nothing is added
    /// then.
    pub fn add<P: Plan, C, M, L>(&self, policy: &Policy<P, C, M, L>) -> Result<(), RegistryError> {
        let mut layers = Vec::new();
        policy.plan().layers(&mut |layer| layers.push(layer));
        self.write().add(layers)
    }

    /// Lists the layers of a book, always those of the text in force. Where a later text brings a path
    /// that is taken, what was there first keeps it.
    ///
    /// # Errors
    /// When another layer has the path of one of them. Nothing is added then.
    pub fn add_book(&self, book: &PolicyBook) -> Result<(), RegistryError> {
        self.write().add_source(book.source())
    }

    /// Every policy with its layers, their parameters and their state.
    pub fn policies(&self) -> Vec<PolicyInfo> {
        PolicyInfo::group(self.layers())
    }

    /// Every layer with its parameters and its state.
    pub fn layers(&self) -> Vec<LayerInfo> {
        self.read().layers().iter().map(LayerInfo::of).collect()
    }

    /// Every parameter.
    pub fn parameters(&self) -> Vec<ParameterInfo> {
        self.layers().into_iter().flat_map(|layer| layer.parameters).collect()
    }

    /// A parameter with all that is known of it.
    ///
    /// # Errors
    /// When there is none at the path.
    pub fn parameter(&self, path: &str) -> Result<ParameterInfo, RegistryError> {
        let target = self.locate(path)?;
        if target.part.is_some() {
            return Err(target.unknown(&self.read()));
        }
        Ok(ParameterInfo::of(&target.layer, target.row))
    }

    /// The value in force of a parameter, or of a part of one.
    ///
    /// # Errors
    /// When there is none at the path, or its value has no such part now.
    pub fn get(&self, path: &str) -> Result<Value, RegistryError> {
        self.locate(path)?.value()
    }

    /// Puts a value in force.
    ///
    /// # Errors
    /// When there is no such parameter, or it does not take that value; nothing changes then.
    pub fn set(&self, path: &str, value: impl Into<Setting>) -> Result<(), RegistryError> {
        self.set_all([(path, value)])
    }

    /// Puts several values in force, or none of them; see the [module](self#what-is-guaranteed).
    ///
    /// # Errors
    /// As [`set`](Self::set), and when two of the values are for the same parameter.
    pub fn set_all<P: AsRef<str>, V: Into<Setting>>(
        &self,
        values: impl IntoIterator<Item = (P, V)>,
    ) -> Result<(), RegistryError> {
        let values: Vec<_> = values.into_iter().map(|(path, value)| (path, value.into())).collect();
        // Before the layers are looked up, so that no text takes their place meanwhile.
        let writing = writing();
        let mut batch: Vec<Batch> = Vec::new();
        for (path, value) in values {
            let target = self.locate(path.as_ref())?;
            let value = target.read(value)?;
            let control = target.control()?.clone();
            let known = batch.iter().position(|it| is_same(&it.control, &control));
            let at = known.unwrap_or(batch.len());
            if known.is_none() {
                batch.push(Batch { control, values: Vec::new() });
            }
            if let Some(layer) = batch.get_mut(at) {
                layer.take(&target, value)?;
            }
        }
        let layers = batch.iter().map(|layer| (&*layer.control, layer.values.clone()));
        writing.set_all(layers).map_err(|(layer, invalid)| RegistryError::OutOfRange {
            path: format!("{layer}.{}", invalid.parameter()),
            problem: invalid.problem().to_owned(),
        })?;
        drop(writing);
        control::tell(batch.iter().map(|layer| &*layer.control));
        Ok(())
    }

    /// Follows the value of a parameter, or of a part of one, also from one text to the next. A part
    /// that the value has no more is followed as [`Value::Unset`].
    ///
    /// # Errors
    /// As [`get`](Self::get), and when the parameter cannot change.
    pub fn watch(&self, path: &str) -> Result<Watcher<Value>, RegistryError> {
        // So that no text takes the layer's place between the two.
        let _writing = writing();
        let target = self.locate(path)?;
        target.value()?;
        target.watch()
    }

    fn locate(&self, path: &str) -> Result<Target, RegistryError> {
        Target::locate(&self.read(), path)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Sources> {
        self.sources.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Sources> {
        self.sources.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Registry").finish_non_exhaustive()
    }
}

/// What one layer is to get.
struct Batch {
    control: Arc<dyn Control>,
    values: Vec<(&'static str, New)>,
}

impl Batch {
    fn take(&mut self, target: &Target, value: Value) -> Result<(), RegistryError> {
        let twice = || RegistryError::Twice { path: target.path.clone() };
        let known = self.values.iter_mut().find(|(name, _)| *name == target.row.name);
        match (known, target.part) {
            (None, None) => self.values.push((target.row.name, New::Whole(value))),
            (None, Some(part)) => {
                self.values.push((target.row.name, New::Parts(vec![(part.name, value)])));
            }
            (Some((_, New::Parts(parts))), Some(part)) => {
                if parts.iter().any(|(name, _)| *name == part.name) {
                    return Err(twice());
                }
                parts.push((part.name, value));
            }
            (Some(_), _) => return Err(twice()),
        }
        Ok(())
    }
}

/// True for two handles to one layer. Not by the whole pointer: its table may have many copies.
pub(crate) fn is_same(one: &Arc<dyn Control>, other: &Arc<dyn Control>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other))
}
