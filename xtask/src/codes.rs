//! Writes `docs/diagnostics.md`: every code with what it means and what `nl check` says about a
//! text that has it.

use ninelives_dsl::codes::{self, Code};
use ninelives_dsl::lint;
use ninelives_dsl::load::{Front, Load, load_bytes};
use ninelives_dsl::source::FileId;
use std::path::Path;
use std::{fs, io};

const PAGE: &str = "docs/diagnostics.md";

const HEAD: &str = "\
# Findings

Written by `cargo xtask codes` from the register of codes, `corpus/invalid` and `corpus/warnings`; a
test keeps it true.

Every finding has a code that is never reused, and a name. Of errors `nl check`, `policy!` and a
reload say the same about the same text. Warnings are said by `nl check`: `#[allow(name)]` before a
declaration or a part silences one there, `#[deny(name)]` makes it an error, `#![…]` at the head does
so for the file.
";

/// Writes the page.
pub(crate) fn write(root: &Path) -> Result<(), String> {
    let page = page(root)?;
    fs::write(root.join(PAGE), page).map_err(|error| format!("cannot write {PAGE}: {error}"))
}

fn page(root: &Path) -> Result<String, String> {
    let corpus = root.join("corpus");
    let mut page = HEAD.to_owned();
    let parts = [
        (codes::ERRORS, "invalid", "Only `policy!` or the program that loads a text can find it."),
        (codes::WARNINGS, "warnings", "This version does not look for it yet."),
    ];
    for (codes, folder, without) in parts {
        let corpus = corpus.join(folder);
        for code in codes {
            let section = section(code, &corpus, without);
            page.push_str(&section.map_err(|error| format!("{code}: {error}"))?);
        }
    }
    Ok(page)
}

fn section(code: &Code, corpus: &Path, without: &str) -> io::Result<String> {
    let mut section = format!("\n## {code} {}\n\n{}\n", code.name(), code.summary());
    let Some(load) = example(code, corpus)? else {
        return Ok(format!("{section}\n{without}\n"));
    };
    section.push_str("\n```text\n");
    for line in ninelives_cli::draw(&load).trim_end().lines() {
        section.push_str(line.trim_end());
        section.push('\n');
    }
    section.push_str("```\n");
    Ok(section)
}

/// The shortest text of the corpus that is named after the code and has the finding itself, not in
/// a file that it uses.
fn example(code: &Code, corpus: &Path) -> io::Result<Option<Load>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(corpus)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(code.code()) {
            texts.push((entry.metadata()?.len(), name, fs::read(entry.path())?));
        }
    }
    texts.sort();
    let mut loads = texts.iter().map(|(_, name, text)| {
        let mut load = load_bytes(name, text, Some(corpus), Front::Text);
        load.diagnostics.extend(lint::warnings(&load, &lint::Settings::default()));
        load
    });
    Ok(loads.find(|load| {
        let finding = load.diagnostics.first();
        finding.is_some_and(|finding| finding.span.file == FileId(0))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_the_program_says_now() {
        let root = crate::root();
        let written = fs::read_to_string(root.join(PAGE)).unwrap_or_default();
        assert!(written == page(&root).unwrap(), "{PAGE} is out of date: run `cargo xtask codes`");
    }
}
