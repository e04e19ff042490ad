//! The warnings: what can be run and probably does not do what its author wants. One rule a file:
//! its header is its page, which `nl explain` prints; then what it looks at; then its tests. Most
//! look at the places of the expanded tree with their bounds, so that a finding holds for certain
//! and carries its numbers.

mod attempt_after_deadline;
mod attempts_do_not_fit;
mod breaker_cannot_trip;
mod breaker_misses_hangs;
mod dead_arm;
mod deadline_not_shorter;
mod entered_twice;
mod hedge_never_fires;
mod impossible_class;
mod levels;
mod limit_inside_retry;
mod load_amplification;
mod mixed_operators;
mod mixed_terminals;
mod nested_retry;
mod never_acts;
mod no_attempt_timeout;
mod no_effect;
mod no_jitter;
mod queue_wait_not_shorter;
mod repeated_without_label;
mod reserve_inside_deadline;
mod reserve_waits_unbounded;
mod retries_rejected;
mod settings;
mod terminals;
#[cfg(test)]
mod testing;
mod texts;
mod unbounded_latency;
mod uncapped_wait;
mod unused;
mod unused_allow;

pub use crate::codes::Level;
pub use settings::Settings;
pub(crate) use texts::Texts;

use crate::bounds::{Analysis, Bounds, Visit};
use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::Load;
use crate::plan::{Layer, Node, NodeKind, Plan, Policy};
use crate::source::Span;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use terminals::Terminals;

/// The warnings about a load, by place; none where it has errors. What is allowed is left out, what
/// is denied is an error.
pub fn warnings(load: &Load, settings: &Settings) -> Vec<Diagnostic> {
    if load.has_errors() {
        return Vec::new();
    }
    let plan = &load.plan;
    let mut warnings = load.texts.warnings.clone();
    let mut analysis = Analysis::new(plan);
    for (index, policy) in roots(plan) {
        if let Some(bounds) = analysis.policy(index) {
            unbounded_latency::check(load, policy, &bounds, &mut warnings);
        }
    }
    let terminals = Terminals::of(plan);
    entered_twice::check(plan, &terminals, &mut warnings);
    let mut places = Places::default();
    for visit in analysis.visits() {
        mixed_terminals::check(plan, &terminals, visit, &mut warnings);
        places.look(visit, &mut warnings);
    }
    places.say_where_not_all_agree(&mut warnings);
    let levels = &load.texts.levels;
    let leveled = levels.apply(settings, warnings.0.into_values());
    let mut unused = Warnings::default();
    unused_allow::check(levels, &leveled, analysis.visits(), &load.files, &mut unused);
    let mut findings = leveled.findings;
    reserve_waits_unbounded::once(&mut findings);
    findings.extend(levels.apply(settings, unused.0.into_values()).findings);
    findings.sort_by_key(|finding| (finding.span, finding.code));
    findings
}

/// What is allowed by default, of one policy: to be told beside its bounds, which are in `analysis`.
pub(crate) fn notes(load: &Load, policy: &Policy, analysis: &Analysis<'_>) -> Vec<Diagnostic> {
    let mut own = HashSet::new();
    nodes(&policy.body, &mut |node| own.extend([std::ptr::from_ref(node)]));
    let mut warnings = Warnings::default();
    let visits = analysis.visits().iter();
    for visit in visits.filter(|visit| own.contains(&std::ptr::from_ref(visit.node))) {
        place(visit, &mut warnings);
    }
    let mut settings = Settings::default();
    let is_note = |code: &Code| code.level() == Level::Allow;
    codes::all().filter(|code| is_note(code)).for_each(|code| settings.project(*code, Level::Warn));
    let notes = warnings.0.into_values().filter(|warning| is_note(&warning.code));
    load.texts.levels.apply(&settings, notes).findings
}

/// The policies that the host runs as they are, by index: entries that no other one refers to, or
/// that are `pub`. The others are looked at where they are used.
fn roots(plan: &Plan) -> impl Iterator<Item = (usize, &Policy)> {
    let mut used = HashSet::new();
    for policy in &plan.policies {
        nodes(&policy.body, &mut |node| {
            if let NodeKind::Reference { policy } = &node.kind {
                used.insert(*policy);
            }
        });
    }
    let policies = plan.policies.iter().enumerate();
    policies.filter(move |(index, it)| it.entry && (it.public || !used.contains(index)))
}

