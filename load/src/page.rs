//! `docs/load.md` and its plots.

use crate::plot;
use crate::runs::{Compared, Soak};
use ninelives_report::{Others, provenance, section_of, with_section};
use std::error::Error;
use std::fs;
use std::path::Path;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
const LOCK_FILE: &str = include_str!("../../Cargo.lock");
const EMPTY_PAGE: &str = include_str!("page.md");

/// The crates whose versions the page names.
const MEASURED: [&str; 5] = ["hyper", "hyper-util", "ninelives", "tokio", "tower"];

/// Writes the section of the profiles and their plot.
pub(crate) fn write_profiles(
    profiles: &[Compared],
    tables: &str,
    others: &Others,
) -> Result<(), Box<dyn Error>> {
    write("profiles", tables, others)?;
    plot::latency(&Path::new(DOCS).join("load-latency.svg"), profiles)
}

/// Writes the section of the soak and its plot.
pub(crate) fn write_soak(soak: &Soak, tables: &str, others: &Others) -> Result<(), Box<dyn Error>> {
    write("soak", tables, others)?;
    plot::soak(&Path::new(DOCS).join("load-soak.svg"), soak)
}

fn write(section: &str, tables: &str, others: &Others) -> Result<(), Box<dyn Error>> {
    let path = Path::new(DOCS).join("load.md");
    // What explains the figures comes from here, the figures of the other section stay.
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut page = EMPTY_PAGE.to_owned();
    for name in ["profiles", "soak"] {
        if let Some(kept) = section_of(&before, name) {
            page = with_section(&page, name, kept)?;
        }
    }
    let text = format!("\n{}\n{tables}", provenance(LOCK_FILE, &MEASURED, &[], others)?);
    fs::write(path, with_section(&page, section, &text)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{LARGEST_RATIO, LEAST_OK, LONGEST_P99, MARGIN};
    use ninelives_report::versions;

    #[test]
    fn the_page_has_a_section_for_each_that_is_written() {
        for section in ["profiles", "soak"] {
            assert!(with_section(EMPTY_PAGE, section, "").is_ok());
        }
    }

    #[test]
    fn the_page_is_the_one_that_is_written() {
        let mut page = fs::read_to_string(Path::new(DOCS).join("load.md")).unwrap();
        for section in ["profiles", "soak"] {
            page = with_section(&page, section, "").unwrap();
        }
        assert_eq!(page, EMPTY_PAGE);
    }

    #[test]
    fn the_page_names_the_bounds_that_fail_a_run() {
        let bounds = [
            format!("p99 above {} ms, or above {LARGEST_RATIO}", LONGEST_P99.as_millis()),
            format!("more than {MARGIN} live"),
            format!("less than {:.0}% answered well", 100.0 * LEAST_OK),
        ];
        let page = EMPTY_PAGE.split_whitespace().collect::<Vec<_>>().join(" ");
        for bound in bounds {
            assert!(page.contains(&bound), "{bound}");
        }
    }

    #[test]
    fn every_measured_crate_has_its_version_on_the_page() {
        let versions = versions(LOCK_FILE, &MEASURED);
        assert_eq!(versions.len(), MEASURED.len(), "{versions:?}");
    }
}
