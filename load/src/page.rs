//! `docs/load.md` and its plots.

use crate::plot;
use crate::runs::{Compared, Soak};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
const LOCK_FILE: &str = include_str!("../../Cargo.lock");
const EMPTY_PAGE: &str = include_str!("page.md");

/// The crates whose versions the page names.
const MEASURED: [&str; 5] = ["hyper", "hyper-util", "ninelives", "tokio", "tower"];

/// Writes the section of the profiles and their plot.
pub(crate) fn write_profiles(profiles: &[Compared], tables: &str) -> Result<(), Box<dyn Error>> {
    write("profiles", tables)?;
    plot::latency(&Path::new(DOCS).join("load-latency.svg"), profiles)
}

/// Writes the section of the soak and its plot.
pub(crate) fn write_soak(soak: &Soak, tables: &str) -> Result<(), Box<dyn Error>> {
    write("soak", tables)?;
    plot::soak(&Path::new(DOCS).join("load-soak.svg"), soak)
}

fn write(section: &str, tables: &str) -> Result<(), Box<dyn Error>> {
    let path = Path::new(DOCS).join("load.md");
    // What explains the figures comes from here, the figures of the other section stay.
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut page = EMPTY_PAGE.to_owned();
    for name in ["profiles", "soak"] {
        if let Some(kept) = section_of(&before, name) {
            page = with_section(&page, name, kept)?;
        }
    }
    let text = format!("\n{}\n{tables}", provenance()?);
    fs::write(path, with_section(&page, section, &text)?)?;
    Ok(())
}

fn marks(name: &str) -> [String; 2] {
    [format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->\n")]
}

/// What stands between the two marks of a section.
fn section_of<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let [begin, end] = marks(name);
    Some(page.split_once(&begin)?.1.split_once(&end)?.0)
}

/// The page with other text between the two marks of a section.
fn with_section(page: &str, name: &str, text: &str) -> Result<String, String> {
    let [begin, end] = marks(name);
    let parts =
        page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("the page has no section `{name}`"))?;
    Ok(format!("{before}{begin}{text}{end}{after}"))
}

/// When, where and with what it was measured.
fn provenance() -> Result<String, Box<dyn Error>> {
    let output = |program: &str, argument: &str| -> Result<String, Box<dyn Error>> {
        let output = Command::new(program).arg(argument).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let models: Vec<_> = processors
        .lines()
        .filter(|line| line.starts_with("model name"))
        .filter_map(|line| Some(line.split_once(": ")?.1))
        .collect();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(format!(
        "Measured {date} on {count} × {model}, Linux {kernel}, load average {load}; {rustc}; {versions}.\n",
        date = output("date", "+%F")?,
        count = models.len(),
        model = models.first().unwrap_or(&"unknown processor"),
        // Without what whoever built it added.
        kernel = kernel.split(['-', '\n']).next().unwrap_or_default(),
        load = load.split(' ').next().unwrap_or_default(),
        rustc = output("rustc", "--version")?,
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
    use super::{EMPTY_PAGE, LOCK_FILE, MEASURED, section_of, versions, with_section};

    #[test]
    fn a_run_replaces_its_own_section_only() {
        let page = with_section(EMPTY_PAGE, "soak", "long\n").unwrap();
        let page = with_section(&page, "profiles", "first\n").unwrap();
        let page = with_section(&page, "profiles", "second\n").unwrap();
        assert_eq!(section_of(&page, "soak"), Some("long\n"));
        assert_eq!(section_of(&page, "profiles"), Some("second\n"));
        assert!(with_section(&page, "debug", "slow\n").is_err());
    }

    #[test]
    fn every_measured_crate_has_its_version_on_the_page() {
        let versions = versions(LOCK_FILE);
        assert_eq!(versions.len(), MEASURED.len(), "{versions:?}");
    }
}
