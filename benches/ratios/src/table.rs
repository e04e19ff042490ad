//! The figures as tables that read the same in a terminal and on a page.

use crate::measure::{Figures, Measure, Measured};
use crate::rows::{Against, Bounds};
use crate::verdict::Judged;
use ninelives_report::table;

const MEASURES: [Measure; 6] = [
    Measure::Instructions,
    Measure::Locked,
    Measure::Clock,
    Measure::Allocations,
    Measure::Size,
    Measure::Time,
];

/// The rows with their verdicts.
pub fn of_rows(rows: &[Judged]) -> String {
    let head = ["case", "measure", "figure", "against", "figure", "compared", "must", "reach", ""];
    let body = rows.iter().map(|judged| {
        let row = judged.row;
        let bound = |of: fn(Bounds) -> f64| {
            let sign = if row.measure.rises() { '≥' } else { '≤' };
            row.bounds.map(|bounds| format!("{sign} {}", compared(row.against, of(bounds))))
        };
        vec![
            row.ours.replace('|', "\\|"),
            row.measure.name().to_owned(),
            number(row.measure, judged.ours),
            row.against.case().unwrap_or_default().replace('|', "\\|"),
            judged.against.map(|figure| number(row.measure, figure)).unwrap_or_default(),
            compared(row.against, judged.compared),
            bound(|bounds| bounds.must).unwrap_or_default(),
            bound(|bounds| bounds.reach).unwrap_or_default(),
            judged.verdict.map(|verdict| verdict.to_string()).unwrap_or_default(),
        ]
    });
    table(&head, body.collect())
}

/// Every case with its figures.
pub fn of_cases(measured: &Measured) -> String {
    let mut head = vec!["case"];
    head.extend(MEASURES.map(Measure::name));
    let cells = |(name, figures): &(&str, Figures)| {
        let figures = MEASURES.map(|measure| {
            figures.get(measure).map(|figure| number(measure, figure)).unwrap_or_default()
        });
        [name.replace('|', "\\|")].into_iter().chain(figures).collect()
    };
    table(&head, measured.iter().map(cells).collect())
}

fn number(measure: Measure, figure: f64) -> String {
    match measure {
        Measure::Time | Measure::Throughput => format!("{figure:.1}"),
        _ => short(figure),
    }
}

fn compared(against: Against, figure: f64) -> String {
    match against {
        Against::Peer(_) => format!("{figure:.2}×"),
        Against::Over(_) => format!("+{}", short(figure)),
        Against::Nothing => short(figure),
    }
}

/// Without the decimals that say nothing.
fn short(figure: f64) -> String {
    let text = format!("{figure:.2}");
    text.strip_suffix(".00").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn whole_numbers_have_no_decimals() {
        assert_eq!(short(433.0), "433");
        assert_eq!(short(2.01), "2.01");
    }
}
