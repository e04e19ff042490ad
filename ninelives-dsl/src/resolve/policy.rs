//! From expression to node, where a policy is expected.

use super::meter::Size;
use super::names::Found;
use super::paths::Parent;
use super::refusals::blame;
use super::template::{Bound, Call, Frame};
use super::value::is_value_word;
use super::{Done, Resolver};
use crate::ast::{Expression, ExpressionKind};
use crate::catalogue::{self, Kind, PolicyEntry};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::plan::{Host, Node, NodeKind};
use crate::source::Span;

/// A node with what its neighbours must know of it.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) node: Node,
    /// Does not call what is inside.
    pub(super) terminal: bool,
}

impl Part {
    pub(super) const fn new(kind: NodeKind, span: Span, terminal: bool) -> Self {
        Self { node: Node { kind, span }, terminal }
    }
}

/// The three ways to chain policies.
#[derive(Clone, Copy, PartialEq)]
enum Chain {
    Sequence,
    Fallback,
    ForkJoin,
}

impl Chain {
    fn node(self, parts: Vec<Node>) -> NodeKind {
        match self {
            Self::Sequence => NodeKind::Sequence(parts),
            Self::Fallback => NodeKind::Fallback(parts),
            Self::ForkJoin => NodeKind::ForkJoin(parts),
        }
    }

    /// Adds a part to a chain, which stays flat: all three associate.
    fn push(self, parts: &mut Vec<Node>, part: Node) {
        match (self, part.kind) {
            (Self::Sequence, NodeKind::Sequence(inner))
            | (Self::Fallback, NodeKind::Fallback(inner))
            | (Self::ForkJoin, NodeKind::ForkJoin(inner)) => parts.extend(inner),
            (_, kind) => parts.push(Node { kind, span: part.span }),
        }
    }
}

