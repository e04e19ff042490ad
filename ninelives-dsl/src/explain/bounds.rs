//! The bounds of a policy in words.

use crate::bounds::{Analysis, Bounds, Count, Degraded, Latency, PerTarget, UNBOUNDED};
use crate::load::Load;
use crate::plan::{Host, Node, NodeKind, Policy};
use crate::source::Span;
use crate::value::Written;
use std::fmt::{self, Write};

/// The bounds of one policy and of its parts.
pub(super) struct Words<'t> {
    analysis: Analysis<'t>,
    whole: Option<std::rc::Rc<Bounds>>,
}

impl<'t> Words<'t> {
    /// Computes them; a text with errors has none.
    pub(super) fn new(load: &'t Load, policy: &Policy) -> Self {
        let mut analysis = Analysis::new(&load.plan);
        let index = load.plan.policies.iter().position(|it| it.name == policy.name);
        let index = index.filter(|_| !load.has_errors());
        let whole = index.and_then(|index| analysis.policy(index));
        Self { analysis, whole }
    }

    /// The lines about the whole policy.
    pub(super) fn summary(&self, out: &mut String) -> fmt::Result {
        let Some(bounds) = &self.whole else {
            return Ok(());
        };
        let handler = if bounds.handler { ", and the handler's time" } else { "" };
        let latency = self.latency(bounds.outcomes.latency());
        writeln!(
            out,
            "  worst case  {latency}{handler}; {}",
            self.calls(&bounds.outcomes.calls())
        )?;
        writeln!(out, "  long run    {}", self.amplification(&bounds.amplification))?;
        let failures: Vec<_> = bounds.outcomes.classes().iter().map(|it| it.word()).collect();
        let failures = if failures.is_empty() { "none".to_owned() } else { failures.join(", ") };
        writeln!(out, "  failures    {failures}")?;
        let degraded = match bounds.degraded {
            Degraded::Never => "never",
            Degraded::Maybe => "maybe",
            Degraded::Always => "always",
        };
        writeln!(out, "  degraded    {degraded}")?;
        let (one, all) = (count(bounds.in_flight), count(bounds.in_flight_of_all));
        writeln!(out, "  in flight   {one} a request, {all} in all")
    }

    /// What stands behind the heading of a part: its own worst case, the worst of its places.
    pub(super) fn beside(&self, node: &Node) -> String {
        let places = self.analysis.visits().iter().filter(|visit| std::ptr::eq(visit.node, node));
        let worst = places.fold(None, |worst: Option<(Latency, PerTarget<Count>)>, visit| {
            let outcomes = &visit.bounds.outcomes;
            let (latency, calls) = (outcomes.latency(), outcomes.calls());
            Some(match worst {
                Some(worst) => (worst.0.max(latency), worst.1.max(&calls)),
                None => (latency, calls),
            })
        });
        match worst {
            Some((latency, calls)) => {
                format!("  [{}; {}]", self.latency(latency), self.calls(&calls))
            }
            None => String::new(),
        }
    }

    fn latency(&self, latency: Latency) -> String {
        match latency {
            Latency::AtMost(most) => Written(most).to_string(),
            Latency::Unbounded(span) => format!("unbounded through `{}`", self.part_at(span)),
        }
    }

    /// What the part that stands there is called: by its path, which is the same in both fronts.
    fn part_at(&self, span: Span) -> &str {
        let there = self.analysis.visits().iter().find(|visit| visit.node.span == span);
        match there.map(|visit| &visit.node.kind) {
            Some(NodeKind::Layer(layer)) => &layer.path,
            Some(NodeKind::HostLayer(Host::Name { name, .. })) => name,
            Some(NodeKind::HostLayer(Host::Expression(_))) => "{ … }",
            _ => "pass",
        }
    }

    fn calls(&self, calls: &PerTarget<Count>) -> String {
        let one = |calls: Count| {
            if calls == 1 { "1 call".to_owned() } else { format!("{} calls", count(calls)) }
        };
        let mut words = String::new();
        if calls.service() > 0 || calls.others().next().is_none() {
            words.push_str(&one(calls.service()));
        }
        for (target, amount) in calls.others() {
            let and = if words.is_empty() { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(words, "{and}{} of @{}", one(amount), self.analysis.target(target));
        }
        words
    }

    fn amplification(&self, calls: &PerTarget<f64>) -> String {
        let mut words = Vec::new();
        if calls.service() > 0.0 || calls.others().next().is_none() {
            let call = if (calls.service() - 1.0).abs() < 0.005 { "call" } else { "calls" };
            words.push(format!("{} {call} a request", share(calls.service())));
        }
        for (target, amount) in calls.others() {
            words.push(format!("{} of @{}", share(amount), self.analysis.target(target)));
        }
        words.join(", ")
    }
}

fn count(count: Count) -> String {
    if count == UNBOUNDED { "any number of".to_owned() } else { count.to_string() }
}

fn share(share: f64) -> String {
    if share.is_finite() {
        let text = format!("{share:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        "any number of".to_owned()
    }
}
