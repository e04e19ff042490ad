//! The pages, and what they are made of.

use std::fs;
use std::path::{Path, PathBuf};

/// A file in Markdown.
pub(crate) struct Page {
    /// Below the repository: `docs/language.md`.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A block of code.
#[derive(Clone, Copy)]
pub(crate) struct Block<'p> {
    /// What stands behind its first fence.
    pub(crate) kind: &'p str,
    pub(crate) body: &'p str,
    pub(crate) line: usize,
    /// Between the marks of a section that a program writes.
    pub(crate) generated: bool,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page of the book, in the order of their names; not its table of contents.
pub(crate) fn chapters() -> Vec<Page> {
    let mut files = Vec::new();
    collect(&root().join("docs"), &mut files);
    files.sort();
    let pages: Vec<_> = files.iter().map(|file| read(file)).collect();
    assert!(pages.len() > 10, "the pages are not where they were");
    pages
}

/// A page by its name.
pub(crate) fn page(name: &str) -> Page {
    read(&root().join(name))
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "md") && !path.ends_with("SUMMARY.md") {
            files.push(path);
        }
    }
}

fn read(file: &Path) -> Page {
    let name = file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    Page { name, text }
}

impl Page {
    /// Its blocks of code.
    pub(crate) fn blocks(&self) -> Vec<Block<'_>> {
        let parts: Vec<_> = self.text.split("```").collect();
        assert!(parts.len() % 2 == 1, "{}: a block without an end", self.name);
        let mut blocks = Vec::new();
        let mut line = 1;
        let mut generated = false;
        for (at, part) in parts.into_iter().enumerate() {
            if at % 2 == 1 {
                let (kind, body) = part.split_once('\n').unwrap();
                blocks.push(Block { kind, body, line, generated });
            } else {
                let last = part.rfind("<!-- begin ").max(part.rfind("<!-- end "));
                generated = last.map_or(generated, |last| part[last..].starts_with("<!-- begin "));
            }
            line += part.matches('\n').count();
        }
        blocks
    }

    /// Its text without blocks of code.
    pub(crate) fn prose(&self) -> String {
        self.text.split("```").step_by(2).collect()
    }
}
