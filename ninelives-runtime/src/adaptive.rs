//! A parameter that can be read and set while requests run: one relaxed load to read.

use crate::config::{InvalidConfig, Rule};
use crate::control::Parameter;
use ninelives_dsl::catalogue::PolicyEntry;
use ninelives_dsl::plan::Value;
use ninelives_dsl::value::{Backoff, Budget, ClassSet, Jitter, Ratio};
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A Rust type for values of the language.
pub trait Valued: Copy + Send + Sync + 'static {
    /// As the language's value.
    fn value(self) -> Value;

    /// The inverse; `None` for a value of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

/// A value that fits in one word.
pub trait Word: Valued {
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

/// A parameter in force. Reads are one relaxed load; writes are checked against the catalogue.
///
/// Relaxed is enough: a parameter guards no other memory, and a reader that sees the value before
/// a write a moment longer is as if the request had come a moment earlier.
pub struct Adaptive<T> {
    word: AtomicU64,
    rule: Rule,
    value: PhantomData<fn(T) -> T>,
}

impl<T: Word> Adaptive<T> {
    /// A parameter of `entry` with its first value.
    ///
    /// # Errors
    /// When the value is outside the parameter's range.
    pub fn new(
        entry: &'static PolicyEntry,
        parameter: &'static str,
        value: T,
    ) -> Result<Self, InvalidConfig> {
        let rule = Rule::of(entry, parameter)?;
        rule.check(&value.value())?;
        Ok(Self { word: AtomicU64::new(value.pack()), rule, value: PhantomData })
    }

    /// The value in force.
    #[inline]
    pub fn get(&self) -> T {
        T::unpack(self.word.load(Ordering::Relaxed))
    }

    /// Puts another value in force; requests that read it before keep what they read.
    ///
    /// # Errors
    /// When the value is outside the parameter's range; nothing changes then.
    pub fn set(&self, value: T) -> Result<(), InvalidConfig> {
        self.rule.check(&value.value())?;
        self.word.store(value.pack(), Ordering::Relaxed);
        Ok(())
    }
}

impl<T: Word> Parameter for Adaptive<T> {
    fn rule(&self) -> Rule {
        self.rule
    }

    fn value(&self) -> Value {
        self.rule.said(self.get())
    }

    fn check(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.rule.read::<T>(value).map(drop)
    }

    fn set(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.set(self.rule.read(value)?)
    }
}

impl<T: Word + fmt::Debug> fmt::Debug for Adaptive<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(out)
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

/// A parameter in force that does not fit in one word: behind a lock, so for what is read off the
/// happy path. Writes are checked against the catalogue.
pub struct Wide<T> {
    held: Mutex<T>,
    rule: Rule,
}

impl<T: Valued> Wide<T> {
    /// A parameter of `entry` with its first value.
    ///
    /// # Errors
    /// When the value is outside the parameter's range.
    pub fn new(
        entry: &'static PolicyEntry,
        parameter: &'static str,
        value: T,
    ) -> Result<Self, InvalidConfig> {
        let rule = Rule::of(entry, parameter)?;
        rule.check(&value.value())?;
        Ok(Self { held: Mutex::new(value), rule })
    }

    /// The value in force.
    pub fn get(&self) -> T {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts another value in force.
    ///
    /// # Errors
    /// When the value is outside the parameter's range; nothing changes then.
    pub fn set(&self, value: T) -> Result<(), InvalidConfig> {
        self.rule.check(&value.value())?;
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = value;
        Ok(())
    }
}

impl<T: Valued> Parameter for Wide<T> {
    fn rule(&self) -> Rule {
        self.rule
    }

    fn value(&self) -> Value {
        self.rule.said(self.get())
    }

    fn check(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.rule.read::<T>(value).map(drop)
    }

    fn set(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.set(self.rule.read(value)?)
    }
}

impl<T: Valued + fmt::Debug> fmt::Debug for Wide<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::catalogue::{CIRCUIT_BREAKER, RETRY, TIMEOUT};
    use ninelives_dsl::value::Backoff;

    #[test]
    fn refused_write_changes_nothing() {
        let duration = Adaptive::new(&TIMEOUT, "duration", Duration::from_secs(1)).unwrap();
        let refused = duration.set(Duration::ZERO).unwrap_err();
        assert_eq!(refused.to_string(), "`timeout(duration)`: `0s` must be between 1ms and 30d");
        assert_eq!(duration.get(), Duration::from_secs(1));
        duration.set(Duration::from_secs(2)).unwrap();
        assert_eq!(duration.get(), Duration::from_secs(2));
    }

    #[test]
    fn refused_write_changes_nothing_of_a_wide_parameter() {
        let patient = Backoff::fixed(Duration::from_secs(1));
        let backoff = Wide::new(&RETRY, "backoff", patient).unwrap();
        assert!(backoff.set(Backoff::fixed(Duration::MAX)).is_err());
        assert_eq!(backoff.get(), patient);
        backoff.set(Backoff::fixed(Duration::ZERO)).unwrap();
        assert_eq!(backoff.get(), Backoff::fixed(Duration::ZERO));
    }

    #[test]
    fn every_jitter_survives_its_word() {
        let jitters = [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated];
        for jitter in jitters {
            assert_eq!(Jitter::unpack(jitter.pack()), jitter);
        }
    }

    #[test]
    fn off_is_no_value() {
        let slow = Adaptive::new(&CIRCUIT_BREAKER, "slow_call", None::<Duration>).unwrap();
        assert_eq!(slow.get(), None);
        slow.set(Some(Duration::from_millis(5))).unwrap();
        assert_eq!(slow.get(), Some(Duration::from_millis(5)));
    }
}
