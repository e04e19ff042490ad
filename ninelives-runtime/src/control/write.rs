//! Writes by name: checked as a batch, and put in force one batch after the other.
//!
//! ```text
//! New ─ check ─> Change ─ apply ─> in force ─ tell ─> who waits is woken
//!       all of the batch    under the turn      with no lock held
//! ```

use super::Control;
use crate::config::InvalidConfig;
use crate::path::Path;
use ninelives_dsl::plan::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a parameter is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum New {
    /// This.
    Whole(Value),
    /// What it is, with these parts of it changed: `base` of a backoff.
    Parts(Vec<(&'static str, Value)>),
}

impl New {
    fn of(&self, now: &Value) -> Option<Value> {
        match self {
            Self::Whole(value) => Some(value.clone()),
            Self::Parts(parts) => parts
                .iter()
                .try_fold(now.clone(), |value, (part, new)| value.with_part(part, new.clone())),
        }
    }

    /// What is wrong with the whole may be said of a part that was not given.
    fn blame(&self, invalid: InvalidConfig) -> InvalidConfig {
        let Self::Parts(parts) = self else {
            return invalid;
        };
        let parts: Vec<_> = parts.iter().map(|(part, new)| format!("`{part} = {new}`")).collect();
        let problem = format!("with {}: {}", parts.join(", "), invalid.problem());
        InvalidConfig::new(invalid.policy(), invalid.parameter(), problem)
    }
}

/// A new value for a parameter, which was checked.
#[derive(Clone, Debug)]
pub struct Change {
    name: &'static str,
    new: New,
    checked: Value,
}

impl Change {
    fn check(layer: &dyn Control, name: &'static str, new: New) -> Result<Self, InvalidConfig> {
        let policy = layer.kind().entry().name;
        let refused = |problem| InvalidConfig::new(policy, name, problem);
        let parameter = layer.parameter(name).ok_or_else(|| refused("cannot be set"))?;
        let checked = new
            .of(&parameter.value())
            .ok_or_else(|| refused("is a value that has no such part"))?;
        parameter.check(&checked).map_err(|invalid| new.blame(invalid))?;
        Ok(Self { name, new, checked })
    }

    /// The parameter's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The value that was checked.
    pub const fn value(&self) -> &Value {
        &self.checked
    }

    /// Puts the value in force, by itself. Where a typed write has since made a value that the new
    /// parts do not go with, the value that was checked holds: a batch is put in force as a whole.
    pub fn put(&self, layer: &(impl Control + ?Sized)) {
        let Some(parameter) = layer.parameter(self.name) else {
            return;
        };
        let applied = parameter.put(&mut |now| {
            let new = self.new.of(now).filter(|new| parameter.check(new).is_ok());
            Ok(new.unwrap_or_else(|| self.checked.clone()))
        });
        debug_assert!(applied.is_ok(), "{applied:?}: it was checked");
    }
}

/// The turn to write: writes by name, of however many parameters, and the changes of texts come one
/// after the other, so that no two of them mix. Writing is rare, so there is one turn for all.
pub(crate) struct Writing {
    _turn: MutexGuard<'static, ()>,
}

/// Waits for the turn to write.
pub(crate) fn writing() -> Writing {
    static TURN: Mutex<()> = Mutex::new(());
    Writing { _turn: TURN.lock().unwrap_or_else(PoisonError::into_inner) }
}

impl Writing {
    /// Puts new values in force, in several layers: everything is checked before anything is changed.
    /// Whoever waits for them is [told](tell) when this turn is over, and every other lock.
    ///
    /// # Errors
    /// The first value that is refused, with the path of its layer; nothing changes then.
    pub(crate) fn set_all<'c>(
        &self,
        layers: impl IntoIterator<Item = (&'c dyn Control, Vec<(&'static str, New)>)>,
    ) -> Result<(), (Path, InvalidConfig)> {
        let mut checked = Vec::new();
        for (layer, values) in layers {
            let changes = values.into_iter().map(|(name, new)| Change::check(layer, name, new));
            let changes: Result<Vec<_>, _> = changes.collect();
            let changes = changes.map_err(|invalid| (layer.path().clone(), invalid))?;
            checked.push((layer, changes));
        }
        for (layer, changes) in checked {
            layer.apply(&changes);
        }
        Ok(())
    }
}

/// Tells who waits for what was written in these layers. A waker may do anything: the writer holds no
/// lock any more.
pub(crate) fn tell<'c>(layers: impl IntoIterator<Item = &'c dyn Control>) {
    for layer in layers {
        for parameter in layer.parameters() {
            parameter.tell();
        }
    }
}
