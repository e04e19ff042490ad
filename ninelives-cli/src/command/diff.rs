//! `nl diff`: what a change means, not its text.

mod human;
mod json;

use crate::args::{Denied, Diff as Options, Notation};
use crate::exit::Exit;
use crate::input::Source;
use crate::output::Output;
use ninelives_dsl::diff::{Diff, Fate, diff};
use ninelives_dsl::load::Load;
use std::io;
use std::path::Path;

/// Compares the two texts.
///
/// # Errors
/// Only when the output cannot be written.
pub(crate) fn run(options: &Options, output: &mut Output) -> io::Result<Exit> {
    if options.old == options.new && options.old == Path::new("-") {
        output.problem("stdin is one text: only one of the two can be `-`")?;
        return Ok(Exit::Failed);
    }
    let mut loads = Vec::new();
    for place in [&options.old, &options.new] {
        match Source::named(place).load() {
            Ok(load) => loads.push(load),
            Err(problem) => output.problem(&problem)?,
        }
    }
    let [old, new] = &loads[..] else {
        return Ok(Exit::Failed);
    };
    if refuse(old, output)? | refuse(new, output)? {
        return Ok(Exit::Findings);
    }
    let diff = diff(old, new);
    match options.format {
        Notation::Human => output.result(&human::draw(&diff))?,
        Notation::Json => output.result(&json::line(&diff)?)?,
    }
    let is_denied = options.deny.iter().any(|what| holds(*what, &diff));
    Ok(if is_denied { Exit::Findings } else { Exit::Clean })
}

/// Draws the errors of a text; true when there are any.
fn refuse(load: &Load, output: &mut Output) -> io::Result<bool> {
    for finding in load.diagnostics.iter().filter(|finding| finding.is_error()) {
        output.finding(&crate::render::human::draw(load, finding, output.coloured()))?;
    }
    Ok(load.has_errors())
}

fn holds(what: Denied, diff: &Diff) -> bool {
    match what {
        Denied::Changes => !diff.is_empty(),
        Denied::Worse => diff.worse().next().is_some(),
        Denied::LostState => {
            diff.state().any(|state| matches!(state.fate, Fate::Reset(_) | Fate::Gone))
        }
    }
}
