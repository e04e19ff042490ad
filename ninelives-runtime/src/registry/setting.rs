//! What is given for a parameter.

use crate::adaptive::Valued;
use crate::config::Off;
use ninelives_dsl::plan::Value;
use ninelives_dsl::value::{Class, ClassSet, Number, Quantile, Rate};

/// A value for a parameter: as Rust has it, or as text in the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A value. `None` of an optional parameter is [`Value::Off`], or [`Value::Unset`] where `off` cannot
    /// be written.
    Value(Value),
    /// A text that is one value: `"2s"`, `"exponential(50ms)"`, `"p99"`.
    Text(String),
}

impl From<Value> for Setting {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// What the parameters of the layers have as types.
impl<T: Valued> From<T> for Setting {
    fn from(value: T) -> Self {
        Self::Value(value.value())
    }
}

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Setting {
    fn from(count: usize) -> Self {
        u64::try_from(count).map_or_else(|_| Self::Text(count.to_string()), Self::from)
    }
}

impl From<u64> for Setting {
    fn from(count: u64) -> Self {
        Self::Value(Value::Count(count))
    }
}

/// For a number as it stands in the source. One below zero is refused as its text is.
impl From<i32> for Setting {
    fn from(number: i32) -> Self {
        u64::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::from)
    }
}

macro_rules! settings {
    ($($type:ty, $value:ident => $as_value:expr;)*) => {
        $(impl From<$type> for Setting {
            fn from($value: $type) -> Self {
                Self::Value($as_value)
            }
        })*
    };
}

settings! {
    Off, _off => Value::Off;
    Class, class => Value::Classes(ClassSet::from(class));
    Quantile, quantile => Value::Quantile(quantile);
    Rate, rate => Value::Rate(rate);
    Number, number => Value::Number(number);
}
