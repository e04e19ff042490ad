//! Why a bound is missed: the functions of every case that misses one, beside those of what it is held
//! against.

use crate::profile::{beside, counted};
use crate::table;
use crate::verdict::{Judged, Verdict};
use ninelives_measure::{Case, Measure};
use std::error::Error;

fn names<'a>(cases: &[&'a Case]) -> Vec<&'a str> {
    cases.iter().map(|case| case.name.as_str()).collect()
}

/// A table of functions for each counted case of which the instructions or the time miss a must, or what is
/// to be reached.
pub fn of(rows: &[Judged], cases: &[Case]) -> Result<String, Box<dyn Error>> {
    let explained = |judged: &&Judged| {
        matches!(judged.verdict, Some(Verdict::Missed | Verdict::Met))
            && [Measure::Instructions, Measure::Time].contains(&judged.row.measure)
    };
    let mut sections = Vec::<(Vec<&Case>, Vec<&Judged>)>::new();
    for judged in rows.iter().filter(explained) {
        let Some(ours) = counted(judged.row.ours, cases) else { continue };
        let against = judged.row.against.case().and_then(|name| counted(name, cases));
        let shown: Vec<_> = [ours].into_iter().chain(against).collect();
        match sections.iter_mut().find(|(known, _)| names(known) == names(&shown)) {
            Some((_, rows)) => rows.push(judged),
            None => sections.push((shown, vec![judged])),
        }
    }
    // What misses a must comes first; both kinds in the order of the benchmarks.
    let misses = |rows: &[&Judged]| rows.iter().any(|row| row.verdict == Some(Verdict::Missed));
    sections.sort_by_key(|(_, rows)| !misses(rows));
    let section = |(shown, rows): &(Vec<&Case>, Vec<&Judged>)| {
        let lines: String =
            rows.iter().map(|row| format!("- {}\n", table::sentence(row))).collect();
        Ok(format!("### {}\n\n{lines}\n{}", names(shown).join(" beside "), beside(shown)?))
    };
    Ok(sections.iter().map(section).collect::<Result<Vec<_>, Box<dyn Error>>>()?.join("\n"))
}
