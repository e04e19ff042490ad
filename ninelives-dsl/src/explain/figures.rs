//! The bounds of a policy and of its parts with the names of what they speak of: the part that can
//! hang, the services that are called. They outlive the plan.

use crate::bounds::{Analysis, Bounds, Count, Degraded, Latency, Outcome, PerTarget, Worst};
use crate::diagnostic::Diagnostic;
use crate::lint;
use crate::load::Load;
use crate::plan::{Host, Node, NodeKind, Policy};
use crate::source::Span;
use crate::value::ClassSet;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// What no request through a part can exceed.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Whatever it comes to.
    pub worst: WorstCase,
    /// By outcome, those that can come.
    pub outcomes: Vec<(Outcome, WorstCase)>,
    /// Calls per request in the long run, by service.
    pub long_run: PerService<f64>,
    /// Whether a success can be a degraded answer.
    pub degraded: Degraded,
    /// A handler of the host may run: its time is not in the figures.
    pub handler: bool,
    /// The most calls of one request in flight at once.
    pub in_flight: Count,
    /// The most calls of all requests in flight at once.
    pub in_flight_of_all: Count,
}

impl Figures {
    /// The classes of the failures that can come.
    pub fn failures(&self) -> ClassSet {
        let failures = self.outcomes.iter().filter(|(outcome, _)| *outcome != Outcome::Ok);
        ClassSet::of(failures.filter_map(|(outcome, _)| outcome.class()))
    }
}

/// The latest something can come, and the most calls before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorstCase {
    /// How late.
    pub latency: Longest,
    /// How many calls, by service.
    pub calls: PerService<Count>,
}

/// The longest something can take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Longest {
    /// Never longer than this.
    AtMost(Duration),
    /// Nothing ends it.
    Unbounded {
        /// The part that can hang: the path of a layer, or what it is called.
        through: String,
    },
}

/// An amount for each service that is called, the wrapped one first, the others
/// as they stand in the text; never empty.
pub type PerService<T> = Vec<(Service, T)>;

/// A service: the wrapped one, or one of the host by its name, without the `@`.
pub type Service = Option<String>;

/// The figures of one policy and of its parts.
#[derive(Debug)]
pub struct Explained<'l> {
    load: &'l Load,
    policy: &'l Policy,
    analysis: Analysis<'l>,
    whole: Option<Rc<Bounds>>,
    /// By the address of a node, which does not move while the plan is borrowed: the worst of the
    /// places it stands in.
    parts: HashMap<*const Node, Rc<Bounds>>,
    written: HashMap<Span, &'l Node>,
}

impl<'l> Explained<'l> {
    /// Computes them; a text with errors has none.
    pub fn new(load: &'l Load, policy: &'l Policy) -> Self {
        Self::of(load, policy, !load.has_errors())
    }

    /// Computes them for a policy that is [sound](crate::editor::sound), whatever else the text has.
    pub fn of(load: &'l Load, policy: &'l Policy, sound: bool) -> Self {
        let mut analysis = Analysis::new(&load.plan);
        let whole = sound.then(|| analysis.of(policy));
        let mut parts: HashMap<*const Node, Rc<Bounds>> = HashMap::new();
        let mut written = HashMap::new();
        for visit in analysis.visits() {
            written.entry(visit.node.span).or_insert(visit.node);
            let known = parts.entry(visit.node).or_insert_with(|| visit.bounds.clone());
            if *known != visit.bounds {
                *known = Rc::new(known.in_both(&visit.bounds));
            }
        }
        Self { load, policy, analysis, whole, parts, written }
    }

    /// Those of the whole policy, as the host runs it.
    pub fn whole(&self) -> Option<Figures> {
        self.whole.as_deref().map(|bounds| self.name(bounds))
    }

    /// What is sound as often as not, and allowed by default; nothing for a text with errors.
    pub fn notes(&self) -> Vec<Diagnostic> {
        match self.whole {
            Some(_) => lint::notes(self.load, self.policy, &self.analysis),
            None => Vec::new(),
        }
    }

    /// Those of a part, the worst of its places; none for a part that nothing can reach.
    pub fn part(&self, node: &Node) -> Option<Figures> {
        self.parts.get(&std::ptr::from_ref(node)).map(|bounds| self.name(bounds))
    }

    fn name(&self, bounds: &Bounds) -> Figures {
        let worst = Worst { latency: bounds.outcomes.latency(), calls: bounds.outcomes.calls() };
        let outcomes = bounds.outcomes.iter();
        Figures {
            worst: self.worst_case(&worst),
            outcomes: outcomes.map(|(outcome, it)| (outcome, self.worst_case(it))).collect(),
            long_run: self.per_service(&bounds.amplification, |calls| calls > 0.0),
            degraded: bounds.degraded,
            handler: bounds.handler,
            in_flight: bounds.in_flight,
            in_flight_of_all: bounds.in_flight_of_all,
        }
    }

    fn worst_case(&self, worst: &Worst) -> WorstCase {
        let latency = match worst.latency {
            Latency::AtMost(most) => Longest::AtMost(most),
            Latency::Unbounded(span) => {
                Longest::Unbounded { through: name_of(self.written.get(&span).copied()) }
            }
        };
        WorstCase { latency, calls: self.per_service(&worst.calls, |calls| calls > 0) }
    }

    fn per_service<T: Copy + Default>(
        &self,
        amounts: &PerTarget<T>,
        is_any: impl Fn(T) -> bool,
    ) -> PerService<T> {
        let others = amounts.others().filter(|(_, amount)| is_any(*amount));
        let mut named: PerService<T> = others
            .map(|(target, amount)| (Some(self.analysis.target(target).to_owned()), amount))
            .collect();
        if is_any(amounts.service()) || named.is_empty() {
            named.insert(0, (None, amounts.service()));
        }
        named
    }
}

/// What a part is called: by its path, which is the same in both fronts.
fn name_of(node: Option<&Node>) -> String {
    match node.map(|node| &node.kind) {
        Some(NodeKind::Layer(layer)) => layer.path.clone(),
        Some(NodeKind::HostLayer(Host::Name { name, .. })) => format!("@{name}"),
        Some(NodeKind::HostLayer(Host::Expression(_))) => "{ … }".to_owned(),
        _ => "pass".to_owned(),
    }
}
