//! Sections of `docs/build.md` that a task measures.

use ninelives_report::{Others, provenance, with_section};
use std::fs;
use std::path::Path;

const PAGE: &str = "docs/build.md";

/// The crates that are built.
const WITH: [&str; 3] = ["ninelives", "tokio", "tower"];

/// A section, from before it is measured.
#[derive(Debug)]
pub(crate) struct Section {
    name: &'static str,
    write: bool,
    others: Others,
}

impl Section {
    /// The section of a task that is about to begin: `--write` puts it onto the page.
    pub(crate) fn asked(name: &'static str, arguments: &[String]) -> Result<Self, String> {
        let write = match arguments {
            [] => false,
            [flag] if flag == "--write" => true,
            _ => return Err(format!("usage: cargo xtask {name} [--write]")),
        };
        let others = Others::from_now().map_err(|error| error.to_string())?;
        Ok(Self { name, write, others })
    }

    /// The table, which goes to the page if that was asked for.
    pub(crate) fn written(self, root: &Path, table: String) -> Result<String, String> {
        if self.write {
            let read =
                |file| fs::read_to_string(root.join(file)).map_err(|error| error.to_string());
            let from = provenance(&read("Cargo.lock")?, &WITH, &[], &self.others)
                .map_err(|error| error.to_string())?;
            let page = with_section(&read(PAGE)?, self.name, &format!("\n{from}\n{table}\n"))?;
            fs::write(root.join(PAGE), page).map_err(|error| error.to_string())?;
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE, Section};
    use std::fs;

    fn written(arguments: &[&str]) -> String {
        let root = tempfile::tempdir().unwrap();
        let page = root.path().join(PAGE);
        fs::create_dir_all(page.parent().unwrap()).unwrap();
        fs::write(root.path().join("Cargo.lock"), "").unwrap();
        fs::write(&page, "Said.\n<!-- begin it -->\nold\n<!-- end it -->\nMore.\n").unwrap();
        let arguments: Vec<_> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let section = Section::asked("it", &arguments).unwrap();
        assert_eq!(section.written(root.path(), "| new |\n".to_owned()).unwrap(), "| new |\n");
        fs::read_to_string(page).unwrap()
    }

    #[test]
    fn a_table_goes_to_its_section_when_that_is_asked_for() {
        assert!(written(&[]).contains("\nold\n"));
        let page = written(&["--write"]);
        assert!(!page.contains("old") && page.contains("\nMeasured "), "{page}");
        assert!(page.ends_with("\n| new |\n\n<!-- end it -->\nMore.\n"), "{page}");
    }

    #[test]
    fn nothing_else_may_be_asked() {
        let usage = Section::asked("it", &["--fast".to_owned()]).unwrap_err();
        assert_eq!(usage, "usage: cargo xtask it [--write]");
    }
}