impl<'a> Resolver<'a, '_> {
    /// The node of an expression, or `None` when something in it is wrong, which was reported, or
    /// when a limit is passed.
    pub(super) fn lower(
        &mut self,
        expression: &'a Expression,
        frame: &Frame<'a, '_>,
        parent: &mut Parent<'a>,
    ) -> Option<Part> {
        if self.meter.is_exceeded() {
            return None;
        }
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Group(inner) => self.deeper(|resolver| match &expression.label {
                Some(label) => resolver.lower(inner, frame, &mut parent.enter(&label.text)),
                None => resolver.lower(inner, frame, parent),
            }),
            ExpressionKind::Sequence(parts) => {
                self.chain(Chain::Sequence, parts, span, frame, parent)
            }
            ExpressionKind::Fallback(parts) => {
                self.chain(Chain::Fallback, parts, span, frame, parent)
            }
            ExpressionKind::ForkJoin(parts) => {
                self.chain(Chain::ForkJoin, parts, span, frame, parent)
            }
            ExpressionKind::Call { name, arguments } => {
                let call = Call {
                    name,
                    label: expression.label.as_ref(),
                    arguments: arguments.as_ref(),
                    span,
                };
                self.call(call, frame, parent)
            }
            ExpressionKind::Host(name) => {
                let name = name.text.clone();
                self.atom(NodeKind::HostLayer(Host::Name { name, span }), span, false)
            }
            ExpressionKind::HostExpression if self.front.holds_rust(span.file) => {
                self.atom(NodeKind::HostLayer(Host::Expression(span)), span, false)
            }
            ExpressionKind::HostExpression => {
                self.refuse_host_expression(span);
                None
            }
            ExpressionKind::Literal(_) => {
                let term = self.term(expression, frame, &[Kind::Policy])?;
                let _ = self.fit(term, &[Kind::Policy], span, None);
                None
            }
            ExpressionKind::Weighted { .. } => {
                self.refuse_weight(span);
                None
            }
            ExpressionKind::Shadow { .. } => {
                self.refuse_shadow(span);
                None
            }
            ExpressionKind::Poison => None,
        }
    }

    /// Runs `work` one level of brackets or templates further down.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.meter.enter();
        let done = self.meter.take(Size { nodes: 0, depth: 0 }).and_then(|()| work(self));
        self.meter.leave();
        done
    }

    fn atom(&mut self, kind: NodeKind, span: Span, terminal: bool) -> Option<Part> {
        self.meter.take(Size { nodes: 1, depth: 0 })?;
        Some(Part::new(kind, span, terminal))
    }

    fn chain(
        &mut self,
        chain: Chain,
        parts: &'a [Expression],
        span: Span,
        frame: &Frame<'a, '_>,
        parent: &mut Parent<'a>,
    ) -> Option<Part> {
        self.meter.take(Size { nodes: 1, depth: 0 })?;
        let mut nodes = Some(Vec::with_capacity(parts.len()));
        let mut all_terminal = true;
        let mut ended: Option<Span> = None;
        let mut told = false;
        for part in parts {
            if let (Some(end), Chain::Sequence, false) = (ended, chain, told) {
                self.report_unreachable(end, part.span, frame);
                told = true;
                nodes = None;
            }
            let Some(lowered) = self.lower(part, frame, parent) else {
                if self.meter.is_exceeded() {
                    return None;
                }
                ended = None;
                nodes = None;
                continue;
            };
            all_terminal &= lowered.terminal;
            ended = lowered.terminal.then_some(part.span);
            if let Some(nodes) = &mut nodes {
                chain.push(nodes, lowered.node);
            }
        }
        let terminal = match chain {
            Chain::Sequence => ended.is_some(),
            Chain::Fallback | Chain::ForkJoin => all_terminal,
        };
        Some(Part::new(chain.node(nodes?), span, terminal))
    }

    /// A terminal with something to its right.
    fn report_unreachable(&mut self, terminal: Span, unreachable: Span, frame: &Frame<'a, '_>) {
        let message = "nothing can run to the right of a terminal";
        let finding = blame(codes::UNREACHABLE, unreachable, message, frame)
            .with_label(terminal, "calls nothing to its right")
            .with_help("put the terminal last, or behind `|` or `&`");
        self.report(finding);
    }

    fn call(
        &mut self,
        call: Call<'a>,
        frame: &Frame<'a, '_>,
        parent: &mut Parent<'a>,
    ) -> Option<Part> {
        match frame.bound(&call.name.text) {
            Some(bound) => self.parameter(bound, call, frame, parent),
            None => match self.names.find(call.name) {
                Found::Declared(_) if self.references.cut.contains(&call.name.span) => None,
                Found::Declared(id) => self.declared(id, call, frame, parent),
                Found::Hidden(_) | Found::Unread | Found::Unknown => {
                    self.language_policy(call, frame, parent)
                }
            },
        }
    }

    fn parameter(
        &mut self,
        bound: &Bound<'a, '_>,
        call: Call<'a>,
        frame: &Frame<'a, '_>,
        parent: &mut Parent<'a>,
    ) -> Option<Part> {
        if let (Bound::Policy(..) | Bound::AnyPolicy, Some(arguments)) = (bound, call.arguments) {
            self.refuse_arguments(&call.name.text, "a parameter", arguments.span);
            return None;
        }
        match bound {
            Bound::Policy(policy, captured) => self.deeper(|resolver| {
                let none = Frame::default();
                let captured = captured.unwrap_or(&none);
                match call.label {
                    Some(label) => resolver.lower(policy, captured, &mut parent.enter(&label.text)),
                    None => resolver.lower(policy, captured, parent),
                }
            }),
            Bound::Value(_) => self.not_a_policy(call, frame),
            Bound::AnyPolicy => self.atom(NodeKind::Pass, call.span, false),
            Bound::Poison => None,
        }
    }

    fn declared(
        &mut self,
        id: usize,
        call: Call<'a>,
        frame: &Frame<'a, '_>,
        parent: &mut Parent<'a>,
    ) -> Option<Part> {
        match (self.done.get(id)?, call.arguments) {
            (Done::Policy(Some(_)), Some(arguments)) => {
                self.refuse_arguments(
                    &call.name.text,
                    "a policy without parameters",
                    arguments.span,
                );
                None
            }
            (Done::Policy(Some(policy)), None) => {
                let policy = *policy;
                let facts = *self.facts.get(policy)?;
                self.meter.take(Size { nodes: facts.size.nodes, depth: facts.size.depth + 1 })?;
                let kind = NodeKind::Reference { policy };
                Some(Part::new(kind, call.span, facts.terminal))
            }
            (Done::Template(template), Some(_)) => {
                let template = template.clone();
                self.expand(&template, call, frame, parent)
            }
            (Done::Template(_), None) => {
                let name = &call.name.text;
                let message = format!("`{name}` is a template and is called with parentheses");
                self.report(
                    Diagnostic::error(codes::MISSING, call.span, message)
                        .with_help(format!("write `{name}(…)`, or `{name}()` for its defaults")),
                );
                None
            }
            (Done::Let(Some(_)), _) => self.not_a_policy(call, frame),
            (Done::Policy(None) | Done::Let(None) | Done::Poison, _) => None,
        }
    }

    /// A word of the language where a policy is expected, or a word that is none.
    fn language_policy(
        &mut self,
        call: Call<'a>,
        frame: &Frame<'a, '_>,
        parent: &mut Parent<'a>,
    ) -> Option<Part> {
        let word = call.name.text.as_str();
        if let Some(entry) = catalogue::policy(word) {
            return self.layer(entry, call, frame, parent);
        }
        let identity = match word {
            "pass" => Some((NodeKind::Pass, false)),
            "fail" => Some((NodeKind::Fail, true)),
            _ => None,
        };
        if let Some((kind, terminal)) = identity {
            return match call.arguments {
                Some(arguments) if !arguments.items.is_empty() => {
                    self.refuse_arguments(word, "a policy without parameters", arguments.span);
                    None
                }
                _ => self.atom(kind, call.span, terminal),
            };
        }
        if catalogue::LATER_POLICIES.contains(&word) {
            self.report(
                Diagnostic::error(
                    codes::NOT_YET,
                    call.name.span,
                    format!("`{word}` is reserved and cannot be run yet"),
                )
                .with_help("this version runs ".to_owned() + &runnable()),
            );
            return None;
        }
        if is_value_word(word) {
            return self.not_a_policy(call, frame);
        }
        self.unknown_policy(call.name, frame);
        None
    }

    /// One layer, with all its parameters.
    fn layer(
        &mut self,
        entry: &'static PolicyEntry,
        call: Call<'a>,
        frame: &Frame<'a, '_>,
        parent: &mut Parent<'a>,
    ) -> Option<Part> {
        let name = call.label.map_or(entry.name, |label| label.text.as_str());
        let path = parent.child(name);
        self.meter.take(Size { nodes: 1, depth: 0 })?;
        let arguments = self.layer_arguments(entry, call, frame)?;
        let layer = crate::plan::Layer { kind: entry.kind, path, arguments };
        Some(Part::new(NodeKind::Layer(layer), call.span, entry.terminal))
    }

    /// A value where a policy is expected.
    fn not_a_policy(&mut self, call: Call<'a>, frame: &Frame<'a, '_>) -> Option<Part> {
        let term = self.named(call.name, call.arguments, call.span, frame, &[Kind::Policy])?;
        let _ = self.fit(term, &[Kind::Policy], call.span, None);
        None
    }
}

fn runnable() -> String {
    catalogue::POLICIES.map(|entry| format!("`{}`", entry.name)).join(", ")
}
