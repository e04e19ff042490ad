//! One policy that both loads have.

use super::bounds::{self, BoundChange};
use super::state::{self, LayerState};
use super::{Change, shape};
use crate::catalogue::LayerKind;
use crate::explain::value;
use crate::load::Load;
use crate::plan::{Argument, Layer, Policy, Value};
use std::collections::HashMap;

/// What differs in one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDiff {
    /// Its name.
    pub name: String,
    /// Whether the host may run it, where that differs.
    pub entry: Option<Change<bool>>,
    /// The layers that only the old load has.
    pub removed: Vec<LayerName>,
    /// The layers that only the new load has.
    pub added: Vec<LayerName>,
    /// The parameters that differ, of layers that both loads have.
    pub parameters: Vec<ParameterChange>,
    /// The arrangement in the language's operators, the layers under their paths within the policy,
    /// where it differs: parts that came, went or moved.
    pub structure: Option<Change<String>>,
    /// The bounds that differ; none where a load has errors.
    pub bounds: Vec<BoundChange>,
    /// What a reload does with the state of each layer.
    pub state: Vec<LayerState>,
}

/// A layer by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerName {
    /// Its path.
    pub path: String,
    /// What it is.
    pub kind: LayerKind,
}

/// A parameter whose value differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterChange {
    /// Its path: `search.retry.max_attempts`.
    pub path: String,
    /// What it was.
    pub old: Setting,
    /// What it is.
    pub new: Setting,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// As the language writes it, or what holds without one.
    pub text: String,
    /// Not written in the text.
    pub is_default: bool,
}

impl PolicyDiff {
    /// True when nothing differs. State follows the rest, so it does not count.
    pub(super) fn is_empty(&self) -> bool {
        self.entry.is_none()
            && self.removed.is_empty()
            && self.added.is_empty()
            && self.parameters.is_empty()
            && self.structure.is_none()
            && self.bounds.is_empty()
    }
}

pub(super) fn compare((old, was): (&Load, &Policy), (new, is): (&Load, &Policy)) -> PolicyDiff {
    let (before, after) = (was.layers(), is.layers());
    let arrangement =
        Change { old: shape::arrangement(old, was), new: shape::arrangement(new, is) };
    PolicyDiff {
        name: is.name.clone(),
        entry: differing(Change { old: was.entry, new: is.entry }),
        removed: missing(&before, &after),
        added: missing(&after, &before),
        parameters: parameters((old, &before), (new, &after)),
        structure: differing(arrangement),
        bounds: bounds::compare((old, was), (new, is)),
        state: state::of_policy(Some((&old.plan, was)), Some((&new.plan, is))),
    }
}

fn differing<T: PartialEq>(change: Change<T>) -> Option<Change<T>> {
    (change.old != change.new).then_some(change)
}

fn by_path<'l>(layers: &[&'l Layer]) -> HashMap<(&'l str, LayerKind), &'l Layer> {
    layers.iter().map(|layer| ((layer.path.as_str(), layer.kind), *layer)).collect()
}

/// The layers that the other side does not have: under that path, and of that kind.
fn missing(layers: &[&Layer], others: &[&Layer]) -> Vec<LayerName> {
    let others = by_path(others);
    let is_missing = |layer: &&&Layer| !others.contains_key(&(layer.path.as_str(), layer.kind));
    let name = |layer: &&Layer| LayerName { path: layer.path.clone(), kind: layer.kind };
    layers.iter().filter(is_missing).map(name).collect()
}

fn parameters(
    (old, before): (&Load, &[&Layer]),
    (new, after): (&Load, &[&Layer]),
) -> Vec<ParameterChange> {
    let before = by_path(before);
    let mut changes = Vec::new();
    for layer in after {
        let Some(was) = before.get(&(layer.path.as_str(), layer.kind)) else { continue };
        for (was, is) in was.arguments.iter().zip(&layer.arguments) {
            let (was, setting) = (Setting::of(old, was), Setting::of(new, is));
            // Values that are written in the same way mean the same; the places that values of the
            // host carry do not count.
            if was.text != setting.text {
                let path = format!("{}.{}", layer.path, is.parameter.name);
                changes.push(ParameterChange { path, old: was, new: setting });
            }
        }
    }
    changes
}

impl Setting {
    fn of(load: &Load, argument: &Argument) -> Self {
        Self {
            value: argument.value.clone(),
            text: value(load, argument),
            is_default: argument.written.is_none(),
        }
    }
}
