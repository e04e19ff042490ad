//! What has got worse: our counted figures, and the musts, beside the page that is committed.

use crate::page::{BENCHMARKS, Profile};
use crate::rows::Row;
use crate::verdict::{Judged, Verdict};
use ninelives_measure::{Figures, Measure, Measured};

/// A counted figure is worse when it is so many times what it was.
const WORSE: f64 = 1.01;
/// And so much more at least: the page rounds, and where a random number decides, a figure moves.
fn least(measure: Measure) -> f64 {
    if measure == Measure::Instructions { 2.0 } else { 0.1 }
}

/// The cells of a table, its head first.
type Table = Vec<Vec<String>>;

/// The tables of the page, as they are committed.
#[derive(Debug, Default)]
pub struct Committed {
    rows: Table,
    cases: Table,
}

impl Committed {
    /// What the page has of a profile: nothing before its first run.
    pub fn read(profile: Profile) -> Self {
        Self::parse(&BENCHMARKS.committed(profile))
    }

    fn parse(section: &str) -> Self {
        let tables = section.split("\n\n").filter(|part| part.starts_with("| case "));
        let mut tables = tables.map(|table| table.lines().map(cells).collect::<Table>());
        let mut next = || tables.next().unwrap_or_default();
        Self { rows: next(), cases: next() }
    }

    /// What is counted of our cases and is worse, and which musts fail the run that held.
    pub fn worse(&self, rows: &[Judged], measured: &Measured, strict: bool) -> Vec<String> {
        let ours = |case: &str| rows.iter().any(|judged| judged.row.ours == case);
        let grown = measured
            .iter()
            .filter(|(case, _)| ours(case))
            .flat_map(|(case, figures)| self.grown(case, figures));
        let missed = rows.iter().filter(|judged| judged.fails(strict) && self.held(&judged.row));
        let missed = missed.map(|judged| {
            format!("{}, {}: met, now MISSED", judged.row.ours, judged.row.measure.name())
        });
        grown.chain(missed).collect()
    }

    fn grown(&self, case: &str, figures: &Figures) -> impl Iterator<Item = String> {
        Measure::OF_EVERY_CASE.into_iter().filter(|measure| measure.repeats()).filter_map(
            move |measure| {
                let (now, before) = (figures.get(measure)?, self.figure(case, measure)?);
                let is_worse = now > before * WORSE && now >= before + least(measure);
                is_worse.then(|| format!("{case}, {}: {now:.2}, was {before}", measure.name()))
            },
        )
    }

    fn figure(&self, case: &str, measure: Measure) -> Option<f64> {
        let column = self.cases.first()?.iter().position(|name| name == measure.name())?;
        let row = self.cases.iter().find(|row| row.first().is_some_and(|first| first == case))?;
        row.get(column)?.parse().ok()
    }

    /// Whether the page says of a row that its must holds.
    fn held(&self, row: &Row) -> bool {
        let said = [row.ours, row.measure.name(), row.against.case().unwrap_or_default()];
        let names = |cells: &&Vec<String>| {
            [0, 1, 3].map(|at| cells.get(at).map(String::as_str)) == said.map(Some)
        };
        let verdict = self.rows.iter().find(names).and_then(|cells| cells.last());
        verdict.is_some_and(|verdict| *verdict != Verdict::Missed.to_string())
    }
}

fn cells(line: &str) -> Vec<String> {
    let line = line.trim_start_matches("| ").trim_end_matches('|');
    line.split(" | ").map(|cell| cell.trim().replace("\\|", "|")).collect()
}

#[cfg(test)]
mod tests {
    use super::Committed;
    use crate::page::Profile;
    use crate::rows::{Against, Bounds, Row};
    use crate::table;
    use crate::verdict::Judged;
    use ninelives_measure::{Measure, Measured, from_text};

    const ROW: Row = Row {
        ours: "pass | pass",
        measure: Measure::Instructions,
        against: Against::Over("pass"),
        bounds: Some(Bounds { must: 30.0, reach: 6.0 }),
    };

    fn measured(instructions: f64, locked: f64) -> Measured {
        let figures = [("instructions", instructions), ("locked", locked), ("time", instructions)];
        let ours = figures.map(|(name, figure)| format!("pass | pass\t{name}\t{figure}"));
        from_text(&format!("{}\npass\tinstructions\t100", ours.join("\n"))).unwrap()
    }

    fn rows(measured: &Measured) -> Vec<Judged> {
        vec![Judged::new(ROW, measured).unwrap()]
    }

    /// What is worse, where the page has the first figures: instructions and locked operations.
    fn worse(before: (f64, f64), now: (f64, f64)) -> Vec<String> {
        let (before, now) = (measured(before.0, before.1), measured(now.0, now.1));
        let tables = [table::of_rows(&rows(&before)), table::of_cases(&before)].join("\n");
        Committed::parse(&format!("From.\n\n{tables}")).worse(&rows(&now), &now, false)
    }

    #[test]
    fn a_count_is_worse_that_is_more_than_one_of_a_hundred_above_the_page() {
        let page = (125.0, 2.01);
        let grown = "pass | pass, instructions: 127.00, was 125";
        assert_eq!(worse(page, (127.0, 2.01)), [grown]);
        assert_eq!(worse(page, (125.0, 3.0)), ["pass | pass, locked: 3.00, was 2.01"]);
        for same in [page, (126.9, 2.01), (125.0, 2.1), (90.0, 0.0)] {
            assert!(worse(page, same).is_empty(), "{same:?}");
        }
    }

    #[test]
    fn a_must_is_worse_that_held_and_is_missed() {
        let now = worse((129.9, 0.0), (130.1, 0.0));
        assert_eq!(now, ["pass | pass, instructions: met, now MISSED"]);
        assert!(worse((140.0, 0.0), (140.0, 0.0)).is_empty());
    }

    #[test]
    fn the_committed_page_is_read_in_both_profiles() {
        for profile in Profile::ALL {
            let page = Committed::read(profile);
            assert!(page.figure("pass | pass", Measure::Instructions).is_some(), "{profile:?}");
            let bounded = crate::rows::ROWS.iter().filter(|row| row.bounds.is_some());
            assert!(bounded.filter(|row| page.held(row)).count() > 1, "{profile:?}");
        }
    }
}
