//! The page with the tables: a section for each profile, each written by a run of that profile.

use crate::before;
use ninelives_report::{provenance, section_of, versions, with_section};
use std::error::Error;
use std::ffi::OsStr;
use std::{env, fs};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md");
const LOCK_FILE: &str = include_str!("../Cargo.lock");
const EMPTY_PAGE: &str = include_str!("page.md");

/// The crates whose versions the page names.
const MEASURED: [&str; 15] = [
    "arc-swap",
    "backon",
    "failsafe",
    "governor",
    "hyper",
    "ninelives",
    "recloser",
    "seatbelt",
    "tokio",
    "tower",
    "tower-resilience-bulkhead",
    "tower-resilience-circuitbreaker",
    "tower-resilience-hedge",
    "tower-resilience-retry",
    "tower-resilience-timelimiter",
];

/// What counts, and the Debian packages that have it.
const TOOLS: [(&str, &str); 2] = [("valgrind", "valgrind"), ("objdump", "binutils")];

/// How this program was built.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Profile {
    /// What `cargo build --release` does for everybody.
    Release,
    /// With fat LTO and one codegen unit.
    Fat,
}

impl Profile {
    const ALL: [Self; 2] = [Self::Release, Self::Fat];

    /// From the folder in which cargo put it; nothing else is worth measuring.
    pub fn of_this_program() -> Result<Self, Box<dyn Error>> {
        let program = env::current_exe()?;
        match program.parent().and_then(|folder| folder.file_name()).and_then(OsStr::to_str) {
            Some("release") => Ok(Self::Release),
            Some("fat") => Ok(Self::Fat),
            _ => Err("build it with `--release` or with `--profile fat`".into()),
        }
    }

    /// As cargo calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Fat => "fat",
        }
    }
}

/// Writes the page anew, with the tables of one profile; those of the other one stay.
pub fn write(profile: Profile, tables: &str) -> Result<(), Box<dyn Error>> {
    let written = format!(
        "\n{}By the other program: {}.\n\n{tables}",
        provenance(LOCK_FILE, &MEASURED, &TOOLS)?,
        versions(before::LOCK_FILE, &MEASURED).join(", "),
    );
    let old = fs::read_to_string(PATH).unwrap_or_default();
    let page = Profile::ALL.into_iter().try_fold(EMPTY_PAGE.to_owned(), |page, each| {
        let kept = section_of(&old, each.name()).unwrap_or_default();
        with_section(&page, each.name(), if each == profile { &written } else { kept })
    })?;
    fs::write(PATH, page)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{EMPTY_PAGE, LOCK_FILE, MEASURED, Profile, before, versions, with_section};

    #[test]
    fn the_page_has_a_section_for_each_profile() {
        for profile in Profile::ALL {
            assert!(with_section(EMPTY_PAGE, profile.name(), "").is_ok());
        }
    }

    #[test]
    fn every_measured_crate_has_its_version_on_the_page() {
        let here = versions(LOCK_FILE, &MEASURED);
        assert_eq!(here.len(), MEASURED.len(), "{here:?}");
        assert!(versions(before::LOCK_FILE, &MEASURED).contains(&"ninelives 0.2.0".to_owned()));
    }
}
