//! What a change means, not its text: the policies, layers and parameters that differ between two
//! loads, the bounds that got better or worse, and the state that a reload would keep.
//!
//! A diff is a value. What differs in the text alone (layout, comments, the name of a `let`, a
//! default that is written out, the order of declarations) is no difference.
//!
//! ```
//! use ninelives_dsl::diff::diff;
//! use ninelives_dsl::load::{Front, load_bytes};
//!
//! let load = |text: &str| load_bytes("api.nl", text.as_bytes(), None, Front::Text);
//! let old = load("policy api = timeout(1s) + retry;");
//! let new = load("policy api = timeout(2s) + retry(3, jitter = full); // patient");
//! let diff = diff(&old, &new);
//! let [api] = &diff.changed[..] else { panic!("one policy differs") };
//! assert_eq!(api.parameters[0].path, "api.timeout.duration");
//! assert_eq!(api.parameters.len(), 1);
//! assert_eq!(diff.worse().count(), 1);
//! ```

mod bounds;
mod policy;
mod shape;
mod state;
#[cfg(test)]
mod tests;

pub use bounds::{Amount, Bound, BoundChange};
pub use policy::{LayerName, ParameterChange, PolicyDiff, Setting};
pub use state::{Fate, LayerState, Reset, state, successors};

use crate::load::Load;
use crate::plan::{Plan, Policy};
use std::collections::{BTreeMap, HashMap, HashSet};

/// One thing on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<T> {
    /// What it was.
    pub old: T,
    /// What it is.
    pub new: T,
}

/// What differs between two loads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diff {
    /// The policies that only the new load has, as they are written.
    pub added: Vec<Whole>,
    /// The policies that only the old load has, as they were written.
    pub removed: Vec<Whole>,
    /// The policies that differ, as they are written in the new load.
    pub changed: Vec<PolicyDiff>,
    /// How many mean the same in both.
    pub unchanged: usize,
}

/// A policy that one of the loads does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its name.
    pub name: String,
    /// The one policy of the other load that only that one has, and that is the same but for its
    /// name. Identity is the name: its state is not kept.
    pub same_as: Option<String>,
    /// The state that begins or ends with it.
    pub state: Vec<LayerState>,
}

impl Diff {
    /// True when both loads mean the same.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// The bounds that got worse, of policies that both loads have.
    pub fn worse(&self) -> impl Iterator<Item = &BoundChange> {
        self.bounds().filter(|change| change.is_worse())
    }

    /// The bounds that got better, of policies that both loads have.
    pub fn better(&self) -> impl Iterator<Item = &BoundChange> {
        self.bounds().filter(|change| !change.is_worse())
    }

    /// The state of every layer of the policies that differ, are added or removed; that of the
    /// others is kept.
    pub fn state(&self) -> impl Iterator<Item = &LayerState> {
        let changed = self.changed.iter().flat_map(|policy| &policy.state);
        let whole = self.added.iter().chain(&self.removed).flat_map(|policy| &policy.state);
        changed.chain(whole)
    }

    fn bounds(&self) -> impl Iterator<Item = &BoundChange> {
        self.changed.iter().flat_map(|policy| &policy.bounds)
    }
}

/// Compares two loads. One that has errors is compared as far as it could be resolved, without its
/// bounds.
pub fn diff(old: &Load, new: &Load) -> Diff {
    let before = by_name(&old.plan);
    let after = by_name(&new.plan);
    let mut diff = Diff::default();
    let affected = affected(old, new, &before);
    for policy in new.plan.as_written() {
        let Some(was) = before.get(policy.name.as_str()) else {
            diff.added.push(whole(policy, None, Some((&new.plan, policy))));
            continue;
        };
        let changed = affected
            .contains(policy.name.as_str())
            .then(|| policy::compare((old, was), (new, policy)))
            .filter(|changed| !changed.is_empty());
        match changed {
            Some(changed) => diff.changed.push(changed),
            None => diff.unchanged += 1,
        }
    }
    for policy in old.plan.as_written() {
        if !after.contains_key(policy.name.as_str()) {
            diff.removed.push(whole(policy, Some((&old.plan, policy)), None));
        }
    }
    pair((old, &before), (new, &after), &mut diff);
    diff
}

fn by_name(plan: &Plan) -> HashMap<&str, &Policy> {
    plan.policies.iter().map(|policy| (policy.name.as_str(), policy)).collect()
}

fn whole(policy: &Policy, old: Option<(&Plan, &Policy)>, new: Option<(&Plan, &Policy)>) -> Whole {
    Whole { name: policy.name.clone(), same_as: None, state: state::of_policy(old, new) }
}

/// The policies of the new load that may differ: those whose own text means something else, and
/// those that refer to one.
fn affected<'n>(old: &Load, new: &'n Load, before: &HashMap<&str, &Policy>) -> HashSet<&'n str> {
    let mut affected = HashSet::new();
    // Each policy comes after those it refers to.
    for policy in &new.plan.policies {
        let differs = before.get(policy.name.as_str()).is_none_or(|was| {
            was.entry != policy.entry || shape::body(old, was) != shape::body(new, policy)
        });
        let refers_to_one = || {
            let mut names = shape::references(&new.plan, &policy.body).into_iter();
            names.any(|name| affected.contains(name))
        };
        if differs || refers_to_one() {
            affected.insert(policy.name.as_str());
        }
    }
    affected
}

/// Finds the policies that are the same but for their name, where there is one on each side.
fn pair(
    (old, before): (&Load, &HashMap<&str, &Policy>),
    (new, after): (&Load, &HashMap<&str, &Policy>),
    diff: &mut Diff,
) {
    let added = by_body(new, after, &diff.added);
    for (body, was) in by_body(old, before, &diff.removed) {
        let is = added.get(&body).copied().flatten();
        let was = was.and_then(|at| diff.removed.get_mut(at));
        if let (Some(was), Some(is)) = (was, is.and_then(|at| diff.added.get_mut(at))) {
            was.same_as = Some(is.name.clone());
            is.same_as = Some(was.name.clone());
        }
    }
}

/// Where the one policy stands that has a body; nowhere, where several have it.
fn by_body(
    load: &Load,
    policies: &HashMap<&str, &Policy>,
    chosen: &[Whole],
) -> BTreeMap<String, Option<usize>> {
    let mut bodies = BTreeMap::new();
    for (at, whole) in chosen.iter().enumerate() {
        if let Some(policy) = policies.get(whole.name.as_str()) {
            let several = bodies.entry(shape::body(load, policy));
            several.and_modify(|one| *one = None).or_insert(Some(at));
        }
    }
    bodies
}
