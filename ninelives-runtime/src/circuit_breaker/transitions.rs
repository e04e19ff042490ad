//! The transitions as data: a row for each event that means something in a state.

use std::fmt;

/// What the circuit does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Admits and counts.
    Closed,
    /// Refuses until the cooldown is over.
    Open,
    /// Admits a few probes, whose outcomes decide.
    HalfOpen,
    /// Refuses until told otherwise.
    ForcedOpen,
    /// Admits and counts nothing until told otherwise.
    ForcedClosed,
}

impl fmt::Display for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::ForcedOpen => "forced open",
            Self::ForcedClosed => "forced closed",
        })
    }
}

/// What happens to a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The calls counted while closed were judged, and found bad.
    Tripped,
    /// A call came after the end of the cooldown.
    CooldownOver,
    /// One probe failed, was slow, or is older than the cooldown.
    ProbeFailed,
    /// All probes of the cycle succeeded.
    ProbesSucceeded,
    /// An operator's command.
    ForceOpen,
    /// An operator's command.
    ForceClose,
    /// An operator's command.
    Reset,
}

/// What is done on the way into the next state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing.
    None,
    /// The first cooldown begins.
    Cool,
    /// A cooldown of twice the length begins.
    CoolLonger,
    /// A cycle of probes begins.
    Probe,
    /// A period of counting begins, with nothing counted and the first cooldown ahead.
    Count,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transition {
    pub(super) from: State,
    pub(super) event: Event,
    pub(super) to: State,
    pub(super) action: Action,
}

const fn row(from: State, event: Event, to: State, action: Action) -> Transition {
    Transition { from, event, to, action }
}

/// The machine. An event without a row changes nothing.
pub(super) static TABLE: [Transition; 17] = {
    use State::{Closed, ForcedClosed, ForcedOpen, HalfOpen, Open};
    [
        row(Closed, Event::Tripped, Open, Action::Cool),
        row(Closed, Event::ForceOpen, ForcedOpen, Action::None),
        row(Closed, Event::ForceClose, ForcedClosed, Action::None),
        row(Closed, Event::Reset, Closed, Action::Count),
        row(Open, Event::CooldownOver, HalfOpen, Action::Probe),
        row(Open, Event::ForceOpen, ForcedOpen, Action::None),
        row(Open, Event::ForceClose, ForcedClosed, Action::None),
        row(Open, Event::Reset, Closed, Action::Count),
        row(HalfOpen, Event::ProbeFailed, Open, Action::CoolLonger),
        row(HalfOpen, Event::ProbesSucceeded, Closed, Action::Count),
        row(HalfOpen, Event::ForceOpen, ForcedOpen, Action::None),
        row(HalfOpen, Event::ForceClose, ForcedClosed, Action::None),
        row(HalfOpen, Event::Reset, Closed, Action::Count),
        row(ForcedOpen, Event::ForceClose, ForcedClosed, Action::None),
        row(ForcedOpen, Event::Reset, Closed, Action::Count),
        row(ForcedClosed, Event::ForceOpen, ForcedOpen, Action::None),
        row(ForcedClosed, Event::Reset, Closed, Action::Count),
    ]
};

/// The row of `event` in state `from`.
pub(super) fn next(from: State, event: Event) -> Option<Transition> {
    TABLE.iter().find(|row| row.from == from && row.event == event).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [(State, &str); 5] = [
        (State::Closed, "closed"),
        (State::Open, "open"),
        (State::HalfOpen, "half-open"),
        (State::ForcedOpen, "forced open"),
        (State::ForcedClosed, "forced closed"),
    ];
    const EVENTS: [(Event, &str); 7] = [
        (Event::Tripped, "tripped"),
        (Event::CooldownOver, "cooldown over"),
        (Event::ProbeFailed, "probe failed"),
        (Event::ProbesSucceeded, "probes succeeded"),
        (Event::ForceOpen, "force_open"),
        (Event::ForceClose, "force_close"),
        (Event::Reset, "reset"),
    ];

    fn name(state: State) -> &'static str {
        STATES.iter().find(|(one, _)| *one == state).unwrap().1
    }

    fn cell(from: State, event: Event) -> String {
        let Some(Transition { to, action, .. }) = next(from, event) else {
            return String::new();
        };
        let action = match action {
            Action::None => "",
            Action::Cool => ", cool",
            Action::CoolLonger => ", cool longer",
            Action::Probe => ", probe",
            Action::Count => ", count",
        };
        format!("{}{action}", name(to))
    }

    fn line(cells: impl IntoIterator<Item = String>) -> String {
        let cells: Vec<_> = cells.into_iter().collect();
        format!("//! | {} |", cells.join(" | "))
    }

    /// The module's documentation shows the table; this is the table it has to show.
    #[test]
    fn documentation_shows_the_table_in_force() {
        let head = STATES.map(|(_, name)| format!("**{name}**"));
        let mut table = vec![line(std::iter::once(String::new()).chain(head))];
        table.push(line(std::iter::repeat_n("---".to_owned(), 6)));
        for (event, name) in EVENTS {
            let cells = STATES.map(|(state, _)| cell(state, event));
            table.push(line(std::iter::once(name.to_owned()).chain(cells)));
        }
        let table = table.join("\n");
        assert!(
            include_str!("mod.rs").replace("\r\n", "\n").contains(&table),
            "the documentation does not show this table:\n{table}"
        );
    }

    #[test]
    fn state_and_event_lead_to_one_row_at_most() {
        for (index, row) in TABLE.iter().enumerate() {
            let same = |other: &Transition| other.from == row.from && other.event == row.event;
            assert_eq!(TABLE.iter().position(same), Some(index), "{row:?}");
        }
    }
}
