//! The warnings: what can be run and probably does not do what its author wants. One rule a file, each
//! over the places of the expanded tree with their bounds, so that a finding holds for certain and
//! carries its numbers.

mod attempt_after_deadline;
mod breaker_cannot_trip;
mod dead_arm;
mod deadline_not_shorter;
mod hedge_never_fires;
mod impossible_class;
mod levels;
mod load_amplification;
mod nested_retry;
mod never_acts;
mod no_effect;
mod no_jitter;
mod queue_wait_not_shorter;
mod repeated_without_label;
mod reserve_inside_deadline;
mod retries_rejected;
mod settings;
#[cfg(test)]
mod tests;
mod unbounded_latency;

pub use crate::codes::Level;
pub(crate) use levels::Levels;
pub use settings::Settings;

use crate::bounds::{Analysis, Bounds, Visit};
use crate::codes::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::Load;
use crate::plan::{Layer, NodeKind};
use crate::source::Span;
use std::collections::BTreeMap;

/// The warnings about a load, by place; none where it has errors. What is allowed is left out, what
/// is denied is an error.
pub fn warnings(load: &Load, settings: &Settings) -> Vec<Diagnostic> {
    if load.has_errors() {
        return Vec::new();
    }
    let mut warnings = Warnings::default();
    let mut analysis = Analysis::new(&load.plan);
    let used = unbounded_latency::used(&load.plan);
    let entries = load.plan.policies.iter().enumerate().filter(|(_, policy)| policy.entry);
    for (index, policy) in entries {
        if let Some(bounds) = analysis.policy(index)
            && (policy.public || !used.contains(&index))
        {
            unbounded_latency::check(policy, &bounds, &mut warnings);
        }
    }
    for visit in analysis.visits() {
        dead_arm::check(visit, &mut warnings);
        reserve_inside_deadline::check(visit, &mut warnings);
        if let (NodeKind::Layer(layer), Some(inside)) = (&visit.node.kind, &visit.inside) {
            let place = Place { layer, visit, inside };
            for rule in RULES {
                rule(&place, &mut warnings);
            }
        }
    }
    load.levels.apply(settings, warnings.0.into_values())
}

/// The rules about one layer.
const RULES: &[fn(&Place<'_>, &mut Warnings)] = &[
    attempt_after_deadline::check,
    load_amplification::check,
    retries_rejected::check,
    no_jitter::check,
    deadline_not_shorter::check,
    queue_wait_not_shorter::check,
    no_effect::check,
    never_acts::check,
    breaker_cannot_trip::check,
    hedge_never_fires::check,
    repeated_without_label::check,
    nested_retry::check,
    impossible_class::check,
];

/// A layer in one of its places.
struct Place<'v> {
    layer: &'v Layer,
    visit: &'v Visit<'v>,
    inside: &'v Bounds,
}

impl Place<'_> {
    /// Where the layer is written.
    fn span(&self) -> Span {
        self.visit.node.span
    }

    /// Where a parameter is written, or the layer where it is a default.
    fn span_of(&self, parameter: &str) -> Span {
        let argument = self.layer.arguments.iter().find(|it| it.parameter.name == parameter);
        argument.and_then(|argument| argument.written).unwrap_or(self.span())
    }

    fn is_written(&self, parameter: &str) -> bool {
        let mut arguments = self.layer.arguments.iter();
        arguments.any(|it| it.parameter.name == parameter && it.written.is_some())
    }
}

/// The warnings so far, by code and place: a part that a rule sees in several places is warned of
/// once.
#[derive(Default)]
struct Warnings(BTreeMap<(Span, Code), Diagnostic>);

impl Warnings {
    fn push(&mut self, warning: Diagnostic) {
        self.0.entry((warning.span, warning.code)).or_insert(warning);
    }
}

/// A warning with its place and message.
fn warning(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
}
