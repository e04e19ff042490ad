//! When, where and with what something was measured.

use crate::{Others, output_of};
use std::error::Error;
use std::fs;
use std::process::Command;

/// Date, machine, what `others` used of it meanwhile, compiler and `programs` (each with the Debian package
/// that has it), and on a line of their own the `measured` crates as they were locked.
///
/// # Errors
/// Where the machine does not say, as any but Linux, or a program is missing.
pub fn provenance(
    lock_file: &str,
    measured: &[&str],
    programs: &[(&str, &str)],
    others: &Others,
) -> Result<String, Box<dyn Error>> {
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
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let mut tools = vec![first_line("rustc", "--version", "rustup")?];
    for (program, package) in programs {
        tools.push(first_line(program, "--version", package)?);
    }
    Ok(format!(
        "Measured {date} on {count} × {model}, Linux {kernel}, of which others used {others:.2} meanwhile; {tools}.\n{versions}.\n",
        date = first_line("date", "+%F", "coreutils")?,
        count = models.len(),
        model = models.first().unwrap_or(&"unknown processor"),
        // Without what whoever built it added.
        kernel = kernel.split(['-', '\n']).next().unwrap_or_default(),
        others = others.processors()?,
        tools = tools.join(", "),
        versions = versions(lock_file, measured).join(", "),
    ))
}

/// The measured crates with the versions that were locked.
pub fn versions(lock_file: &str, measured: &[&str]) -> Vec<String> {
    let mut lines = lock_file.lines();
    let mut versions = Vec::new();
    while let Some(line) = lines.next() {
        let name = quoted(line, "name").filter(|name| measured.contains(name));
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
    use super::versions;

    #[test]
    fn versions_are_those_of_the_lock_file() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"ab\"\nversion = \"2.0.0\"\n";
        assert_eq!(versions(lock, &["a", "c"]), ["a 1.0.0"]);
    }
}
