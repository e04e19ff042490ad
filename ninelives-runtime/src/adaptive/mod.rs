//! Parameters that can be read and set while requests run: one relaxed load to read.
//!
//! # Behaviour
//! A write is checked against the catalogue's range and refused whole; what is in force is always
//! in range, and nothing is clamped on the way of a request. A request that read a parameter before
//! a write keeps what it read. Parameters that are judged together (a [`Grouped`] one and its mates)
//! share one word, so nobody ever sees one of them without the other.
//!
//! # Concurrent writes
//! Each write is one step: [`update`](Adaptive::update) loses no change that another made meanwhile,
//! and the last of several [`set`](Adaptive::set) holds.
//!
//! # Watchers
//! [`watch`](Adaptive::watch) tells a task of changes. It may skip values that did not last; it always
//! ends at the one in force. A parameter that nobody watches allocates nothing for it.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use ninelives_runtime::retry::RetryLayer;
//!
//! let retry = RetryLayer::new(3);
//! let mut attempts = retry.max_attempts().watch();
//! assert_eq!(retry.max_attempts().update(|attempts| 2 * attempts), Ok(6));
//! assert_eq!(attempts.changed().await, Some(6));
//!
//! let refused = retry.max_attempts().set(0).unwrap_err();
//! assert_eq!(refused.to_string(), "`retry(max_attempts)`: `0` must be between 1 and 100");
//! assert_eq!((retry.max_attempts().get(), retry.max_attempts().revision()), (6, 1));
//! # }
//! ```

mod cell;
mod changes;
mod group;
mod value;

pub use cell::{Cell, Wide};
pub use changes::{Changes, Watcher};
pub use group::{Grouped, Member};
pub use value::{Valued, Word};

use crate::config::{InvalidConfig, Rule};
use crate::control::Parameter;
use ninelives_dsl::catalogue::PolicyEntry;
use ninelives_dsl::plan::Value;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::AtomicU64;

/// A parameter in force; see the [module](self). `C` is where its value is kept: a word of its own
/// where nothing else is said.
pub struct Adaptive<T, C = AtomicU64> {
    cell: C,
    changes: Changes,
    rule: Rule,
    made: T,
    value: PhantomData<fn(T) -> T>,
}

impl<T: Word + Valued> Adaptive<T> {
    /// A parameter of `entry` with its first value.
    ///
    /// # Errors
    /// When the value is outside the parameter's range.
    pub fn new(
        entry: &'static PolicyEntry,
        parameter: &'static str,
        value: T,
    ) -> Result<Self, InvalidConfig> {
        Self::within(entry, parameter, AtomicU64::new(value.pack()))
    }
}

impl<T: Valued, C: Cell<T>> Adaptive<T, C> {
    /// A parameter of `entry` whose value is kept in `cell`.
    ///
    /// # Errors
    /// When the value in there is outside the parameter's range.
    pub fn within(
        entry: &'static PolicyEntry,
        parameter: &'static str,
        cell: C,
    ) -> Result<Self, InvalidConfig> {
        let rule = Rule::of(entry, parameter)?;
        let made = cell.get();
        rule.check(&made.value())?;
        Ok(Self { cell, changes: Changes::default(), rule, made, value: PhantomData })
    }

    /// The value in force.
    #[inline]
    pub fn get(&self) -> T {
        self.cell.get()
    }

    /// Puts another value in force; requests that read it before keep what they read.
    ///
    /// # Errors
    /// When the value is outside the parameter's range; nothing changes then.
    pub fn set(&self, value: T) -> Result<(), InvalidConfig> {
        self.update(|_| value).map(drop)
    }

    /// Puts in force what `change` makes of the value in force, and returns it. `change` runs again
    /// when another write comes between.
    ///
    /// # Errors
    /// When what it makes is outside the parameter's range; nothing changes then.
    pub fn update(&self, mut change: impl FnMut(T) -> T) -> Result<T, InvalidConfig> {
        let new = self.replace(|value| Ok(change(value)))?;
        self.tell();
        Ok(new)
    }

    /// A write of which nobody is told yet.
    fn replace(
        &self,
        mut change: impl FnMut(T) -> Result<T, InvalidConfig>,
    ) -> Result<T, InvalidConfig> {
        let new = self.cell.update(|value| {
            let new = change(value)?;
            self.rule.check(&new.value())?;
            Ok(new)
        })?;
        self.changes.count();
        Ok(new)
    }

    /// How many writes there were.
    pub fn revision(&self) -> u64 {
        self.changes.revision()
    }

    /// Follows the value from now on.
    pub fn watch(&self) -> Watcher<T> {
        let now = self.get();
        Watcher::new(self.subscribe(), now, move |value| T::from_value(value).unwrap_or(now))
    }

    /// Where the value is kept.
    #[inline]
    pub(crate) const fn cell(&self) -> &C {
        &self.cell
    }

    /// Counts a write that was made in the cell itself.
    pub(crate) fn count(&self) {
        self.changes.count();
    }

    fn said(&self) -> Value {
        self.rule.said(self.get())
    }

    fn subscribe(&self) -> changes::Receiver {
        self.changes.subscribe(|| self.said())
    }
}

impl<T: Valued, C: Cell<T>> Parameter for Adaptive<T, C> {
    fn rule(&self) -> Rule {
        self.rule
    }

    fn value(&self) -> Value {
        self.said()
    }

    fn made(&self) -> Value {
        self.rule.said(self.made)
    }

    fn check(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.rule.read::<T>(value).map(drop)
    }

    fn put(
        &self,
        change: &mut dyn FnMut(&Value) -> Result<Value, InvalidConfig>,
    ) -> Result<(), InvalidConfig> {
        let change = |value| self.rule.read(&change(&self.rule.said(value))?);
        self.replace(change).map(drop)
    }

    fn tell(&self) {
        self.cell.wake();
        self.changes.publish(|| self.said());
    }

    fn revision(&self) -> u64 {
        self.revision()
    }

    fn follow(&self, old: &dyn Parameter) {
        if self.changes.follow(old.changes()) && self.said() != old.value() {
            self.count();
        }
    }

    fn changes(&self) -> &Changes {
        &self.changes
    }

    fn watch(&self) -> Watcher<Value> {
        Watcher::new(self.subscribe(), self.said(), Value::clone)
    }
}

impl<T: Valued + fmt::Debug, C: Cell<T>> fmt::Debug for Adaptive<T, C> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(out)
    }
}

#[cfg(test)]
#[cfg(ninelives_loom)]
mod models;
#[cfg(test)]
#[cfg(not(ninelives_loom))]
mod tests;
