//! What a layer of a new text gets from the one whose place it takes: the values in force.

use super::layers::Known;
use crate::control::{Control, New, Parameter};
use ninelives_dsl::plan::Value;
use std::sync::Arc;

/// What is handed over to a layer.
pub(super) struct Estate {
    /// None where the heir begins afresh.
    from: Option<Arc<dyn Control>>,
    heir: Arc<dyn Control>,
    /// Of the heir: it was made with what the text says, but what it shares has the values in force.
    changes: Vec<(&'static str, New)>,
}

impl Estate {
    /// None for a layer of which nobody can set anything.
    pub(super) fn new(from: Option<&Known>, heir: &Known) -> Option<Self> {
        let from = from.and_then(|known| Some((known, known.control()?)));
        let control = heir.control()?;
        let changes = control.parameters().into_iter().filter_map(|parameter| {
            let name = parameter.rule().row().name;
            let written = heir.written().value(name);
            let before = from.as_ref().and_then(|(known, control)| {
                Some((known.written().value(name), control.parameter(name)?.value()))
            });
            let value = match before {
                Some((had, in_force)) => inherited(parameter, had, in_force, written),
                None => written.clone(),
            };
            (parameter.value() != value).then_some((name, New::Whole(value)))
        });
        let changes = changes.collect();
        Some(Self { from: from.map(|(_, control)| control), heir: control, changes })
    }

    pub(super) fn changes(&self) -> (&dyn Control, Vec<(&'static str, New)>) {
        (&*self.heir, self.changes.clone())
    }

    /// The heir, now in the place of the other.
    pub(super) fn settle(self) -> Arc<dyn Control> {
        let from = self.from.iter().flat_map(|from| from.parameters());
        for (from, heir) in from.zip(self.heir.parameters()) {
            heir.follow(from);
        }
        self.heir
    }
}

/// The value of a parameter under a text that has `written` for it where the one before `had`
/// something: what was set holds on, down to the parts of a value, unless the text changes it.
fn inherited(parameter: &dyn Parameter, had: &Value, in_force: Value, written: &Value) -> Value {
    if had == written {
        return in_force;
    }
    let merged = written.parts().iter().try_fold(written.clone(), |value, part| {
        let is_same = had.part(part.name) == written.part(part.name);
        match in_force.part(part.name).filter(|_| is_same) {
            Some(set) => value.with_part(part.name, set),
            None => Some(value),
        }
    });
    // Parts that were good apart may not go together.
    merged.filter(|merged| parameter.check(merged).is_ok()).unwrap_or_else(|| written.clone())
}
