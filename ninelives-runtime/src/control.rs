//! A layer as an operator sees it: its path, its parameters by their names, its state.
//!
//! ```text
//! Shape::layers ─> Control ─> Parameter
//! ```
//!
//! Requests never come here. What finds a layer by its path is made of this: the
//! [registry](crate::registry), telemetry, and reload.

use crate::adaptive::{Changes, Watcher};
use crate::circuit_breaker;
use crate::config::{InvalidConfig, Rule};
use crate::path::Path;
use crate::telemetry::Reporter;
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::plan::Value;
use ninelives_dsl::value::Written;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What [`Shape::layers`](crate::node::Shape::layers) hands each layer to.
pub type Visit<'a> = &'a mut dyn FnMut(Arc<dyn Control>);

/// A layer that runs, in the words of the catalogue. It is the state that the layer's clones share,
/// so what is set holds for all of them.
pub trait Control: Send + Sync {
    /// What it reports through.
    fn reporter(&self) -> &Reporter;

    /// The layer's path.
    fn path(&self) -> &Path {
        self.reporter().path()
    }

    /// Which layer it is.
    fn kind(&self) -> LayerKind;

    /// Its parameters that can be set while requests run, in the catalogue's order.
    fn parameters(&self) -> Vec<&dyn Parameter>;

    /// What it counts and holds; nothing for a layer without a state.
    fn state(&self) -> Option<LayerState> {
        None
    }

    /// The parameter of that name.
    fn parameter(&self, name: &str) -> Option<&dyn Parameter> {
        self.parameters().into_iter().find(|parameter| parameter.rule().row().name == name)
    }

    /// Puts values in force that were checked, and [tells](Parameter::tell) nobody. A layer with
    /// parameters that are read together puts these in force in one step.
    fn apply(&self, changes: &[Change]) {
        for change in changes {
            change.put(self);
        }
    }
}

/// A layer without parameters that can be set.
#[derive(Debug)]
pub(crate) struct Fixed {
    kind: LayerKind,
    reporter: Reporter,
}

impl Fixed {
    /// The layer of that kind at that path.
    pub(crate) fn at(kind: LayerKind, path: impl Into<Path>) -> Arc<Self> {
        Arc::new(Self { kind, reporter: Reporter::new(path.into()) })
    }
}

impl Control for Fixed {
    fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    fn kind(&self) -> LayerKind {
        self.kind
    }

    fn parameters(&self) -> Vec<&dyn Parameter> {
        Vec::new()
    }
}

/// A parameter that can be read and set while requests run, as the language sees it.
pub trait Parameter: Send + Sync {
    /// Its row of the catalogue.
    fn rule(&self) -> Rule;

    /// The value in force.
    fn value(&self) -> Value;

    /// The value that it was made with.
    fn made(&self) -> Value;

    /// Checks a value as [`put`](Self::put) does, and changes nothing.
    ///
    /// # Errors
    /// When the value is of a wrong kind or outside the range.
    fn check(&self, value: &Value) -> Result<(), InvalidConfig>;

    /// Puts in force what `change` makes of the value in force; it runs again when another write
    /// comes between. Who waits for it is woken by [`tell`](Self::tell) only, so that a writer can do
    /// that when it holds no lock.
    ///
    /// # Errors
    /// That of `change`, and as [`check`](Self::check); nothing changes then.
    fn put(
        &self,
        change: &mut dyn FnMut(&Value) -> Result<Value, InvalidConfig>,
    ) -> Result<(), InvalidConfig>;

    /// Wakes those who watch, and those for whom writes made room.
    fn tell(&self);

    /// Puts another value in force.
    ///
    /// # Errors
    /// As [`check`](Self::check); nothing changes then.
    fn set(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.put(&mut |_| Ok(value.clone()))?;
        self.tell();
        Ok(())
    }

    /// How many writes there were.
    fn revision(&self) -> u64;

    /// Takes the place of `old`, the same parameter of the layer that this one's layer replaces: the
    /// writes are counted on, and who watches that one watches this one.
    fn follow(&self, old: &dyn Parameter);

    /// Its writes.
    fn changes(&self) -> &Changes;

    /// Follows the value from now on.
    fn watch(&self) -> Watcher<Value>;
}

/// What a parameter is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum New {
    /// This.
    Whole(Value),
    /// What it is, with these parts of it changed: `base` of a backoff.
    Parts(Vec<(&'static str, Value)>),
}

impl New {
    /// `with `base = 20s`: `, for what is wrong may be said of another part.
    pub(crate) fn said_of_parts(&self) -> String {
        let Self::Parts(parts) = self else {
            return String::new();
        };
        let parts: Vec<_> = parts.iter().map(|(part, new)| format!("`{part} = {new}`")).collect();
        format!("with {}: ", parts.join(", "))
    }

    fn of(&self, now: &Value) -> Option<Value> {
        match self {
            Self::Whole(value) => Some(value.clone()),
            Self::Parts(parts) => parts
                .iter()
                .try_fold(now.clone(), |value, (part, new)| value.with_part(part, new.clone())),
        }
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
        parameter.check(&checked)?;
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

/// What a layer counts and holds, as of now or a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayerState {
    /// Of a `retry`.
    Retry {
        /// How many retries the budget would grant now; `None` when it is off.
        budget_left: Option<u64>,
    },
    /// Of a `hedge`.
    Hedge {
        /// How many hedges the budget would grant now; `None` when it is off.
        budget_left: Option<u64>,
        /// The quantile of the latencies seen that `after` asks for; `None` while there are not
        /// enough, or when it is a duration.
        estimate: Option<Duration>,
    },
    /// Of a `bulkhead`.
    Bulkhead {
        /// Permits taken.
        in_use: u64,
        /// The permits there are.
        limit: u32,
        /// Requests that wait.
        queued: usize,
    },
    /// Of a `circuit_breaker`.
    CircuitBreaker(circuit_breaker::State),
}

impl fmt::Display for LayerState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn budget(out: &mut fmt::Formatter<'_>, left: Option<u64>) -> fmt::Result {
            match left {
                Some(left) => write!(out, "{left} left in the budget"),
                None => out.write_str("no budget"),
            }
        }
        match *self {
            Self::Retry { budget_left } => budget(out, budget_left),
            Self::Hedge { budget_left, estimate } => {
                budget(out, budget_left)?;
                match estimate {
                    Some(estimate) => write!(out, ", after {}", Written(estimate)),
                    None => Ok(()),
                }
            }
            Self::Bulkhead { in_use, limit, queued } => {
                write!(out, "{in_use} of {limit} in use, {queued} queued")
            }
            Self::CircuitBreaker(state) => state.fmt(out),
        }
    }
}
