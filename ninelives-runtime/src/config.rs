//! Refused configuration: raised when a layer is made or a parameter is written, never clamped on
//! the way of a request.

use crate::adaptive::Valued;
use ninelives_dsl::catalogue::{Kind, ParameterEntry, PolicyEntry};
use ninelives_dsl::plan::Value;
use std::fmt;

/// A parameter's value lies outside its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{policy}({parameter})`: {problem}")]
pub struct InvalidConfig {
    policy: &'static str,
    parameter: &'static str,
    problem: String,
}

impl InvalidConfig {
    /// The policy, by its word: `retry`.
    pub const fn policy(&self) -> &'static str {
        self.policy
    }

    /// The parameter, by its word: `max_attempts`.
    pub const fn parameter(&self) -> &'static str {
        self.parameter
    }

    /// What was found and what is allowed.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    pub(crate) fn new(
        policy: &'static str,
        parameter: &'static str,
        problem: impl fmt::Display,
    ) -> Self {
        Self { policy, parameter, problem: problem.to_string() }
    }
}

/// Where a value is checked: a row of the catalogue, with the policy it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    policy: &'static str,
    parameter: &'static ParameterEntry,
}

impl Rule {
    /// The row of `parameter`.
    ///
    /// # Errors
    /// When the entry has no such parameter: the layer and the catalogue disagree.
    pub fn of(entry: &'static PolicyEntry, parameter: &'static str) -> Result<Self, InvalidConfig> {
        entry.parameter(parameter).map_or_else(
            || Err(InvalidConfig::new(entry.name, parameter, "is not in the catalogue")),
            |row| Ok(Self { policy: entry.name, parameter: row }),
        )
    }

    /// The row of the catalogue.
    pub const fn row(&self) -> &'static ParameterEntry {
        self.parameter
    }

    /// The value as the parameter's own type.
    ///
    /// # Errors
    /// When the value is of a kind that the parameter does not accept,
    /// or outside its range.
    pub(crate) fn read<T: Valued>(&self, value: &Value) -> Result<T, InvalidConfig> {
        let row = self.parameter;
        let is_accepted =
            value.kind().map_or(!row.unset.is_empty(), |kind| row.accepts.contains(&kind));
        let read = if is_accepted {
            // First the range, which says more than that the type has no room for the value.
            self.check(value)?;
            T::from_value(value)
        } else {
            None
        };
        read.ok_or_else(|| {
            let accepted = Kind::phrases(row.accepts);
            InvalidConfig::new(self.policy, row.name, format!("`{value}` must be {accepted}"))
        })
    }

    /// A value of the parameter as the language has it. To have none is `off` where that can be
    /// written, and else not to write it.
    pub(crate) fn said(&self, value: impl Valued) -> Value {
        match value.value() {
            Value::Off if !self.parameter.accepts.contains(&Kind::Off) => Value::Unset,
            value => value,
        }
    }

    /// Checks a value against the row.
    ///
    /// # Errors
    /// [`InvalidConfig`] with the allowed range.
    pub fn check(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.parameter
            .check(value)
            .map_err(|refused| InvalidConfig::new(self.policy, self.parameter.name, refused))
    }
}

/// The value, or a panic with the reason: what the infallible constructors (`TimeoutLayer::new`) do with a value that is out of range, as `Duration::from_secs_f64` does.
///
/// # Panics
/// When the configuration is invalid.
#[track_caller]
pub fn valid<T>(result: Result<T, InvalidConfig>) -> T {
    match result {
        Ok(value) => value,
        #[expect(clippy::panic, reason = "documented under # Panics, as of every caller")]
        Err(invalid) => panic!("{invalid}"),
    }
}

/// The layer at a path of a policy, or a panic with that path and the reason: what `policy!` does
/// with a `{ … }` that is out of range.
///
/// # Panics
/// When the configuration is invalid.
#[track_caller]
pub fn valid_at<T>(path: &str, result: Result<T, InvalidConfig>) -> T {
    match result {
        Ok(value) => value,
        #[expect(clippy::panic, reason = "documented under # Panics of `policy!`")]
        Err(invalid) => panic!("`{path}` cannot be made: {invalid}"),
    }
}

/// `off`: what the setter of a parameter takes whose feature can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Off;

impl From<Off> for Option<std::time::Duration> {
    fn from(_: Off) -> Self {
        None
    }
}

impl From<Off> for Option<u32> {
    fn from(_: Off) -> Self {
        None
    }
}

impl From<Off> for Option<ninelives_dsl::value::Budget> {
    fn from(_: Off) -> Self {
        None
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! For the test of each layer that its defaults are those of the catalogue.

    use ninelives_dsl::catalogue::{Default, PolicyEntry};
    use ninelives_dsl::plan::Value;

    /// Compares a layer's defaults, in the catalogue's order, with the optional parameters of
    /// `entry`.
    pub(crate) fn assert_defaults<const N: usize>(
        entry: &'static PolicyEntry,
        defaults: [(&'static str, Value); N],
    ) {
        let expected: Vec<_> = entry
            .parameters
            .iter()
            .filter_map(|parameter| match &parameter.default {
                Default::Is(value) => Some((parameter.name, value.clone())),
                Default::Required => None,
            })
            .collect();
        assert_eq!(expected, defaults);
    }
}
