//! The machine of the circuit breaker, from the table in its documentation, which a test of the runtime
//! compares with the one in force; with the defaults of the catalogue.

use super::drawing::{Anchor, Drawing, Point};
use ninelives_dsl::catalogue::{CIRCUIT_BREAKER, Default};
use std::fs;
use std::path::Path;

const TABLE: &str = "ninelives-runtime/src/circuit_breaker/mod.rs";
const COMMANDS: [&str; 3] = ["force_open", "force_close", "reset"];

const SIZE: Point = (780, 490);
const BOX: Point = (190, 56);

/// The states of the table, and where they stand.
const PLACES: [(&str, Point); 5] = [
    ("closed", (60, 70)),
    ("open", (530, 70)),
    ("half-open", (295, 290)),
    ("forced open", (530, 422)),
    ("forced closed", (60, 422)),
];

/// One row of the machine.
#[derive(Debug, PartialEq, Eq)]
struct Transition {
    from: String,
    event: String,
    to: String,
}

/// Draws it.
pub(super) fn draw(root: &Path) -> Result<String, String> {
    let source = fs::read_to_string(root.join(TABLE))
        .map_err(|error| format!("cannot read {TABLE}: {error}"))?;
    let machine = transitions(&source);
    known(&machine)?;
    let by_itself: Vec<_> =
        machine.iter().filter(|row| !COMMANDS.contains(&row.event.as_str())).collect();
    let said: Vec<_> = by_itself
        .iter()
        .map(|row| Ok(format!("{} to {}: {}.", row.from, row.to, condition(&row.event)?.join(" "))))
        .collect::<Result<_, String>>()?;
    let description = format!(
        "{} By command, from every state: force_open, force_close, and reset, which closes.",
        said.join(" ")
    );
    let mut drawing = Drawing::new(SIZE, "The states of a circuit breaker", &description);
    drawing.bar("frame", (20, 44), (740, 322));
    drawing.text("small", (30, 38), Anchor::Start, "by itself");
    for (state, (x, y)) in PLACES {
        drawing.bar("box", (x, y), BOX);
        drawing.text("name", (x + BOX.0 / 2, y + 24), Anchor::Middle, state);
        drawing.text("small", (x + BOX.0 / 2, y + 42), Anchor::Middle, meaning(state));
    }
    for row in by_itself {
        arrow(&mut drawing, row)?;
    }
    commands(&mut drawing);
    Ok(drawing.finish())
}

/// The rows of the table: an event a line, a state a column, in each cell the next state and what is
/// done on the way.
fn transitions(source: &str) -> Vec<Transition> {
    let mut rows = source
        .lines()
        .filter_map(|line| line.strip_prefix("//! |"))
        .map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let states = rows.next().unwrap_or_default();
    let mut machine = Vec::new();
    for row in rows.skip(1) {
        let event = row.first().copied().unwrap_or_default();
        for (state, cell) in states.iter().zip(&row).skip(1).filter(|(_, cell)| !cell.is_empty()) {
            machine.push(Transition {
                from: state.trim_matches('*').to_owned(),
                event: event.to_owned(),
                to: cell.split(',').next().unwrap_or_default().to_owned(),
            });
        }
    }
    machine
}

/// The drawing has a place for every state, and says of the commands that they lead from everywhere to
/// one state.
fn known(machine: &[Transition]) -> Result<(), String> {
    if machine.is_empty() {
        return Err(format!("{TABLE}: no table of transitions"));
    }
    for row in machine {
        for state in [&row.from, &row.to] {
            if !PLACES.iter().any(|(place, _)| place == state) {
                return Err(format!("the diagram has no place for the state `{state}`"));
            }
        }
    }
    for (command, to) in
        [("force_open", "forced open"), ("force_close", "forced closed"), ("reset", "closed")]
    {
        let from_all = PLACES.iter().all(|(state, _)| {
            (*state == to && command != "reset")
                || machine
                    .iter()
                    .any(|row| row.from == *state && row.event == command && row.to == to)
        });
        if !from_all {
            return Err(format!("`{command}` does not lead from every state to {to}"));
        }
    }
    Ok(())
}

