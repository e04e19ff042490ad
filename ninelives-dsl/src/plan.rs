//! Stop 5 of 9: what will run. Names are resolved, templates expanded, units resolved, every
//! default written out, spans kept. Both fronts build from this and from nothing else.

use crate::catalogue::{Kind, LayerKind, ParameterEntry};
use crate::source::Span;
use crate::value::{Backoff, Budget, ClassSet, Jitter, Number, Quantile, Rate, Ratio, Written};
use std::fmt;
use std::time::Duration;

/// All policies of a load, each after those it refers to, and otherwise in the order they were
/// declared (imported files first). For printing there is [`Plan::as_written`].
///
/// INVARIANT(acyclic): a [`NodeKind::Reference`] points at an index below the policy's own, so
/// walking references always ends.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The policies; templates are gone, each call of one is expanded in place.
    pub policies: Vec<Policy>,
}

impl Plan {
    /// The policy of that name.
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == name)
    }

    /// The policies in the order they stand in their files, the first file's first.
    pub fn as_written(&self) -> Vec<&Policy> {
        let mut policies: Vec<_> = self.policies.iter().collect();
        policies.sort_by_key(|policy| policy.span);
        policies
    }
}

/// One policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name; for an anonymous `policy!(…)` what the macro passed (`file:line:column`).
    pub name: String,
    /// Where the name stands (the whole expression when anonymous).
    pub span: Span,
    /// `///` lines.
    pub docs: Vec<String>,
    /// Written `pub`.
    pub public: bool,
    /// May be run by the host: the policies of the first file that are `pub`, or all of them
    /// where none is.
    pub entry: bool,
    /// What runs.
    pub body: Node,
}

impl Policy {
    /// Its own layers, from left to right; those of policies it refers to are theirs.
    pub fn layers(&self) -> Vec<&Layer> {
        self.layer_nodes().into_iter().map(|(_, layer)| layer).collect()
    }

    /// The same, each with the part that it is.
    pub fn layer_nodes(&self) -> Vec<(&Node, &Layer)> {
        fn collect<'p>(node: &'p Node, layers: &mut Vec<(&'p Node, &'p Layer)>) {
            match &node.kind {
                NodeKind::Layer(layer) => layers.push((node, layer)),
                NodeKind::Sequence(parts)
                | NodeKind::Fallback(parts)
                | NodeKind::ForkJoin(parts) => parts.iter().for_each(|part| collect(part, layers)),
                NodeKind::Pass
                | NodeKind::Fail
                | NodeKind::Reference { .. }
                | NodeKind::HostLayer(_) => {}
            }
        }
        let mut layers = Vec::new();
        collect(&self.body, &mut layers);
        layers
    }
}

/// A part of a policy.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it was written; in an expanded template the template's own text.
    pub span: Span,
}

/// The parts of a policy. Chains are flat: no `Sequence` directly in a `Sequence`, and so on.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Calls the service as it is.
    Pass,
    /// Fails at once; neutral.
    Fail,
    /// One layer.
    Layer(Layer),
    /// `a + b + …`: outermost first. At least two.
    Sequence(Vec<Node>),
    /// `a | b | …`. At least two.
    Fallback(Vec<Node>),
    /// `a & b & …`. At least two.
    ForkJoin(Vec<Node>),
    /// The same instance of another policy: its state, its paths.
    Reference {
        /// Index into [`Plan::policies`].
        policy: usize,
    },
    /// A tower layer of the host program, last in the policy's outermost sequence.
    HostLayer(Host),
}

/// A thing of the host program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// `@name`
    Name {
        /// Without the `@`.
        name: String,
        /// With the `@`.
        span: Span,
    },
    /// `{ expr }`; the span covers the braces. Only from `policy!`.
    Expression(Span),
}

/// One layer with all its parameters.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Which.
    pub kind: LayerKind,
    /// Its path: `search.timeout`, `api.standard.retry.2`.
    pub path: String,
    /// One per parameter of the catalogue's entry, in its order.
    pub arguments: Vec<Argument>,
}

impl Layer {
    /// The value of a parameter; [`Value::Unset`] for a name the entry does not have.
    pub fn value(&self, parameter: &str) -> &Value {
        self.arguments
            .iter()
            .find(|argument| argument.parameter.name == parameter)
            .map_or(&Value::Unset, |argument| &argument.value)
    }
}

/// One parameter with its value.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The catalogue's row.
    pub parameter: &'static ParameterEntry,
    /// The value in force.
    pub value: Value,
    /// Where it was written; `None` when it is the default.
    pub written: Option<Span>,
}

/// A resolved value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A length of time.
    Duration(Duration),
    /// A whole number.
    Count(u64),
    /// A decimal number.
    Number(Number),
    /// A share.
    Ratio(Ratio),
    /// So many per period.
    Rate(Rate),
    /// Bytes.
    Size(u64),
    /// From, to.
    Range(Duration, Duration),
    /// A quantile.
    Quantile(Quantile),
    /// `true` or `false`.
    Bool(bool),
    /// Outcome classes.
    Classes(ClassSet),
    /// How waits grow.
    Backoff(Backoff),
    /// How waits are spread.
    Jitter(Jitter),
    /// What repetition may cost.
    Budget(Budget),
    /// Text.
    Text(String),
    /// `off`: the parameter's feature is switched off.
    Off,
    /// Not given, and the default is to have none.
    Unset,
    /// `@name` or `{ expr }`. A plain parameter from `policy!` may be `{ expr }` as well.
    Host(Host),
}

impl Value {
    /// Its kind; none for what is not given.
    pub const fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Duration(_) => Kind::Duration,
            Self::Count(_) => Kind::Count,
            Self::Number(_) => Kind::Number,
            Self::Ratio(_) => Kind::Ratio,
            Self::Rate(_) => Kind::Rate,
            Self::Size(_) => Kind::Size,
            Self::Range(..) => Kind::Range,
            Self::Quantile(_) => Kind::Quantile,
            Self::Bool(_) => Kind::Bool,
            Self::Classes(_) => Kind::Classes,
            Self::Backoff(_) => Kind::Backoff,
            Self::Jitter(_) => Kind::Jitter,
            Self::Budget(_) => Kind::Budget,
            Self::Text(_) => Kind::Text,
            Self::Off => Kind::Off,
            Self::Host(_) => Kind::Host,
            Self::Unset => return None,
        })
    }
}

/// As the language writes it. What is not given, and Rust in braces, has no text.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration(duration) => Written(*duration).fmt(out),
            Self::Count(count) => count.fmt(out),
            Self::Number(number) => number.fmt(out),
            Self::Ratio(ratio) => ratio.fmt(out),
            Self::Rate(rate) => rate.fmt(out),
            Self::Size(bytes) => write!(out, "{bytes}B"),
            Self::Range(low, high) => write!(out, "{}..{}", Written(*low), Written(*high)),
            Self::Quantile(quantile) => quantile.fmt(out),
            Self::Bool(bool) => bool.fmt(out),
            Self::Classes(classes) => classes.fmt(out),
            Self::Backoff(backoff) => backoff.fmt(out),
            Self::Jitter(jitter) => jitter.fmt(out),
            Self::Budget(budget) => budget.fmt(out),
            Self::Text(text) => write!(out, "{text:?}"),
            Self::Off => out.write_str("off"),
            Self::Host(Host::Name { name, .. }) => write!(out, "@{name}"),
            Self::Unset | Self::Host(Host::Expression(_)) => Ok(()),
        }
    }
}
