//! What a policy is made of: its bounds, and the tree with every parameter and default written out,
//! the path of each layer and the worst case of each part. This is what `nl explain FILE` prints:
//! [`explain`] for people, [`Explained`] beside the plan for machines.

mod figures;
pub(crate) mod words;

use crate::load::Load;
use crate::plan::{Argument, Host, Layer, Node, NodeKind, Plan, Policy, Value};
pub use figures::{Explained, Figures, Longest, PerService, Service, WorstCase};
use std::fmt::{self, Write};

/// Draws a policy of the load's plan.
pub fn explain<'l>(load: &'l Load, policy: &'l Policy) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = Tree { load, policy, figures: Explained::new(load, policy) }.draw(&mut text);
    text
}

/// The lines of [`explain`] about a policy as a whole.
pub fn summary(figures: &Figures) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = words::summary(figures, "", &mut text);
    text
}

struct Tree<'t> {
    load: &'t Load,
    policy: &'t Policy,
    figures: Explained<'t>,
}

impl Tree<'_> {
    fn draw(&self, out: &mut String) -> fmt::Result {
        let policy = self.policy;
        let public = if policy.public { "pub " } else { "" };
        writeln!(out, "{public}policy {}", policy.name)?;
        for line in &policy.docs {
            writeln!(out, "  {}", line.trim())?;
        }
        if let Some(figures) = self.figures.whole() {
            words::summary(&figures, "  ", out)?;
        }
        self.node(out, &policy.body, "  ", "  ")?;
        for note in self.figures.notes() {
            writeln!(out, "  note {} {}: {}", note.code, note.code.name(), note.message)?;
        }
        Ok(())
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
            NodeKind::HostLayer(it) => {
                return writeln!(out, "{first}layer {}", host(self.load, it));
            }
        };
        writeln!(out, "{first}{heading}{}", self.beside(node))?;
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
        let worst = self.beside(node);
        writeln!(out, "{first}{}  {}{worst}", layer.kind.entry().name, layer.path)?;
        let width = |argument: &Argument| argument.parameter.name.len();
        let width = layer.arguments.iter().map(width).max().unwrap_or(0);
        for argument in &layer.arguments {
            let name = argument.parameter.name;
            let value = value(self.load, argument);
            let default = if argument.written.is_none() { "  (default)" } else { "" };
            writeln!(out, "{rest}  {name:width$} = {value}{default}")?;
        }
        Ok(())
    }

    /// What stands behind the heading of a part: its own worst case.
    fn beside(&self, node: &Node) -> String {
        self.figures.part(node).map_or_else(String::new, |figures| format!("  [{}]", figures.worst))
    }
}

/// The value of a parameter as the language writes it, or what holds without one.
pub fn value(load: &Load, argument: &Argument) -> String {
    match &argument.value {
        Value::Unset => argument.parameter.unset.to_owned(),
        Value::Host(it) => host(load, it),
        value => value.to_string(),
    }
}

/// A thing of the host as it is written.
pub(crate) fn host(load: &Load, host: &Host) -> String {
    match host {
        Host::Name { name, .. } => format!("@{name}"),
        Host::Expression(span) => {
            let file = load.files.get(span.file.index());
            file.map_or("", |file| file.slice(*span)).to_owned()
        }
    }
}

fn policy_name(plan: &Plan, index: usize) -> &str {
    plan.policies.get(index).map_or("", |policy| &policy.name)
}
