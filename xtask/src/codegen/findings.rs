//! `docs/diagnostics.md`: the page of every code, with what `nl check` says about its example; and
//! `corpus/warnings`, the examples of the warnings as files.

use super::Files;
use ninelives_dsl::codes::{self, Code, Level};
use ninelives_dsl::host::{HostKind, HostNames};
use ninelives_dsl::lint::{self, Settings};
use ninelives_dsl::load::{Front, Load, load_bytes};
use ninelives_report::table;
use std::path::Path;

const PAGE: &str = "docs/diagnostics.md";
pub(super) const CORPUS: &str = "corpus/warnings";

const HEAD: &str = "\
# Findings

Written by `cargo xtask codegen` from the pages of the codes, which `nl explain CODE` prints; a test
keeps it true.

Every finding has a code that is never reused, and a name. Of errors `nl check`, `policy!` and a
reload say the same about the same text. So of warnings: the compiler gives those of `policy!` at the
token, a load and a reload give theirs as values. `#[allow(name)]` before a declaration or a part
silences one there, `#[deny(name)]` makes it an error, `#![…]` at the head does so for the file; flags
and `nl.toml` are for `nl check`. Three of them are sound as often as not: they are allowed by default, and `nl explain`
notes them beside the policy.
";

/// The page, and the example of each warning by the name of its file.
pub(super) fn files(root: &Path) -> Files {
    let example = |code: &Code| {
        let file = format!("{CORPUS}/{code}-{}.nl", code.name());
        Some((file.into(), code.page().example()?.to_owned()))
    };
    let examples = codes::WARNINGS.iter().filter_map(example);
    examples.chain([(PAGE.into(), page(root))]).collect()
}

fn page(root: &Path) -> String {
    let sections = codes::all().map(|code| section(root, *code));
    [HEAD.to_owned(), index()].into_iter().chain(sections).collect()
}

/// All of them on one screen.
fn index() -> String {
    let row = |code: &Code| {
        let link = format!("[{code} {name}](#{})", anchor(*code), name = code.name());
        vec![link, code.summary().to_owned()]
    };
    format!("\n{}", table(&["finding", "says"], codes::all().map(row).collect()))
}

/// What a heading of a code is linked by.
fn anchor(code: Code) -> String {
    format!("{}-{}", code.code().to_lowercase(), code.name())
}

/// The page of a code below a heading of its own, and what is said of its example.
fn section(root: &Path, code: Code) -> String {
    let page = code.page();
    let text = page.to_string().replace("\n## ", "\n### ");
    let said = page.example().map_or_else(String::new, |example| {
        let drawn = ninelives_cli::draw(&judged(root, code, example));
        let lines: String =
            drawn.trim_end().lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
        format!("\n### What is said\n\n```text\n{lines}```\n")
    });
    format!("\n## {code} {}\n\n{text}{said}", code.name())
}

/// A text with all that is said of it, where the code is looked for.
fn judged(root: &Path, code: Code, text: &str) -> Load {
    let front = if code == codes::PATHS { Front::File } else { Front::Text };
    let name = format!("{}.nl", code.name());
    let mut load = load_bytes(&name, text.as_bytes(), Some(&root.join("corpus/valid")), front);
    let mut settings = Settings::default();
    if code.level() == Level::Allow {
        settings.project(code, Level::Warn);
    }
    load.diagnostics.extend(lint::warnings(&load, &settings));
    if code == codes::HOST_NAME {
        let mut names = HostNames::default();
        names.insert(HostKind::Service, "search");
        load.diagnostics.extend(names.check(&load.plan, "nl.toml"));
    }
    load
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: Code, text: &str) -> Vec<Code> {
        let load = judged(&crate::root(), code, text);
        load.diagnostics.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn each_example_has_its_finding_and_nothing_else_and_what_to_use_instead_has_none() {
        // Bytes that are no text; and a policy that no version can run yet.
        let without = [codes::ENCODING, codes::CACHE_INSIDE_RETRY];
        let mut wrong = Vec::new();
        for code in codes::all().copied() {
            let page = code.page();
            let (example, instead) = (page.example(), page.instead());
            assert_eq!(example.is_none(), without.contains(&code), "{code:?}");
            assert_eq!(example.is_none(), instead.is_none(), "{code:?}");
            if let (Some(example), Some(instead)) = (example, instead) {
                let found = (found(code, example), found(code, instead));
                wrong.extend((found != (vec![code], Vec::new())).then_some((code, found)));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
