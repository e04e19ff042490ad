//! The parts of a value that a value call makes: read and changed one by one, under the names of the
//! call's parameters.

use super::{ValueParameter, value_call};
use crate::plan::Value;
use crate::value::{Backoff, Budget};

impl Value {
    /// The parameters of the call that would make this value; none for a plain one.
    pub fn parts(&self) -> &'static [ValueParameter] {
        let call = match self {
            Self::Backoff(Backoff::Fixed { .. }) => "fixed",
            Self::Backoff(Backoff::Linear { .. }) => "linear",
            Self::Backoff(Backoff::Exponential { .. }) => "exponential",
            Self::Budget(_) => "budget",
            _ => return &[],
        };
        value_call(call).map_or(&[], |call| call.parameters)
    }

    /// What that call has for one of its parameters; `None` where it has no such parameter.
    pub fn part(&self, name: &str) -> Option<Self> {
        Some(match (self, name) {
            (Self::Backoff(backoff), "base") => Self::Duration(backoff.base()),
            (
                Self::Backoff(Backoff::Linear { max, .. } | Backoff::Exponential { max, .. }),
                "max",
            ) => Self::Duration(*max),
            (Self::Backoff(Backoff::Exponential { factor, .. }), "factor") => Self::Number(*factor),
            (Self::Budget(budget), "ratio") => Self::Ratio(budget.ratio),
            (Self::Budget(budget), "min") => Self::Rate(budget.min),
            (Self::Budget(budget), "window") => Self::Duration(budget.window),
            _ => return None,
        })
    }

    /// The value that the call makes with another argument for one of its parameters; `None` where it
    /// has no such parameter, or one of another kind. The range is not checked.
    #[must_use]
    pub fn with_part(self, name: &str, part: Self) -> Option<Self> {
        Some(match (self, name, part) {
            (Self::Backoff(backoff), _, part) => Self::Backoff(with(backoff, name, part)?),
            (Self::Budget(budget), "ratio", Self::Ratio(ratio)) => {
                Self::Budget(Budget { ratio, ..budget })
            }
            (Self::Budget(budget), "min", Self::Rate(min)) => {
                Self::Budget(Budget { min, ..budget })
            }
            (Self::Budget(budget), "window", Self::Duration(window)) => {
                Self::Budget(Budget { window, ..budget })
            }
            _ => return None,
        })
    }
}

fn with(mut backoff: Backoff, name: &str, part: Value) -> Option<Backoff> {
    match (&mut backoff, name, part) {
        (
            Backoff::Fixed { delay }
            | Backoff::Linear { delay, .. }
            | Backoff::Exponential { delay, .. },
            "base",
            Value::Duration(new),
        ) => *delay = new,
        (
            Backoff::Linear { max, .. } | Backoff::Exponential { max, .. },
            "max",
            Value::Duration(new),
        ) => *max = new,
        (Backoff::Exponential { factor, .. }, "factor", Value::Number(new)) => *factor = new,
        _ => return None,
    }
    Some(backoff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Kind;
    use crate::value::{Number, Rate, Ratio};
    use std::time::Duration;

    #[test]
    fn each_part_of_each_value_can_be_read_and_changed() {
        let second = Duration::from_secs(1);
        let values = [
            Value::Backoff(Backoff::fixed(second)),
            Value::Backoff(Backoff::linear(second)),
            Value::Backoff(Backoff::exponential(second)),
            Value::Budget(Budget::RETRY),
        ];
        for value in values {
            assert!(!value.parts().is_empty());
            for part in value.parts() {
                let new = match part.kind {
                    Kind::Duration => Value::Duration(7 * second),
                    Kind::Number => Value::Number(Number::whole(7)),
                    Kind::Ratio => Value::Ratio(Ratio::percent(7)),
                    Kind::Rate => Value::Rate(Rate::per_second(7)),
                    kind => panic!("no example of {kind:?}"),
                };
                assert_eq!(value.part(part.name).unwrap().kind(), Some(part.kind));
                let changed = value.clone().with_part(part.name, new.clone()).unwrap();
                assert_eq!(changed.part(part.name), Some(new));
                let others = value.parts().iter().filter(|other| other.name != part.name);
                for other in others {
                    assert_eq!(changed.part(other.name), value.part(other.name), "{value}");
                }
            }
        }
    }

    #[test]
    fn a_part_that_is_not_there_or_of_another_kind_is_none() {
        let fixed = Value::Backoff(Backoff::fixed(Duration::ZERO));
        assert_eq!(fixed.part("max"), None);
        assert_eq!(fixed.clone().with_part("max", Value::Duration(Duration::ZERO)), None);
        assert_eq!(fixed.with_part("base", Value::Count(1)), None);
        assert_eq!(Value::Off.with_part("ratio", Value::Ratio(Ratio::ONE)), None);
    }
}
