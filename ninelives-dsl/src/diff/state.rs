//! What a reload does with the state of each layer: keeps it, resizes it, or starts afresh.
//!
//! # The rules
//! State belongs to a path. It is kept where the path is the same and the kind of layer is the same;
//! changed arguments keep it, and what they size is resized. A window of calls that becomes one of time
//! holds other calls, so it fills up again, while the circuit stays what it is: open, closed or
//! half-open. State starts afresh where the kind is another, and where a name is repeated under one
//! parent: `retry` and `retry.2` are told apart by their order alone, so no such row carries its state
//! over a change, unless the policy is unchanged but for numbers.

use super::shape::{is_ordinal, is_same_but_for_numbers, within};
use crate::catalogue::LayerKind;
use crate::plan::{Layer, Plan, Policy, Value};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

/// One layer with state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerState {
    /// Its path.
    pub path: String,
    /// What it is; of a layer that is gone, what it was.
    pub kind: LayerKind,
    /// What becomes of its state.
    pub fate: Fate,
}

/// What becomes of the state of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Goes on as it is.
    Kept,
    /// Goes on, in another size.
    Resized {
        /// The parameters that say how large.
        parameters: Vec<&'static str>,
    },
    /// Lost: the layer starts afresh.
    Reset(Reset),
    /// There was none: the layer is new.
    New,
    /// Lost: the layer is gone.
    Gone,
}

impl Fate {
    /// In a word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Resized { .. } => "resized",
            Self::Reset(_) => "reset",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// `resized (queue)`, `reset: it was a `retry``.
impl fmt::Display for Fate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())?;
        match self {
            Self::Resized { parameters } => write!(out, " ({})", parameters.join(", ")),
            Self::Reset(reset) => write!(out, ": {reset}"),
            Self::Kept | Self::New | Self::Gone => Ok(()),
        }
    }
}

/// Why the state of a layer starts afresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The path belonged to another kind of layer.
    Kind {
        /// What it was.
        was: LayerKind,
    },
    /// Layers of one name are told apart by their order, and the policy is not the same but for
    /// numbers.
    Repeated,
}

impl fmt::Display for Reset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { was } => write!(out, "it was a `{}`", was.entry().name),
            Self::Repeated => out.write_str("its name is repeated, and the policy's shape changed"),
        }
    }
}

/// What a reload from one plan to another does with the state of every layer of both, policy by
/// policy: those of the new plan in its order, then those that are gone.
pub fn state(old: &Plan, new: &Plan) -> Vec<LayerState> {
    let pairs = pairs(old, new);
    pairs.into_iter().flat_map(|(old, new)| of_policy(old, new)).collect()
}

/// The paths of the layers that go on from one plan to another, whether they keep state or not: what
/// was set while they ran holds on, where the text does not change it.
pub fn successors(old: &Plan, new: &Plan) -> BTreeSet<String> {
    let goes_on = |layer: &LayerState| matches!(layer.fate, Fate::Kept | Fate::Resized { .. });
    let pairs = pairs(old, new).into_iter();
    let layers = pairs.flat_map(|(old, new)| fates(old, new, |_| true));
    layers.filter(goes_on).map(|layer| layer.path).collect()
}

/// A policy with the plan it is of.
type Planned<'p> = Option<(&'p Plan, &'p Policy)>;

/// The policies of both plans by name: those of the new plan in its order, then those that are gone.
fn pairs<'p>(old: &'p Plan, new: &'p Plan) -> Vec<(Planned<'p>, Planned<'p>)> {
    let named = |plan: &'p Plan| -> HashMap<&str, &'p Policy> {
        plan.policies.iter().map(|policy| (policy.name.as_str(), policy)).collect()
    };
    let (before, after) = (named(old), named(new));
    let here = new.policies.iter().map(|policy| {
        let was = before.get(policy.name.as_str()).map(|was| (old, *was));
        (was, Some((new, policy)))
    });
    let gone = old.policies.iter().filter(|policy| !after.contains_key(policy.name.as_str()));
    here.chain(gone.map(|policy| (Some((old, policy)), None))).collect()
}

