//! The table, and its section of the page.

use ninelives_report::{output_of, versions, with_section};
use peers_scenarios::{Asked, SCENARIOS, Verdict};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/correctness.md");
const LOCK_FILE: &str = include_str!("../Cargo.lock");
const OLDER_LOCK_FILE: &str = include_str!("../older/Cargo.lock");

/// The crates whose versions the page names, but for ours.
const ASKED: [&str; 10] = [
    "failsafe",
    "recloser",
    "tokio",
    "tower",
    "tower-resilience-bulkhead",
    "tower-resilience-circuitbreaker",
    "tower-resilience-fallback",
    "tower-resilience-hedge",
    "tower-resilience-retry",
    "tower-resilience-timelimiter",
];

/// Scenarios down, crates across; below it, what the crates' own pages say about what they fail.
pub(crate) fn table(asked: &[Asked]) -> String {
    let head: Vec<_> =
        ["what must hold"].into_iter().chain(asked.iter().map(|peer| peer.peer.as_str())).collect();
    let mut notes = String::new();
    let mut number = 0;
    let mut rows = Vec::new();
    for (line, scenario) in SCENARIOS.iter().enumerate() {
        let mut row = vec![scenario.name.to_owned()];
        for (verdict, said) in asked.iter().filter_map(|peer| peer.verdicts.get(line)) {
            let mut cell = match verdict {
                Verdict::Absent => "–".to_owned(),
                verdict => verdict.to_string(),
            };
            if let Some(said) = said {
                number += 1;
                // Writing to a string cannot fail.
                let _ = write!(cell, " [{number}]");
                let _ = writeln!(notes, "{number}. Meant so: {said}.");
            }
            row.push(cell);
        }
        rows.push(row);
    }
    format!("{}\n{notes}", ninelives_report::table(&head, rows))
}

pub(crate) fn write(table: &str) -> Result<(), Box<dyn Error>> {
    let date = output_of(Command::new("date").arg("+%F"), "coreutils")?;
    let section = format!(
        "\nOn {}: {}; ninelives 0.2.0 with {}.\n\n{table}\n",
        date.trim_end(),
        versions(LOCK_FILE, &ASKED).join(", "),
        versions(OLDER_LOCK_FILE, &["tokio"]).join(", "),
    );
    fs::write(PATH, with_section(&fs::read_to_string(PATH)?, "peers", &section)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_says_is_a_note_below_the_table() {
        let verdicts = |first: (Verdict, Option<String>)| {
            let rest = SCENARIOS.map(|_| (Verdict::Holds, None)).into_iter().skip(1);
            [first].into_iter().chain(rest).collect()
        };
        let seen = Verdict::Fails("it waits".to_owned());
        let asked = [
            Asked { peer: "a".to_owned(), verdicts: verdicts((seen, Some("so be it".to_owned()))) },
            Asked { peer: "b".to_owned(), verdicts: verdicts((Verdict::Absent, None)) },
        ];
        let table = table(&asked);
        let first = table.lines().nth(2).unwrap_or_default();
        assert!(first.contains("| fails: it waits [1] |") && first.contains("| – "), "{first}");
        assert!(table.ends_with("\n1. Meant so: so be it.\n"), "{table}");
    }

    #[test]
    fn every_crate_has_its_version_and_the_page_its_section() {
        assert_eq!(versions(LOCK_FILE, &ASKED).len(), ASKED.len());
        let page = fs::read_to_string(PATH).unwrap_or_default();
        assert!(with_section(&page, "peers", "").is_ok());
    }
}
