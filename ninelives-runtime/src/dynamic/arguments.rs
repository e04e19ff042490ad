//! The arguments of a layer in the plan, as what its configuration takes.

use crate::circuit_breaker::Window;
use crate::config::InvalidConfig;
use crate::hedge::Delay;
use ninelives_dsl::plan::{Layer, Value};
use ninelives_dsl::value::{Backoff, Budget, ClassSet, Jitter, Ratio};
use std::time::Duration;

/// What a configuration takes for a value of the language.
pub(super) trait FromValue: Sized {
    /// `None` for a value of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

/// The argument for `parameter`.
///
/// # Errors
/// When the plan holds a value of another kind: the catalogue and the layer disagree.
pub(super) fn argument<T: FromValue>(
    layer: &Layer,
    parameter: &'static str,
) -> Result<T, InvalidConfig> {
    T::from_value(layer.value(parameter)).ok_or_else(|| {
        let problem = "holds a value that the layer does not take";
        InvalidConfig::new(layer.kind.entry().name, parameter, problem)
    })
}

macro_rules! from_value {
    ($($type:ty, $pattern:pat => $value:expr;)*) => {
        $(impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $pattern => $value,
                    _ => None,
                }
            }
        })*
    };
}

from_value! {
    Duration, Value::Duration(duration) => Some(*duration);
    u32, Value::Count(count) => u32::try_from(*count).ok();
    Ratio, Value::Ratio(ratio) => Some(*ratio);
    ClassSet, Value::Classes(classes) => Some(*classes);
    Backoff, Value::Backoff(backoff) => Some(*backoff);
    Jitter, Value::Jitter(jitter) => Some(*jitter);
    Budget, Value::Budget(budget) => Some(*budget);
}

impl FromValue for Window {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Duration(time) => Some(Self::from(*time)),
            calls => u32::from_value(calls).map(Self::from),
        }
    }
}

impl FromValue for Delay {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Duration(delay) => Some(Self::from(*delay)),
            Value::Quantile(quantile) => Some(Self::from(*quantile)),
            _ => None,
        }
    }
}

/// `off`, or not given where the default is to have none.
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Off | Value::Unset => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}
