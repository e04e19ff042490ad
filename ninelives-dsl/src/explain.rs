//! What a policy is made of, for people: its bounds, and the tree with every parameter and default
//! written out, the path of each layer and the worst case of each part. This is what
//! `nl explain FILE` prints.

mod bounds;

use crate::load::Load;
use crate::plan::{Argument, Host, Layer, Node, NodeKind, Plan, Policy, Value};
use crate::source::{SourceFile, Span};
use bounds::Words;
use std::fmt::{self, Write};

/// Draws a policy of the load's plan.
pub fn explain(load: &Load, policy: &Policy) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = Tree { load, policy, bounds: Words::new(load, policy) }.draw(&mut text);
    text
}

struct Tree<'t> {
    load: &'t Load,
    policy: &'t Policy,
    bounds: Words<'t>,
}

impl Tree<'_> {
    fn draw(&self, out: &mut String) -> fmt::Result {
        let policy = self.policy;
        let public = if policy.public { "pub " } else { "" };
        writeln!(out, "{public}policy {}", policy.name)?;
        for line in &policy.docs {
            writeln!(out, "  {}", line.trim())?;
        }
        self.bounds.summary(out)?;
        self.node(out, &policy.body, "  ", "  ")
    }

    /// Draws a node: `first` stands before its own line, `rest` before those below.
    fn node(&self, out: &mut String, node: &Node, first: &str, rest: &str) -> fmt::Result {
        let (heading, parts) = match &node.kind {
            NodeKind::Sequence(parts) => ("+  each around the next", parts),
            NodeKind::Fallback(arms) => ("|  the next when one fails", arms),
            NodeKind::ForkJoin(arms) => ("&  at once, the first success wins", arms),
            NodeKind::Layer(layer) => return self.layer(out, node, layer, first, rest),
            NodeKind::Pass => return writeln!(out, "{first}pass"),
            NodeKind::Fail => return writeln!(out, "{first}fail"),
            NodeKind::Reference { policy } => {
                let name = policy_name(&self.load.plan, *policy);
                return writeln!(out, "{first}policy {name}, shared");
            }
            NodeKind::HostLayer(host) => {
                return writeln!(out, "{first}layer {}", self.host(host));
            }
        };
        writeln!(out, "{first}{heading}{}", self.bounds.beside(node))?;
        for (at, part) in parts.iter().enumerate() {
            let (branch, below) =
                if at + 1 == parts.len() { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.node(out, part, &format!("{rest}{branch}"), &format!("{rest}{below}"))?;
        }
        Ok(())
    }

    fn layer(
        &self,
        out: &mut String,
        node: &Node,
        layer: &Layer,
        first: &str,
        rest: &str,
    ) -> fmt::Result {
        let worst = self.bounds.beside(node);
        writeln!(out, "{first}{}  {}{worst}", layer.kind.entry().name, layer.path)?;
        let width = |argument: &Argument| argument.parameter.name.len();
        let width = layer.arguments.iter().map(width).max().unwrap_or(0);
        for argument in &layer.arguments {
            let name = argument.parameter.name;
            let value = self.value(argument);
            let default = if argument.written.is_none() { "  (default)" } else { "" };
            writeln!(out, "{rest}  {name:width$} = {value}{default}")?;
        }
        Ok(())
    }

    fn value(&self, argument: &Argument) -> String {
        match &argument.value {
            Value::Unset => argument.parameter.unset.to_owned(),
            Value::Host(host) => self.host(host),
            value => value.to_string(),
        }
    }

    fn host(&self, host: &Host) -> String {
        match host {
            Host::Name { name, .. } => format!("@{name}"),
            Host::Expression(span) => self.text(*span).to_owned(),
        }
    }

    fn text(&self, span: Span) -> &str {
        let file = self.load.files.get(span.file.index());
        file.map_or("", |file: &SourceFile| file.slice(span))
    }
}

fn policy_name(plan: &Plan, index: usize) -> &str {
    plan.policies.get(index).map_or("", |policy| &policy.name)
}
