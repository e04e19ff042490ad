//! The pages with the tables: a section for each profile, each written by a run of that profile.

use crate::before;
use ninelives_report::{Others, output_of, section_of, versions, with_section};
use std::error::Error;
use std::ffi::OsStr;
use std::process::Command;
use std::{env, fs};

const LOCK_FILE: &str = include_str!("../Cargo.lock");

/// A page, and what stands on it around the tables.
#[derive(Debug)]
pub struct Page {
    path: &'static str,
    empty: &'static str,
}

/// The figures.
pub const BENCHMARKS: Page = Page {
    path: concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md"),
    empty: include_str!("page.md"),
};

/// Where the instructions are that miss a bound.
pub const PROFILES: Page = Page {
    path: concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/profiles.md"),
    empty: include_str!("profiles.md"),
};

/// The crates whose versions the page names.
const MEASURED: [&str; 17] = [
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
    "tower-resilience-fallback",
    "tower-resilience-hedge",
    "tower-resilience-ratelimiter",
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
    /// Both.
    pub const ALL: [Self; 2] = [Self::Release, Self::Fat];

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

/// When, where and with what it was measured.
pub fn provenance(others: &Others) -> Result<String, Box<dyn Error>> {
    Ok(format!(
        "{}By the other program: {}.\n",
        ninelives_report::provenance(LOCK_FILE, &MEASURED, &TOOLS, others)?,
        versions(before::LOCK_FILE, &MEASURED).join(", "),
    ))
}

impl Page {
    /// What it has of a profile; nothing before the first run.
    fn section(&self, profile: Profile) -> String {
        let page = fs::read_to_string(self.path).unwrap_or_default();
        section_of(&page, profile.name()).unwrap_or_default().to_owned()
    }

    /// The same as it is committed: what was written since is no measure of itself. In a tree that git does
    /// not know, as it came.
    pub fn committed(&self, profile: Profile) -> String {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or((".", self.path));
        let mut git = Command::new("git");
        git.args(["-C", folder, "show", &format!("HEAD:./{name}")]);
        output_of(&mut git, "git").map_or_else(
            |_| self.section(profile),
            |page| section_of(&page, profile.name()).unwrap_or_default().to_owned(),
        )
    }

    /// Writes it anew, with the tables of one profile; those of the other one stay.
    pub fn write(&self, profile: Profile, tables: &str) -> Result<(), Box<dyn Error>> {
        let page = Profile::ALL.into_iter().try_fold(self.empty.to_owned(), |page, each| {
            let written = if each == profile { format!("\n{tables}") } else { self.section(each) };
            with_section(&page, each.name(), &written)
        })?;
        fs::write(self.path, page)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        BENCHMARKS, LOCK_FILE, MEASURED, PROFILES, Profile, before, versions, with_section,
    };

    #[test]
    fn each_page_has_a_section_for_each_profile() {
        for page in [BENCHMARKS, PROFILES] {
            for profile in Profile::ALL {
                assert!(with_section(page.empty, profile.name(), "").is_ok());
            }
        }
    }

    #[test]
    fn every_measured_crate_has_its_version_on_the_page() {
        let here = versions(LOCK_FILE, &MEASURED);
        assert_eq!(here.len(), MEASURED.len(), "{here:?}");
        assert!(versions(before::LOCK_FILE, &MEASURED).contains(&"ninelives 0.2.0".to_owned()));
    }
}
