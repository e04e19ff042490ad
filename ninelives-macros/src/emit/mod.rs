//! Stop 7 of 9: plan in, Rust out. Every match over the plan is exhaustive, every layer is emitted
//! from its row of the catalogue, and every path begins at `::ninelives::rt`.

mod declarations;
mod literals;
mod types;
mod values;

#[cfg(test)]
mod tests;

pub(crate) use declarations::{Origin, declarations};
pub(crate) use types::policy_type;
pub(crate) use values::policy_value;

use crate::input::Input;
use ninelives_dsl::catalogue::{Kind, PolicyEntry};
use ninelives_dsl::codes;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::plan::{Host, Node, NodeKind, Plan, Policy, Value};
use ninelives_dsl::source::{FileId, Span as Range};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};

/// What the emitter reads.
pub(crate) struct Emitter<'a> {
    plan: &'a Plan,
    /// The macro's own text; `None` when all comes from a file.
    input: Option<&'a Input>,
    call: Span,
}

/// A policy's body: the parts that become its plan, and the host layer behind them.
struct Body<'a> {
    parts: Vec<&'a Node>,
    host: Option<&'a Host>,
}

impl<'a> Emitter<'a> {
    pub(crate) fn new(plan: &'a Plan, input: Option<&'a Input>, call: Span) -> Self {
        Self { plan, input, call }
    }

    /// The first token of a place of the text, where there is one.
    fn span(&self, range: Range) -> Span {
        self.tokens(range).0
    }

    fn tokens(&self, range: Range) -> (Span, Span) {
        match self.input {
            Some(input) if range.file == FileId(0) => input.tokens(range),
            _ => (self.call, self.call),
        }
    }

    /// What stands in the braces of a host expression.
    fn host_expression(&self, range: Range) -> TokenStream {
        self.input.map_or_else(TokenStream::new, |input| input.host_expression(range))
    }

    fn referenced(&self, policy: usize) -> Option<&'a Policy> {
        self.plan.policies.get(policy)
    }

    /// The item of a declared policy, with the span of the word at `place`: its declaration, or a
    /// use, so that editors lead from one to the other.
    fn name(&self, policy: &Policy, place: Range) -> Ident {
        Ident::new(&policy.name, self.span(place))
    }

    /// The `name` of `@name`.
    fn host_name(&self, host: &Host) -> TokenStream {
        match host {
            Host::Name { name, span } => {
                let (_, last) = self.tokens(*span);
                Ident::new(name, last).into_token_stream()
            }
            // Where a type is needed this has been refused.
            Host::Expression(_) => TokenStream::new(),
        }
    }

    fn body(&self, policy: &'a Policy) -> Body<'a> {
        let mut parts = match &policy.body.kind {
            NodeKind::Sequence(parts) => parts.iter().collect(),
            _ => vec![&policy.body],
        };
        let host = match parts.last().map(|last| &last.kind) {
            Some(NodeKind::HostLayer(host)) => {
                parts.pop();
                Some(host)
            }
            Some(NodeKind::Reference { policy }) => {
                self.referenced(*policy).and_then(|policy| self.body(policy).host)
            }
            _ => None,
        };
        Body { parts, host }
    }

    /// Types and statics name the types of handlers and services, so these must be `@name`s there:
    /// the type of an expression has no name.
    pub(crate) fn unnameable(&self, policy: &Policy) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        visit(&policy.body, &mut |host| {
            if let Host::Expression(span) = host {
                found.push(
                    Diagnostic::error(
                        codes::HOST_EXPRESSION,
                        *span,
                        "a Rust expression stands where a type must be known",
                    )
                    .with_help("name it: `#[ninelives::host] fn name(…)` and `@name`"),
                );
            }
        });
        found
    }
}

/// Visits every host thing whose type becomes part of the policy's type.
fn visit<'a>(node: &'a Node, seen: &mut impl FnMut(&'a Host)) {
    match &node.kind {
        NodeKind::Sequence(parts) | NodeKind::Fallback(parts) | NodeKind::ForkJoin(parts) => {
            for part in parts {
                visit(part, seen);
            }
        }
        NodeKind::HostLayer(host) => seen(host),
        NodeKind::Layer(layer) => {
            for argument in &layer.arguments {
                if let Value::Host(host) = &argument.value
                    && argument.parameter.accepts.contains(&Kind::Host)
                {
                    seen(host);
                }
            }
        }
        NodeKind::Pass | NodeKind::Fail | NodeKind::Reference { .. } => {}
    }
}

/// The runtime's type of a layer.
fn type_name(entry: &PolicyEntry) -> Ident {
    format_ident!("{}", entry.type_name)
}
