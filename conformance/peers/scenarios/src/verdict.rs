//! One crate and one scenario: a clock that stands still, and what was seen.

use crate::peer::Peer;
use crate::{SCENARIOS, Scenario};
use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::runtime::Builder;

/// What keeps a scenario from holding.
pub(crate) enum Hindrance {
    /// The crate has no such part.
    Absent,
    /// This was seen.
    Seen(String),
}

/// What a scenario gives.
pub(crate) type Seen = Result<(), Hindrance>;

/// That was seen, unless it holds.
pub(crate) fn must(holds: bool, otherwise: impl Into<String>) -> Seen {
    if holds { Ok(()) } else { Err(Hindrance::Seen(otherwise.into())) }
}

/// How a crate does in a scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It withstands.
    Holds,
    /// It does not: what was seen.
    Fails(String),
    /// It has no such part.
    Absent,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holds => f.write_str("holds"),
            Self::Fails(seen) => write!(f, "fails: {seen}"),
            Self::Absent => f.write_str("no such part"),
        }
    }
}

impl Verdict {
    /// What `Display` wrote.
    pub fn read(line: &str) -> Option<Self> {
        match line {
            "holds" => Some(Self::Holds),
            "no such part" => Some(Self::Absent),
            _ => Some(Self::Fails(line.strip_prefix("fails: ")?.to_owned())),
        }
    }
}

/// A crate after all scenarios.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its name.
    pub peer: String,
    /// One verdict for each scenario, in their order, and what the crate's own pages say about it.
    pub verdicts: Vec<(Verdict, Option<String>)>,
}

impl Asked {
    /// Whether nothing failed.
    pub fn holds(&self) -> bool {
        !self.verdicts.iter().any(|(verdict, _)| matches!(verdict, Verdict::Fails(_)))
    }
}

/// Asks a crate for everything. What panics meanwhile says so in the verdict alone.
pub fn ask(peer: &dyn Peer) -> Asked {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let verdicts = SCENARIOS.map(|scenario| {
        let verdict = judge(peer, scenario);
        let said = matches!(verdict, Verdict::Fails(_)).then(|| peer.documents(scenario.name));
        (verdict, said.flatten().map(str::to_owned))
    });
    std::panic::set_hook(hook);
    Asked { peer: peer.name().to_owned(), verdicts: verdicts.into() }
}

fn judge(peer: &dyn Peer, scenario: Scenario) -> Verdict {
    let run = || {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.map(|runtime| runtime.block_on((scenario.run)(peer)))
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(Ok(()))) => Verdict::Holds,
        Ok(Ok(Err(Hindrance::Absent))) => Verdict::Absent,
        Ok(Ok(Err(Hindrance::Seen(seen)))) => Verdict::Fails(seen),
        Ok(Err(error)) => Verdict::Fails(format!("no runtime: {error}")),
        Err(panic) => Verdict::Fails(format!("it panics: {}", message(panic.as_ref()))),
    }
}

/// What a panic says, as far as a table has place for it.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a value").lines().next().unwrap_or_default().replace('|', "/")
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    #[test]
    fn a_verdict_is_read_as_it_was_written() {
        for verdict in [Verdict::Holds, Verdict::Absent, Verdict::Fails("a: b".to_owned())] {
            assert_eq!(Verdict::read(&verdict.to_string()), Some(verdict));
        }
        assert_eq!(Verdict::read("error: no such crate"), None);
    }
}
