//! The figures as tables that read the same in a terminal and on a page.

use crate::rows::{Against, Bounds, Row};
use crate::verdict::{Judged, Verdict};
use ninelives_measure::{Figures, Measure, Measured};
use ninelives_report::table;

/// The rows with their verdicts.
pub fn of_rows(rows: &[Judged]) -> String {
    let head = ["case", "measure", "figure", "against", "figure", "compared", "must", "reach", ""];
    let body = rows.iter().map(|judged| {
        let row = judged.row;
        let bound = |of: fn(Bounds) -> f64| {
            let sign = if row.measure.rises() { '≥' } else { '≤' };
            row.bounds.map(|bounds| format!("{sign} {}", compared(&row, of(bounds))))
        };
        vec![
            row.ours.to_owned(),
            row.measure.name().to_owned(),
            number(row.measure, judged.ours),
            row.against.case().unwrap_or_default().to_owned(),
            judged.against.map(|figure| number(row.measure, figure)).unwrap_or_default(),
            compared(&row, judged.compared),
            bound(|bounds| bounds.must).unwrap_or_default(),
            bound(|bounds| bounds.reach).unwrap_or_default(),
            judged.verdict.map(|verdict| verdict.to_string()).unwrap_or_default(),
        ]
    });
    table(&head, body.collect())
}

/// What became of a row, in words.
pub fn sentence(judged: &Judged) -> String {
    let (row, figure) = (judged.row, compared(&judged.row, judged.compared));
    let bound = |name, bound| format!("{name} {}", compared(&row, bound));
    let bounds =
        row.bounds.map(|bounds| [bound("must", bounds.must), bound("reach", bounds.reach)]);
    let verdict = judged.verdict.map(|verdict| verdict.to_string());
    let parts = bounds.into_iter().flatten().chain(verdict).collect::<Vec<_>>().join(", ");
    format!("{} {figure}: {parts}", row.measure.name())
}

/// How many musts there are, and which of them are missed.
pub fn summary(rows: &[Judged]) -> String {
    let musts = rows.iter().filter(|row| row.verdict.is_some()).count();
    let missed: Vec<_> = rows
        .iter()
        .filter(|row| row.verdict == Some(Verdict::Missed))
        .map(|row| format!("{}, {}", row.row.ours, row.row.measure.name()))
        .collect();
    match missed.as_slice() {
        [] => format!("{musts} musts, none missed"),
        missed => format!("{musts} musts, {} missed: {}", missed.len(), missed.join("; ")),
    }
}

/// What has got worse, in a line.
pub fn worse(worse: &[String]) -> String {
    let list = if worse.is_empty() { "nothing".to_owned() } else { worse.join("; ") };
    format!("worse than the committed page: {list}")
}

/// Every case with its figures.
pub fn of_cases(measured: &Measured) -> String {
    let mut head = vec!["case"];
    head.extend(Measure::OF_EVERY_CASE.map(Measure::name));
    let cells = |(name, figures): &(String, Figures)| {
        let figures = Measure::OF_EVERY_CASE.map(|measure| {
            figures.get(measure).map(|figure| number(measure, figure)).unwrap_or_default()
        });
        [name.clone()].into_iter().chain(figures).collect()
    };
    table(&head, measured.iter().map(cells).collect())
}

fn number(measure: Measure, figure: f64) -> String {
    if measure.is_time() { time(figure) } else { short(figure) }
}

fn compared(row: &Row, figure: f64) -> String {
    match row.against {
        Against::Peer(_) => format!("{figure:.2}×"),
        Against::Over(_) if figure < 0.0 => number(row.measure, figure),
        Against::Over(_) => format!("+{}", number(row.measure, figure)),
        Against::Nothing => number(row.measure, figure),
    }
}

/// Nanoseconds in the unit that reads best.
fn time(nanoseconds: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")];
    let (unit, name) =
        UNITS.into_iter().find(|(unit, _)| nanoseconds.abs() >= *unit).unwrap_or((1.0, "ns"));
    format!("{:.1} {name}", nanoseconds / unit)
}

/// Without the decimals that say nothing.
fn short(figure: f64) -> String {
    let text = format!("{figure:.2}");
    text.strip_suffix(".00").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{short, time};

    #[test]
    fn whole_numbers_have_no_decimals() {
        assert_eq!(short(433.0), "433");
        assert_eq!(short(2.01), "2.01");
    }

    #[test]
    fn a_time_has_the_unit_that_reads_best() {
        assert_eq!(time(0.31), "0.3 ns");
        assert_eq!(time(999.0), "999.0 ns");
        assert_eq!(time(-10_000.0), "-10.0 µs");
        assert_eq!(time(80e6), "80.0 ms");
        assert_eq!(time(1.25e9), "1.2 s");
    }
}