/// The same for one policy, which one of the plans may not have.
pub(super) fn of_policy(old: Planned<'_>, new: Planned<'_>) -> Vec<LayerState> {
    fates(old, new, is_stateful)
}

/// The fate of those layers of a policy that are asked for.
fn fates(old: Planned<'_>, new: Planned<'_>, of: fn(&Layer) -> bool) -> Vec<LayerState> {
    let (was, is) = (layers(old, of), layers(new, of));
    let mut repeated = Rows::default();
    if let (Some(old), Some(new)) = (old, new)
        && !is_same_but_for_numbers(old, new)
    {
        repeated.add(old.1);
        repeated.add(new.1);
    }
    let before: HashMap<&str, &Layer> =
        was.iter().map(|layer| (layer.path.as_str(), *layer)).collect();
    let after: HashSet<&str> = is.iter().map(|layer| layer.path.as_str()).collect();
    let entry =
        |layer: &Layer, fate| LayerState { path: layer.path.clone(), kind: layer.kind, fate };
    let kept = is.iter().map(|layer| {
        let fate = match before.get(layer.path.as_str()) {
            None => Fate::New,
            Some(was) if was.kind != layer.kind => Fate::Reset(Reset::Kind { was: was.kind }),
            Some(_) if repeated.hold(&layer.path) => Fate::Reset(Reset::Repeated),
            Some(was) => carried(was, layer),
        };
        entry(layer, fate)
    });
    let gone = was.iter().filter(|layer| !after.contains(layer.path.as_str()));
    kept.chain(gone.map(|layer| entry(layer, Fate::Gone))).collect()
}

fn layers(policy: Planned<'_>, of: fn(&Layer) -> bool) -> Vec<&Layer> {
    let layers = policy.map_or_else(Vec::new, |(_, policy)| policy.layers());
    layers.into_iter().filter(|layer| of(layer)).collect()
}

/// True for a layer that keeps state: a retry's is its budget.
fn is_stateful(layer: &Layer) -> bool {
    match layer.kind {
        LayerKind::Retry => *layer.value("budget") != Value::Off,
        kind => kind.entry().stateful,
    }
}

/// What becomes of the state of a layer that is still there.
fn carried(was: &Layer, is: &Layer) -> Fate {
    let differs = |parameter: &&&'static str| was.value(parameter) != is.value(parameter);
    let parameters: Vec<_> = sizes(is.kind).iter().filter(differs).copied().collect();
    if parameters.is_empty() { Fate::Kept } else { Fate::Resized { parameters } }
}

/// The parameters that say how much a layer's state holds. A budget is none of them: its balance is
/// kept whatever the shares are.
const fn sizes(kind: LayerKind) -> &'static [&'static str] {
    match kind {
        LayerKind::CircuitBreaker => &["window"],
        LayerKind::Bulkhead => &["max_concurrency", "queue"],
        LayerKind::Retry
        | LayerKind::Hedge
        | LayerKind::Timeout
        | LayerKind::Fallback
        | LayerKind::To => &[],
    }
}

/// The rows of layers and groups that have one name under one parent, by the path of the first.
#[derive(Default)]
struct Rows<'p> {
    policy: &'p str,
    first: HashSet<&'p str>,
}

impl<'p> Rows<'p> {
    fn add(&mut self, policy: &'p Policy) {
        self.policy = &policy.name;
        for layer in policy.layers() {
            let path = within(self.policy, &layer.path);
            let ordinals = path.match_indices('.').filter_map(|(at, _)| path.split_at_checked(at));
            let row = |(first, rest): (&'p str, &str)| {
                is_ordinal(rest.trim_start_matches('.')).then_some(first)
            };
            self.first.extend(ordinals.filter_map(row));
        }
    }

    /// True when the layer of that path, or a group around it, stands in a row.
    fn hold(&self, path: &str) -> bool {
        let path = within(self.policy, path);
        let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        ends.filter_map(|end| path.get(..end)).any(|part| self.first.contains(part))
    }
}