fn nodes<'p>(node: &'p Node, seen: &mut impl FnMut(&'p Node)) {
    seen(node);
    if let NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) =
        &node.kind
    {
        parts.iter().for_each(|part| nodes(part, seen));
    }
}

/// How many places each part has, and in how many of them a finding holds: a policy that others use,
/// and what is in a template, is in several.
#[derive(Default)]
struct Places {
    of: HashMap<Span, usize>,
    findings: BTreeMap<(Span, Code), (Span, usize)>,
}

impl Places {
    fn look(&mut self, visit: &Visit<'_>, warnings: &mut Warnings) {
        let part = visit.node.span;
        *self.of.entry(part).or_default() += 1;
        let mut here = Warnings::default();
        place(visit, &mut here);
        for (key, warning) in here.0 {
            self.findings.entry(key).or_insert((part, 0)).1 += 1;
            warnings.push(warning);
        }
    }

    /// What can never happen in one place may well happen in another.
    fn say_where_not_all_agree(&self, warnings: &mut Warnings) {
        for (key, (part, count)) in &self.findings {
            let all = self.of.get(part).copied().unwrap_or_default();
            if let (true, Some(warning)) = (*count < all, warnings.0.get_mut(key)) {
                let _ = write!(warning.message, " (in {count} of the {all} places it is used in)");
            }
        }
    }
}

/// What there is to say about one place.
fn place(visit: &Visit<'_>, warnings: &mut Warnings) {
    dead_arm::check(visit, warnings);
    reserve_inside_deadline::check(visit, warnings);
    reserve_waits_unbounded::check(visit, warnings);
    if let (NodeKind::Layer(layer), Some(inside)) = (&visit.node.kind, &visit.inside) {
        let place = Place { layer, visit, inside };
        for rule in RULES {
            rule(&place, warnings);
        }
    }
}

/// The rules about one layer.
const RULES: &[fn(&Place<'_>, &mut Warnings)] = &[
    attempt_after_deadline::check,
    attempts_do_not_fit::check,
    load_amplification::check,
    retries_rejected::check,
    no_jitter::check,
    deadline_not_shorter::check,
    queue_wait_not_shorter::check,
    no_effect::check,
    never_acts::check,
    limit_inside_retry::check,
    no_attempt_timeout::check,
    breaker_cannot_trip::check,
    breaker_misses_hangs::check,
    hedge_never_fires::check,
    uncapped_wait::check,
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

/// The warnings so far, by place and code: a part that a rule sees in several places is warned of
/// once.
#[derive(Clone, Debug, Default)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Front, load_bytes};

    #[test]
    fn text_with_errors_has_no_warnings() {
        let text = b"policy a = retry(1); policy b = retry(0);";
        let load = load_bytes("test", text, None, Front::Text);
        assert!(load.has_errors());
        assert_eq!(warnings(&load, &Settings::default()), []);
    }

    #[test]
    fn finding_that_does_not_hold_in_every_place_says_so() {
        let message = |text: &str| {
            let found = warnings(&testing::load(text), &Settings::default());
            let [warning] = found.as_slice() else { panic!("{text}: {found:?}") };
            warning.message.clone()
        };
        let never = "this deadline of 2s can never pass: the one around it is 1s";
        assert_eq!(message("policy a = timeout(2s); policy b = timeout(1s) + a;"), never);
        assert_eq!(
            message("pub policy a = timeout(2s); pub policy b = timeout(1s) + a;"),
            format!("{never} (in 1 of the 2 places it is used in)")
        );
        let template = "policy t(d: duration) = timeout(d) + retry(2) + attempt: timeout(2s);";
        assert_eq!(
            message(&format!("{template} policy a = t(1s); policy b = t(5s);")),
            format!("{never} (in 1 of the 2 places it is used in)")
        );
    }

    #[test]
    fn sensible_policies_give_no_false_alarm() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus/valid/sensible.nl");
        let text = std::fs::read_to_string(file).unwrap();
        assert_eq!(testing::found(&text), ["NL108 warning hedge", "NL104 warning none"]);
        assert_eq!(testing::load(&text).plan.policies.len(), 25);
    }

    #[test]
    fn findings_come_by_place() {
        let text =
            "#[allow(no-effect)] policy a = retry(1, jitter = none) & hedge + @b; let c = 1s;";
        let load = testing::load(text);
        let findings = warnings(&load, &Settings::default());
        assert!(findings.is_sorted_by_key(|finding| finding.span), "{findings:?}");
        assert_eq!(findings.len(), 3, "{findings:?}");
    }
}
