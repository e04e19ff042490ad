//! What became of a row.

use crate::rows::{Against, Bounds, Row};
use ninelives_measure::{Figures, Measure, Measured};
use std::error::Error;
use std::fmt;

/// How a row ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The bound to reach holds.
    Reached,
    /// The bound that must hold does.
    Met,
    /// It does not.
    Missed,
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Reached => "reached",
            Self::Met => "met",
            Self::Missed => "MISSED",
        })
    }
}

/// A row with its figures.
#[derive(Debug)]
pub struct Judged {
    /// The row.
    pub row: Row,
    /// Our figure.
    pub ours: f64,
    /// The other case's.
    pub against: Option<f64>,
    /// What the bounds bound: the ratio, what ours adds, or ours itself.
    pub compared: f64,
    /// Which of them hold; `None` where there are none.
    pub verdict: Option<Verdict>,
}

impl Judged {
    /// Looks the figures of a row up and compares them.
    pub fn new(row: Row, measured: &Measured) -> Result<Self, Box<dyn Error>> {
        let figure = |case| {
            find(measured, case)
                .and_then(|figures| figures.get(row.measure))
                .ok_or_else(|| format!("no {} of `{case}`", row.measure.name()))
        };
        let ours = figure(row.ours)?;
        let against = row.against.case().map(figure).transpose()?;
        let compared = match (row.against, against) {
            (Against::Peer(_), Some(peer)) => ours / peer,
            (Against::Over(_), Some(base)) => ours - base,
            _ => ours,
        };
        let verdict = row.bounds.map(|bounds| judge(row.measure, bounds, compared));
        Ok(Self { row, ours, against, compared, verdict })
    }

    /// Whether it makes the run fail.
    pub fn fails(&self, strict: bool) -> bool {
        self.verdict == Some(Verdict::Missed) && (strict || self.row.measure.repeats())
    }
}

fn find<'a>(measured: &'a Measured, case: &str) -> Option<&'a Figures> {
    measured.iter().find(|(name, _)| *name == case).map(|(_, figures)| figures)
}

/// What is no number holds no bound.
fn judge(measure: Measure, bounds: Bounds, figure: f64) -> Verdict {
    let holds = |bound| if measure.rises() { figure >= bound } else { figure <= bound };
    if holds(bounds.reach) {
        Verdict::Reached
    } else if holds(bounds.must) {
        Verdict::Met
    } else {
        Verdict::Missed
    }
}

#[cfg(test)]
mod tests {
    use super::{Judged, Verdict, judge};
    use crate::rows::{Against, Bounds, ROWS, Row};
    use crate::{before, cases};
    use ninelives_measure::Measure;

    const FEW: Bounds = Bounds { must: 6.0, reach: 4.0 };
    const MANY: Bounds = Bounds { must: 3.0, reach: 8.0 };

    fn cost(figure: f64) -> Verdict {
        judge(Measure::Instructions, FEW, figure)
    }

    fn speed(figure: f64) -> Verdict {
        judge(Measure::Throughput, MANY, figure)
    }

    #[test]
    fn a_cost_is_bounded_from_above_and_a_bound_may_be_touched() {
        assert_eq!(cost(4.0), Verdict::Reached);
        assert_eq!(cost(6.0), Verdict::Met);
        assert_eq!(cost(6.01), Verdict::Missed);
    }

    #[test]
    fn a_throughput_is_bounded_from_below() {
        assert_eq!(speed(8.0), Verdict::Reached);
        assert_eq!(speed(3.0), Verdict::Met);
        assert_eq!(speed(2.99), Verdict::Missed);
    }

    #[test]
    fn what_is_no_number_is_missed() {
        assert_eq!(cost(f64::NAN), Verdict::Missed);
        assert_eq!(speed(f64::NAN), Verdict::Missed);
    }

    #[test]
    fn what_the_machine_may_spoil_fails_only_when_asked_to() {
        let missed = |measure| {
            let row = Row { ours: "ours", measure, against: Against::Nothing, bounds: Some(FEW) };
            let verdict = Some(Verdict::Missed);
            Judged { row, ours: 0.0, against: None, compared: 0.0, verdict }
        };
        assert!(missed(Measure::Instructions).fails(false));
        assert!(!missed(Measure::Throughput).fails(false));
        assert!(missed(Measure::Throughput).fails(true));
    }

    #[test]
    fn every_row_speaks_of_cases_that_there_are() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _inside = runtime.enter();
        let cases = cases::all().unwrap();
        let known = |name: &str| {
            name.starts_with(before::NAME) || cases.iter().any(|case| case.name == name)
        };
        for row in ROWS {
            assert!(known(row.ours), "{row:?}");
            assert!(row.against.case().is_none_or(known), "{row:?}");
        }
    }

    #[test]
    fn every_case_does_what_its_name_says() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _inside = runtime.enter();
        for case in cases::all().unwrap() {
            case.check(1, case.handle().run(1)).unwrap();
        }
    }
}
