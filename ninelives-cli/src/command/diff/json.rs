//! A difference as one JSON object. Keys may be added, never removed or renamed.

use crate::render::data::{Latency, Typed, bounded, finite};
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::diff::{
    Amount, Bound, BoundChange, Change, Diff, Fate, LayerName, LayerState, ParameterChange,
    PolicyDiff, Setting, Whole,
};
use serde::Serialize;

/// The object on one line.
pub(super) fn line(diff: &Diff) -> serde_json::Result<String> {
    let report = Report {
        added: diff.added.iter().map(OnePolicy::new).collect(),
        removed: diff.removed.iter().map(OnePolicy::new).collect(),
        changed: diff.changed.iter().map(Changed::new).collect(),
        unchanged: diff.unchanged,
    };
    Ok(serde_json::to_string(&report)? + "\n")
}

#[derive(Serialize)]
struct Report<'d> {
    added: Vec<OnePolicy<'d>>,
    removed: Vec<OnePolicy<'d>>,
    changed: Vec<Changed<'d>>,
    unchanged: usize,
}

#[derive(Serialize)]
struct OnePolicy<'d> {
    name: &'d str,
    same_as: Option<&'d str>,
    state: Vec<State<'d>>,
}

impl<'d> OnePolicy<'d> {
    fn new(policy: &'d Whole) -> Self {
        Self {
            name: &policy.name,
            same_as: policy.same_as.as_deref(),
            state: policy.state.iter().map(State::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct Changed<'d> {
    name: &'d str,
    entry: Option<Sides<bool>>,
    layers_added: Vec<Layer<'d>>,
    layers_removed: Vec<Layer<'d>>,
    parameters: Vec<Parameter<'d>>,
    structure: Option<Sides<&'d str>>,
    bounds: Vec<OneBound<'d>>,
    state: Vec<State<'d>>,
}

impl<'d> Changed<'d> {
    fn new(policy: &'d PolicyDiff) -> Self {
        Self {
            name: &policy.name,
            entry: policy.entry.as_ref().map(|entry| sides(entry, |it| *it)),
            layers_added: policy.added.iter().map(Layer::new).collect(),
            layers_removed: policy.removed.iter().map(Layer::new).collect(),
            parameters: policy.parameters.iter().map(Parameter::new).collect(),
            structure: policy.structure.as_ref().map(|it| sides(it, String::as_str)),
            bounds: policy.bounds.iter().map(OneBound::new).collect(),
            state: policy.state.iter().map(State::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct Sides<T> {
    old: T,
    new: T,
}

fn sides<'c, T, S>(change: &'c Change<T>, side: impl Fn(&'c T) -> S) -> Sides<S> {
    Sides { old: side(&change.old), new: side(&change.new) }
}

#[derive(Serialize)]
struct Layer<'d> {
    path: &'d str,
    layer: &'static str,
}

impl<'d> Layer<'d> {
    fn new(layer: &'d LayerName) -> Self {
        Self { path: &layer.path, layer: word(layer.kind) }
    }
}

#[derive(Serialize)]
struct Parameter<'d> {
    path: &'d str,
    old: Value<'d>,
    new: Value<'d>,
}

impl<'d> Parameter<'d> {
    fn new(change: &'d ParameterChange) -> Self {
        let value = |setting: &'d Setting| Value {
            value: Typed::new(&setting.value),
            text: &setting.text,
            default: setting.is_default,
        };
        Self { path: &change.path, old: value(&change.old), new: value(&change.new) }
    }
}

#[derive(Serialize)]
struct Value<'d> {
    value: Typed,
    text: &'d str,
    default: bool,
}

#[derive(Serialize)]
struct OneBound<'d> {
    bound: &'static str,
    /// Of which service; null is the one that the policy is put around.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Option<&'d str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    worse: bool,
    old: Measure,
    new: Measure,
}

impl<'d> OneBound<'d> {
    fn new(change: &'d BoundChange) -> Self {
        let (bound, service, class) = match &change.bound {
            Bound::Latency => ("latency", None, None),
            Bound::Handler => ("handler_time_beside", None, None),
            Bound::Calls(service) => ("calls", Some(service.as_deref()), None),
            Bound::LongRun(service) => ("long_run", Some(service.as_deref()), None),
            Bound::Failure(class) => ("failure", None, Some(class.word())),
            Bound::Degraded => ("degraded", None, None),
            Bound::InFlight => ("in_flight_calls", None, None),
            Bound::InFlightOfAll => ("in_flight_calls_of_all", None, None),
        };
        let (old, new) = (Measure::new(&change.old), Measure::new(&change.new));
        Self { bound, service, class, worse: change.is_worse(), old, new }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Measure {
    Latency(Latency),
    Count { calls: Option<u64> },
    Average { calls_per_request: Option<f64> },
    Possible { possible: bool },
    Degraded { degraded: String },
}

impl Measure {
    fn new(amount: &Amount) -> Self {
        match amount {
            Amount::Latency(latency) => Self::Latency(latency.into()),
            Amount::Count(calls) => Self::Count { calls: bounded(*calls) },
            Amount::Average(calls) => Self::Average { calls_per_request: finite(*calls) },
            Amount::Possible(possible) => Self::Possible { possible: *possible },
            Amount::Degraded(degraded) => Self::Degraded { degraded: degraded.to_string() },
        }
    }
}

#[derive(Serialize)]
struct State<'d> {
    path: &'d str,
    layer: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl<'d> State<'d> {
    fn new(state: &'d LayerState) -> Self {
        let mut parameters = Vec::new();
        let mut reason = None;
        match &state.fate {
            Fate::Resized { parameters: sizes } => parameters.clone_from(sizes),
            Fate::Reset(reset) => reason = Some(reset.to_string()),
            Fate::Kept | Fate::New | Fate::Gone => {}
        }
        let (path, layer) = (state.path.as_str(), word(state.kind));
        Self { path, layer, state: state.fate.word(), parameters, reason }
    }
}

fn word(kind: LayerKind) -> &'static str {
    kind.entry().name
}
