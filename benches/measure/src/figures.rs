//! All figures of all cases.

use crate::case::Case;
use crate::count;
use crate::time::{latency, percentiles, throughput};
use std::error::Error;
use std::fmt::Write as _;

/// What is measured of a case.
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
    /// The size of its future, in bytes.
    Size,
    /// Nanoseconds that it takes, one of many in a row.
    Time,
    /// Nanoseconds within which half of the requests end, each timed by itself.
    Median,
    /// Nanoseconds within which all but one of a thousand end.
    Tail,
    /// Requests a second of two threads, in millions.
    Throughput,
}

use Measure::{Allocations, Clock, Instructions, Locked, Median, Size, Tail, Throughput, Time};

impl Measure {
    /// Counted by callgrind, all in one run.
    pub const COUNTED: [Self; 4] = [Instructions, Locked, Clock, Allocations];
    /// What is measured where nothing else is said.
    pub const OF_EVERY_CASE: [Self; 7] =
        [Instructions, Locked, Clock, Allocations, Size, Time, Throughput];
    const ALL: [Self; 9] =
        [Instructions, Locked, Clock, Allocations, Size, Time, Median, Tail, Throughput];

    /// Repeats to the digit, so that a missed must is never the machine's.
    pub fn repeats(self) -> bool {
        matches!(self, Instructions | Locked | Clock | Allocations | Size)
    }

    /// More is better.
    pub fn rises(self) -> bool {
        self == Throughput
    }

    /// Nanoseconds.
    pub fn is_time(self) -> bool {
        matches!(self, Time | Median | Tail)
    }

    /// As the tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Instructions => "instructions",
            Locked => "locked",
            Clock => "clock reads",
            Allocations => "allocations",
            Size => "future, bytes",
            Time => "time",
            Median => "p50",
            Tail => "p99.9",
            Throughput => "two threads, M/s",
        }
    }
}

/// The figures of one case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(Vec<(Measure, f64)>);

impl Figures {
    /// One of them; `None` where it was not measured.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        self.0.iter().find(|(known, _)| *known == measure).map(|(_, figure)| *figure)
    }

    /// As they would be where time passes so many times slower.
    #[must_use]
    pub fn slowed(mut self, factor: f64) -> Self {
        for (measure, figure) in &mut self.0 {
            match measure {
                Time | Median | Tail => *figure *= factor,
                Throughput => *figure /= factor,
                Instructions | Locked | Clock | Allocations | Size => {}
            }
        }
        self
    }
}

/// The figures of all cases by name, in their order.
pub type Measured = Vec<(String, Figures)>;

/// One way to measure: what it finds of each case, in the order of the cases and of the measures.
type Way = fn(&[&Case]) -> Result<Vec<Vec<f64>>, Box<dyn Error>>;

const WAYS: [(&[Measure], Way); 4] = [
    (&Measure::COUNTED, count::of),
    (&[Time], latency::of),
    (&[Median, Tail], percentiles::of),
    (&[Throughput], throughput::of),
];

/// Measures of each case what it has.
///
/// # Errors
/// When a case does not do what its name says, and when a program that counts is missing.
pub fn all(cases: &[Case]) -> Result<Measured, Box<dyn Error>> {
    let size = |case: &Case| case.future.map(|size| (Size, size as f64));
    let mut measured: Measured = cases
        .iter()
        .map(|case| (case.name.clone(), Figures(size(case).into_iter().collect())))
        .collect();
    for (measures, way) in WAYS {
        let having: Vec<_> = cases.iter().filter(|case| case.has(measures)).collect();
        let mut found = way(&having)?.into_iter();
        for (case, (_, figures)) in cases.iter().zip(&mut measured) {
            if case.has(measures) {
                let found = found.next().unwrap_or_default();
                figures.0.extend(measures.iter().copied().zip(found));
            }
        }
    }
    Ok(measured)
}

/// Figures as text, for another program: a line for each.
pub fn to_text(measured: &Measured) -> String {
    let mut text = String::new();
    for (case, figures) in measured {
        for (measure, figure) in &figures.0 {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{case}\t{}\t{figure}", measure.name());
        }
    }
    text
}

/// What [`to_text`] wrote.
///
/// # Errors
/// When it was not that.
pub fn from_text(text: &str) -> Result<Measured, Box<dyn Error>> {
    let mut measured = Measured::new();
    for line in text.lines() {
        let unreadable = || format!("no figure: `{line}`");
        let mut fields = line.split('\t');
        let (case, name, figure) = fields
            .next()
            .zip(fields.next())
            .zip(fields.next())
            .map(|((case, name), figure)| (case, name, figure))
            .ok_or_else(unreadable)?;
        let measure = Measure::ALL.into_iter().find(|measure| measure.name() == name);
        let figure = (measure.ok_or_else(unreadable)?, figure.parse()?);
        match measured.last_mut().filter(|(known, _)| known == case) {
            Some((_, figures)) => figures.0.push(figure),
            None => measured.push((case.to_owned(), Figures(vec![figure]))),
        }
    }
    Ok(measured)
}

#[cfg(test)]
mod tests {
    use super::{Figures, Measure, from_text, to_text};

    #[test]
    fn figures_come_back_from_text() {
        let some = Figures(vec![(Measure::Locked, 2.01), (Measure::Time, 93.5)]);
        let more = Figures(vec![(Measure::Throughput, 3.25)]);
        let measured = vec![("one yield".to_owned(), some), ("two".to_owned(), more)];
        assert_eq!(from_text(&to_text(&measured)).unwrap(), measured);
        assert!(from_text("one yield\tlocked").is_err());
        assert!(from_text("one yield\tluck\t7").is_err());
    }

    #[test]
    fn on_a_slower_machine_times_grow_and_counts_stay() {
        let figures = [(Measure::Locked, 2.0), (Measure::Time, 10.0), (Measure::Throughput, 8.0)];
        let slowed = Figures(figures.to_vec()).slowed(2.0);
        let expected = [(Measure::Locked, 2.0), (Measure::Time, 20.0), (Measure::Throughput, 4.0)];
        assert_eq!(slowed, Figures(expected.to_vec()));
    }
}
