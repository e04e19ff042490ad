//! All figures of all cases.

use crate::cases::{Case, known};
use crate::count::{self, Counts};
use crate::rows::ROWS;
use crate::time::{latency, throughput};
use std::collections::HashMap;
use std::error::Error;

/// What a row speaks of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Measure {
    /// Instructions of a request.
    Instructions,
    /// Its locked read-modify-writes.
    Locked,
    /// Its clock reads.
    Clock,
    /// Its allocations.
    Allocations,
    /// The size of its future.
    Size,
    /// Nanoseconds that it takes.
    Time,
    /// Requests a second of two threads.
    Throughput,
}

impl Measure {
    /// Repeats to the digit, so that a missed must is never the machine's.
    pub fn repeats(self) -> bool {
        !matches!(self, Self::Time | Self::Throughput)
    }

    /// More is better.
    pub fn rises(self) -> bool {
        self == Self::Throughput
    }

    /// As the table names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Locked => "locked",
            Self::Clock => "clock reads",
            Self::Allocations => "allocations",
            Self::Size => "future, bytes",
            Self::Time => "ns",
            Self::Throughput => "two threads, M/s",
        }
    }
}

/// The figures of one case.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    counts: Counts,
    nanoseconds: f64,
    future: Option<usize>,
    millions_a_second: Option<f64>,
}

impl Figures {
    /// One of them; `None` where it was not measured.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        Some(match measure {
            Measure::Instructions => self.counts.instructions,
            Measure::Locked => self.counts.locked,
            Measure::Clock => self.counts.clock,
            Measure::Allocations => self.counts.allocations,
            Measure::Size => self.future? as f64,
            Measure::Time => self.nanoseconds,
            Measure::Throughput => self.millions_a_second?,
        })
    }
}

/// The figures of all cases by name, in their order.
pub type Measured = Vec<(&'static str, Figures)>;

/// Measures everything; two threads only where a row asks for it.
pub fn all(cases: &[Case]) -> Result<Measured, Box<dyn Error>> {
    let counts = count::count(cases.len())?;
    check(cases, &counts)?;
    let nanoseconds = latency::medians(cases)?;
    let shared: Vec<_> = cases.iter().filter(|case| is_shared(case.name)).collect();
    let throughput: HashMap<_, _> =
        shared.iter().map(|case| case.name).zip(throughput::medians(&shared)?).collect();
    let figures = |((case, counts), nanoseconds): ((&Case, Counts), f64)| {
        let millions_a_second = throughput.get(case.name).map(|requests| requests / 1e6);
        let figures = Figures { counts, nanoseconds, future: case.future, millions_a_second };
        (case.name, figures)
    };
    Ok(cases.iter().zip(counts).zip(nanoseconds).map(figures).collect())
}

/// A counter that finds nothing would meet every must.
fn check(cases: &[Case], counts: &[Counts]) -> Result<(), Box<dyn Error>> {
    let known = cases.iter().zip(counts).find(|(case, _)| case.name == known::NAME);
    match known.map(|(_, counts)| counts) {
        Some(Counts { locked: 1.0, clock: 1.0, allocations: 1.0, .. }) => Ok(()),
        counts => Err(format!("`{}` was counted as {counts:?}", known::NAME).into()),
    }
}

fn is_shared(case: &str) -> bool {
    ROWS.iter()
        .filter(|row| row.measure == Measure::Throughput)
        .any(|row| row.ours == case || row.against.case() == Some(case))
}