fn meaning(state: &str) -> &'static str {
    match state {
        "closed" => "admits and counts",
        "open" => "refuses",
        "half-open" => "admits probes",
        "forced open" => "refuses until told",
        _ => "admits until told",
    }
}

/// What an event takes, in lines, with the defaults.
fn condition(event: &str) -> Result<Vec<String>, String> {
    Ok(match event {
        "tripped" => vec![
            format!(
                "{} of the last {} calls failed,",
                default("failure_rate")?,
                default("window")?
            ),
            format!("once {} are in; where asked for,", default("min_calls")?),
            "too many were slow, or failed in a row".to_owned(),
        ],
        "cooldown over" => vec![
            format!("{} are over (with jitter),", default("cooldown")?),
            "and a call comes".to_owned(),
        ],
        "probe failed" => vec![
            "one fails, is slow or too old:".to_owned(),
            format!("twice the cooldown, to {}", default("max_cooldown")?),
        ],
        "probes succeeded" => {
            vec![format!("all probes succeed ({})", default("probes")?)]
        }
        other => return Err(format!("the diagram does not know the event `{other}`")),
    })
}

fn default(parameter: &str) -> Result<String, String> {
    match CIRCUIT_BREAKER.parameter(parameter).map(|row| &row.default) {
        Some(Default::Is(value)) => Ok(value.to_string()),
        _ => Err(format!("`circuit_breaker` has no default of `{parameter}`")),
    }
}

/// An arrow between two states, with its event and what it takes.
fn arrow(drawing: &mut Drawing, row: &Transition) -> Result<(), String> {
    let (line, at, anchor): ([Point; 2], Point, Anchor) = match (row.from.as_str(), row.to.as_str())
    {
        ("closed", "open") => ([(250, 88), (528, 88)], (390, 106), Anchor::Middle),
        ("open", "half-open") => ([(640, 128), (487, 310)], (582, 216), Anchor::Start),
        ("half-open", "open") => ([(420, 288), (560, 128)], (363, 185), Anchor::Middle),
        ("half-open", "closed") => ([(320, 288), (150, 128)], (206, 216), Anchor::End),
        (from, to) => return Err(format!("the diagram has no arrow from {from} to {to}")),
    };
    drawing.line("arrow", &line);
    let across = row.from == "closed";
    let event = if across { (at.0, 80) } else { at };
    drawing.text("", event, anchor, &row.event);
    for (line, text) in (i32::from(!across)..).zip(condition(&row.event)?) {
        drawing.text("small", (at.0, at.1 + 16 * line), anchor, &text);
    }
    Ok(())
}

/// What an operator does to it.
fn commands(drawing: &mut Drawing) {
    drawing.text("small", (390, 386), Anchor::Middle, "by command");
    for (x, command) in [(155, "force_close"), (625, "force_open")] {
        drawing.line("arrow", &[(x, 366), (x, 420)]);
        drawing.text("", (x + 10, 400), Anchor::Start, command);
    }
    drawing.line("arrow", &[(252, 442), (528, 442)]);
    drawing.line("arrow", &[(528, 458), (252, 458)]);
    drawing.text("", (390, 436), Anchor::Middle, "force_open");
    drawing.text("", (390, 476), Anchor::Middle, "force_close");
    drawing.line("arrow", &[(60, 450), (40, 450), (40, 98), (58, 98)]);
    drawing.text("", (46, 350), Anchor::Start, "reset, from every state");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_cell_by_cell() {
        let table = "//! |  | **closed** | **open** |\n//! | --- | --- | --- |\n//! | tripped | open, cool |  |\n";
        let row = Transition { from: "closed".into(), event: "tripped".into(), to: "open".into() };
        assert_eq!(transitions(table), [row]);
        assert!(known(&transitions(table)).is_err(), "the commands are missing");
    }
}
