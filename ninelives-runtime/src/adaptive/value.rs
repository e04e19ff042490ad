//! Rust types for values of the language, and words for those that fit in one.

use ninelives_dsl::plan::Value;
use ninelives_dsl::value::{Backoff, Budget, ClassSet, Jitter, Ratio};
use std::time::Duration;

/// A Rust type for values of the language.
pub trait Valued: Copy + PartialEq + Send + Sync + 'static {
    /// As the language's value.
    fn value(self) -> Value;

    /// The inverse; `None` for a value of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

/// A value that fits in one word.
pub trait Word: Copy {
    /// As a word.
    fn pack(self) -> u64;
    /// From a word that [`pack`](Self::pack) made.
    fn unpack(word: u64) -> Self;
}

macro_rules! valued {
    ($($type:ty, $value:ident => $as_value:expr, $pattern:pat => $from:expr;)*) => {
        $(impl Valued for $type {
            fn value(self) -> Value {
                let $value = self;
                $as_value
            }
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $pattern => $from,
                    _ => None,
                }
            }
        })*
    };
}

valued! {
    u32, it => Value::Count(it.into()), Value::Count(it) => Self::try_from(*it).ok();
    Duration, it => Value::Duration(it), Value::Duration(it) => Some(*it);
    Ratio, it => Value::Ratio(it), Value::Ratio(it) => Some(*it);
    ClassSet, it => Value::Classes(it), Value::Classes(it) => Some(*it);
    Jitter, it => Value::Jitter(it), Value::Jitter(it) => Some(*it);
    Backoff, it => Value::Backoff(it), Value::Backoff(it) => Some(*it);
    Budget, it => Value::Budget(it), Value::Budget(it) => Some(*it);
}

/// `off`, or not given where the default is to have none.
impl<T: Valued> Valued for Option<T> {
    fn value(self) -> Value {
        self.map_or(Value::Off, T::value)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Off | Value::Unset => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl Word for u32 {
    fn pack(self) -> u64 {
        self.into()
    }
    fn unpack(word: u64) -> Self {
        Self::try_from(word).unwrap_or(Self::MAX)
    }
}

/// Nanoseconds; [`u64::MAX`] of them (584 years) is kept for `off`.
impl Word for Duration {
    fn pack(self) -> u64 {
        u64::try_from(self.as_nanos()).unwrap_or(OFF - 1).min(OFF - 1)
    }
    fn unpack(word: u64) -> Self {
        Self::from_nanos(word)
    }
}

impl Word for Ratio {
    fn pack(self) -> u64 {
        self.millionths().into()
    }
    fn unpack(word: u64) -> Self {
        Self::from_millionths(u32::unpack(word))
    }
}

impl Word for ClassSet {
    fn pack(self) -> u64 {
        self.bits().into()
    }
    fn unpack(word: u64) -> Self {
        Self::from_bits(u8::try_from(word).unwrap_or(0))
    }
}

impl Word for Jitter {
    fn pack(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Full => 1,
            Self::Equal => 2,
            Self::Decorrelated => 3,
        }
    }
    fn unpack(word: u64) -> Self {
        match word {
            0 => Self::None,
            1 => Self::Full,
            2 => Self::Equal,
            _ => Self::Decorrelated,
        }
    }
}

/// `off` in a word; no value packs to it.
const OFF: u64 = u64::MAX;

/// `None` is `off` (or not given).
impl<T: Word> Word for Option<T> {
    fn pack(self) -> u64 {
        self.map_or(OFF, T::pack)
    }
    fn unpack(word: u64) -> Self {
        (word != OFF).then(|| T::unpack(word))
    }
}
