//! What a path leads to: a parameter of a layer, or a part of its value.

use super::source::{Listed, Sources};
use super::{RegistryError, Setting};
use crate::adaptive::Watcher;
use crate::control::{Control, Parameter};
use ninelives_dsl::catalogue::{Kind, ParameterEntry, VALUE_CALLS, ValueParameter};
use ninelives_dsl::codes;
use ninelives_dsl::load::load_value;
use ninelives_dsl::plan::Value;
use ninelives_dsl::suggest::nearest_few;
use std::sync::Arc;

/// How many names an error proposes.
const PROPOSALS: usize = 3;

pub(super) struct Target {
    pub(super) path: String,
    pub(super) layer: Listed,
    pub(super) row: &'static ParameterEntry,
    pub(super) part: Option<&'static ValueParameter>,
}

impl Target {
    pub(super) fn locate(sources: &Sources, path: &str) -> Result<Self, RegistryError> {
        Self::parameter(sources, path)
            .or_else(|| {
                let (whole, name) = path.rsplit_once('.')?;
                let target = Self::parameter(sources, whole)?;
                let part = Some(part(target.row, name)?);
                Some(Self { path: path.to_owned(), part, ..target })
            })
            .ok_or_else(|| unknown(sources, path))
    }

    fn parameter(sources: &Sources, path: &str) -> Option<Self> {
        let (layer, name) = path.rsplit_once('.')?;
        let layer = sources.find(layer)?;
        let row = layer.kind.entry().parameter(name)?;
        Some(Self { path: path.to_owned(), layer, row, part: None })
    }

    pub(super) fn unknown(&self, sources: &Sources) -> RegistryError {
        unknown(sources, &self.path)
    }

    /// What can be written to.
    pub(super) fn control(&self) -> Result<&Arc<dyn Control>, RegistryError> {
        let control = self.layer.control.as_ref().filter(|_| self.row.adaptive);
        control.ok_or_else(|| RegistryError::NotAdaptive { path: self.path.clone() })
    }

    fn adaptive(&self) -> Result<&dyn Parameter, RegistryError> {
        let parameter = self.control()?.parameter(self.row.name);
        parameter.ok_or_else(|| RegistryError::NotAdaptive { path: self.path.clone() })
    }

    pub(super) fn value(&self) -> Result<Value, RegistryError> {
        if !self.row.adaptive {
            return Ok(self.layer.written(self.row.name));
        }
        let whole = self.adaptive()?.value();
        match self.part {
            None => Ok(whole),
            Some(part) => whole
                .part(part.name)
                .ok_or_else(|| RegistryError::NoPart { path: self.path.clone(), whole }),
        }
    }

    pub(super) fn watch(&self) -> Result<Watcher<Value>, RegistryError> {
        let watcher = self.adaptive()?.watch();
        Ok(match self.part {
            None => watcher,
            Some(part) => watcher.map(|whole| whole.part(part.name).unwrap_or(Value::Unset)),
        })
    }

    /// Has no word for `off`, and need not have a value.
    fn can_be_unset(&self) -> bool {
        let row = self.row;
        self.part.is_none() && !row.unset.is_empty() && !row.accepts.contains(&Kind::Off)
    }

    /// A value that was given, as one that the parameter, or the part, takes.
    pub(super) fn read(&self, setting: Setting) -> Result<Value, RegistryError> {
        // What cannot be set, or is not there, is that whatever is given for it.
        self.adaptive()?;
        self.value()?;
        let text = match setting {
            Setting::Text(text) => text,
            Setting::Value(Value::Unset | Value::Off) if self.can_be_unset() => {
                return Ok(Value::Unset);
            }
            Setting::Value(value) => {
                let is_wanted = match (self.part, value.kind()) {
                    (_, None) => false,
                    (None, Some(kind)) => self.row.accepts.contains(&kind),
                    (Some(part), Some(kind)) => part.kind == kind,
                };
                if is_wanted {
                    return Ok(value);
                }
                // The language knows what can stand for what, as a ratio for a budget.
                value.to_string()
            }
        };
        load_value(&text, self.row, self.part).map_err(|findings| {
            let path = self.path.clone();
            let Some(finding) = findings.into_iter().next() else {
                return RegistryError::NoValue {
                    path,
                    problem: "is not a value".to_owned(),
                    help: None,
                };
            };
            let (problem, help) = (finding.message, finding.help);
            if finding.code == codes::WRONG_TYPE {
                RegistryError::WrongType { path, problem, help }
            } else {
                RegistryError::NoValue { path, problem, help }
            }
        })
    }
}

/// The part of that name of the values that the parameter may have.
fn part(row: &ParameterEntry, name: &str) -> Option<&'static ValueParameter> {
    VALUE_CALLS
        .iter()
        .filter(|call| row.accepts.contains(&call.gives))
        .flat_map(|call| call.parameters)
        .find(|part| part.name == name)
}

fn unknown(sources: &Sources, path: &str) -> RegistryError {
    let mut known = Vec::new();
    for layer in sources.layers() {
        for row in layer.kind.entry().parameters {
            let parameter = format!("{}.{}", layer.path, row.name);
            let whole = layer.control.as_ref().and_then(|control| control.parameter(row.name));
            let parts = whole.map_or(&[][..], |whole| whole.value().parts());
            known.extend(parts.iter().map(|part| format!("{parameter}.{}", part.name)));
            known.push(parameter);
        }
    }
    // The path of a layer stands for its parameters.
    let inside = format!("{path}.");
    let mut near: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|known| known.starts_with(&inside))
        .take(PROPOSALS)
        .collect();
    if near.is_empty() {
        near = nearest_few(path, known.iter().map(String::as_str), PROPOSALS);
    }
    let near = near.into_iter().map(str::to_owned).collect();
    RegistryError::Unknown { path: path.to_owned(), near }
}
