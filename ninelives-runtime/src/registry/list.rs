//! What the registry knows, as plain data that can be printed.

use super::source::Listed;
use crate::control::LayerState;
use crate::path::Path;
use ninelives_dsl::catalogue::{Default, Kind, LayerKind, ParameterEntry, Range};
use ninelives_dsl::plan::{Host, Value};
use std::fmt;

/// A policy and its layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyInfo {
    /// Its name, as its layers' paths have it.
    pub name: String,
    /// Its own layers, in the order they stand.
    pub layers: Vec<LayerInfo>,
}

/// A layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerInfo {
    /// Its path.
    pub path: Path,
    /// Which layer it is.
    pub kind: LayerKind,
    /// Its parameters, in the catalogue's order.
    pub parameters: Vec<ParameterInfo>,
    /// What it counts and holds, if it does.
    pub state: Option<LayerState>,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterInfo {
    /// Its path.
    pub path: String,
    /// The kinds of value that it takes.
    pub accepts: &'static [Kind],
    /// What holds when it is not written; `None` where it must be.
    pub default: Option<Value>,
    /// What it is without a value, in a few words; empty where it always has one.
    pub unset: &'static str,
    /// The values allowed.
    pub range: Range,
    /// What it does, with its unit.
    pub doc: &'static str,
    /// The parameters of a layer that share a group are read together, and change in one step.
    pub group: Option<&'static str>,
    /// Can be set while requests run.
    pub adaptive: bool,
    /// The value in force.
    pub value: Value,
    /// The value of the text, or the one that the layer was made with.
    pub written: Value,
    /// How many writes there were.
    pub revision: u64,
    /// The parts of the value in force, which can be set by themselves.
    pub parts: Vec<PartInfo>,
}

/// A part of a parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartInfo {
    /// Its path.
    pub path: String,
    /// The kind of value that it takes.
    pub kind: Kind,
    /// What it does.
    pub doc: &'static str,
    /// What is in force.
    pub value: Value,
}

impl PolicyInfo {
    /// The policies of layers, in the order in which they first come up.
    pub(super) fn group(layers: Vec<LayerInfo>) -> Vec<Self> {
        let mut policies: Vec<Self> = Vec::new();
        for layer in layers {
            let name = layer.path.policy();
            match policies.iter_mut().find(|policy| policy.name == name) {
                Some(policy) => policy.layers.push(layer),
                None => policies.push(Self { name: name.to_owned(), layers: vec![layer] }),
            }
        }
        policies
    }
}

impl LayerInfo {
    pub(super) fn of(layer: &Listed) -> Self {
        let rows = layer.kind.entry().parameters;
        Self {
            path: layer.path.clone(),
            kind: layer.kind,
            parameters: rows.iter().map(|row| ParameterInfo::of(layer, row)).collect(),
            state: layer.control.as_ref().and_then(|control| control.state()),
        }
    }
}

impl ParameterInfo {
    pub(super) fn of(layer: &Listed, row: &'static ParameterEntry) -> Self {
        let path = format!("{}.{}", layer.path, row.name);
        let parameter = layer.control.as_ref().and_then(|control| control.parameter(row.name));
        let written = layer.written(row.name);
        let (value, revision) = match parameter {
            Some(parameter) => (parameter.value(), parameter.revision()),
            None => (written.clone(), 0),
        };
        let parts = value.parts().iter().filter_map(|part| {
            Some(PartInfo {
                path: format!("{path}.{}", part.name),
                kind: part.kind,
                doc: part.doc,
                value: value.part(part.name)?,
            })
        });
        Self {
            parts: parts.collect(),
            path,
            accepts: row.accepts,
            default: match &row.default {
                Default::Required => None,
                Default::Is(value) => Some(value.clone()),
            },
            unset: row.unset,
            range: row.range,
            doc: row.doc,
            group: row.group,
            adaptive: row.adaptive,
            value,
            written,
            revision,
        }
    }

    fn said<'v>(&self, value: &'v Value) -> Said<'v> {
        Said { value, unset: self.unset }
    }
}

/// A value, or in words that there is none.
struct Said<'v> {
    value: &'v Value,
    unset: &'static str,
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Value::Unset if self.unset.is_empty() => out.write_str("(of the host program)"),
            Value::Unset => write!(out, "({})", self.unset),
            Value::Host(Host::Expression(_)) => out.write_str("{ … }"),
            value => value.fmt(out),
        }
    }
}

/// `search (3 layers)`, and a line for each layer and each parameter.
impl fmt::Display for PolicyInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)?;
        for layer in &self.layers {
            write!(out, "\n{layer}")?;
        }
        Ok(())
    }
}

/// `search.bulkhead: 3 of 20 in use, 0 queued`, and a line for each parameter.
impl fmt::Display for LayerInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(out)?;
        if let Some(state) = &self.state {
            write!(out, ": {state}")?;
        }
        for parameter in &self.parameters {
            write!(out, "\n  {parameter}")?;
        }
        Ok(())
    }
}

/// `search.bulkhead.max_concurrency = 20 (1 to 1000000, default: required)`
impl fmt::Display for ParameterInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} = {} (", self.path, self.said(&self.value))?;
        match self.range {
            Range::Any => out.write_str(&Kind::phrases(self.accepts))?,
            range => range.fmt(out)?,
        }
        match &self.default {
            None => out.write_str(", default: required")?,
            Some(default) => write!(out, ", default: {}", self.said(default))?,
        }
        if self.value != self.written {
            write!(out, ", written: {}", self.said(&self.written))?;
        }
        out.write_str(")")
    }
}

/// `search.retry.backoff.base = 100ms`
impl fmt::Display for PartInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} = {}", self.path, self.value)
    }
}
