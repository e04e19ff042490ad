//! The page with the tables: a section for each profile, each written by a run of that profile.

use crate::output::output_of;
use std::error::Error;
use std::ffi::OsStr;
use std::process::Command;
use std::{env, fs};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md");
const LOCK_FILE: &str = include_str!("../Cargo.lock");
const EMPTY_PAGE: &str = include_str!("page.md");

/// The crates whose versions the page names.
const MEASURED: [&str; 11] = [
    "arc-swap",
    "failsafe",
    "ninelives",
    "recloser",
    "tokio",
    "tower",
    "tower-resilience-bulkhead",
    "tower-resilience-circuitbreaker",
    "tower-resilience-hedge",
    "tower-resilience-retry",
    "tower-resilience-timelimiter",
];

/// How this program was built.
#[derive(Clone, Copy, Debug)]
pub enum Profile {
    /// What `cargo build --release` does for everybody.
    Release,
    /// With fat LTO and one codegen unit.
    Fat,
}

impl Profile {
    /// From the folder in which cargo put it; nothing else is worth measuring.
    pub fn of_this_program() -> Result<Self, Box<dyn Error>> {
        let program = env::current_exe()?;
        match program.parent().and_then(|folder| folder.file_name()).and_then(OsStr::to_str) {
            Some("release") => Ok(Self::Release),
            Some("fat") => Ok(Self::Fat),
            _ => Err("build it with `--release` or with `--profile fat`".into()),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Fat => "fat",
        }
    }
}

/// Replaces the section of a profile.
pub fn write(profile: Profile, tables: &str) -> Result<(), Box<dyn Error>> {
    let page = fs::read_to_string(PATH).unwrap_or_else(|_| EMPTY_PAGE.to_owned());
    let section = format!("\n{}\n{tables}", provenance()?);
    fs::write(PATH, with_section(&page, profile.name(), &section)?)?;
    Ok(())
}

/// The page with other text between the two marks of a section.
fn with_section(page: &str, name: &str, section: &str) -> Result<String, Box<dyn Error>> {
    let marks = [format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->\n")];
    let [begin, end] = &marks;
    let parts = page
        .split_once(begin.as_str())
        .and_then(|(before, rest)| Some((before, rest.split_once(end.as_str())?.1)));
    let (before, after) = parts.ok_or_else(|| format!("the page has no section `{name}`"))?;
    Ok(format!("{before}{begin}{section}{end}{after}"))
}

/// Where and with what it was measured.
fn provenance() -> Result<String, Box<dyn Error>> {
    let first_line = |program: &str, argument: &str, package: &str| {
        let text = output_of(Command::new(program).arg(argument), package)?;
        Ok::<_, Box<dyn Error>>(text.lines().next().unwrap_or_default().to_owned())
    };
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let models: Vec<_> = processors
        .lines()
        .filter(|line| line.starts_with("model name"))
        .filter_map(|line| Some(line.split_once(": ")?.1))
        .collect();
    // The program itself is a load of one; what is above that disturbed the times, not the counts.
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(format!(
        "Measured {date} on {count} × {model}, Linux {kernel}, load average {load}; {rustc}, \
         {valgrind}, {objdump}.\n{versions}.\n",
        load = load.split(' ').next().unwrap_or_default(),
        date = first_line("date", "+%F", "coreutils")?,
        count = models.len(),
        model = models.first().unwrap_or(&"unknown processor"),
        // Without what whoever built it added.
        kernel = kernel.split(['-', '\n']).next().unwrap_or_default(),
        rustc = first_line("rustc", "--version", "rustup")?,
        valgrind = first_line("valgrind", "--version", "valgrind")?,
        objdump = first_line("objdump", "--version", "binutils")?,
        versions = versions(LOCK_FILE).join(", "),
    ))
}

/// The measured crates with the versions that were locked.
fn versions(lock_file: &str) -> Vec<String> {
    let mut lines = lock_file.lines();
    let mut versions = Vec::new();
    while let Some(line) = lines.next() {
        let name = quoted(line, "name").filter(|name| MEASURED.contains(name));
        let version = name.and_then(|_| quoted(lines.next()?, "version"));
        versions.extend(name.zip(version).map(|(name, version)| format!("{name} {version}")));
    }
    versions
}

fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::{EMPTY_PAGE, LOCK_FILE, MEASURED, versions, with_section};

    #[test]
    fn a_run_replaces_its_own_section_only() {
        let page = with_section(EMPTY_PAGE, "fat", "fast\n").unwrap();
        let page = with_section(&page, "release", "first\n").unwrap();
        let page = with_section(&page, "release", "second\n").unwrap();
        assert!(page.contains("fast") && page.contains("second") && !page.contains("first"));
        assert!(with_section(&page, "debug", "slow\n").is_err());
    }

    #[test]
    fn every_measured_crate_has_its_version_on_the_page() {
        let versions = versions(LOCK_FILE);
        assert_eq!(versions.len(), MEASURED.len(), "{versions:?}");
    }
}
