//! Every link to a file of the repository leads somewhere, its anchor too.

use crate::page::{Page, chapters, page, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

#[test]
fn every_link_leads_to_a_file_and_to_a_heading() {
    let fronts = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "editors/vscode/README.md"];
    let mut wrong = Vec::new();
    let mut links = 0;
    for page in chapters().into_iter().chain(fronts.map(page)) {
        for link in links_of(&page) {
            links += 1;
            wrong.extend(
                follow(&page.name, &link).err().map(|why| format!("{}: {link}: {why}", page.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(links > 50, "only {links} links are found");
}

/// The targets of `[…](…)` outside of code, those on other machines apart.
fn links_of(page: &Page) -> Vec<String> {
    let prose = without_code(&page.prose());
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets
        .map(|(target, _)| target.to_owned())
        .filter(|target| !target.starts_with("http://") && !target.starts_with("https://"))
        .collect()
}

/// Prose whose `code` is blank.
fn without_code(prose: &str) -> String {
    prose.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

fn follow(from: &str, link: &str) -> Result<(), String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        PathBuf::from(from)
    } else {
        flat(&Path::new(from).with_file_name("").join(file))
    };
    if !root().join(&target).exists() {
        return Err(format!("there is no {}", target.display()));
    }
    if anchor.is_empty() {
        return Ok(());
    }
    let text = fs::read_to_string(root().join(&target)).map_err(|error| error.to_string())?;
    let known = anchors(&text);
    known
        .contains(&anchor.to_owned())
        .then_some(())
        .ok_or_else(|| format!("no such heading among {known:?}"))
}

/// A path without `..`.
fn flat(path: &Path) -> PathBuf {
    let mut flat = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                flat.pop();
            }
            part => flat.push(part),
        }
    }
    flat
}

/// What the headings of a page are linked by.
fn anchors(text: &str) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let prose: String = text.split("```").step_by(2).collect();
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept =
                heading.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
            let anchor: String = kept.map(|it| if it == ' ' { '-' } else { it }).collect();
            let before = seen.entry(anchor.clone()).or_insert(0);
            *before += 1;
            if *before == 1 { anchor } else { format!("{anchor}-{}", *before - 1) }
        })
        .collect()
}

#[test]
fn a_link_to_nothing_is_found() {
    assert!(follow("docs/a.md", "none.md").is_err());
    assert!(follow("docs/language.md", "#none").is_err());
    assert_eq!(follow("docs/a.md", "language.md#layout"), Ok(()));
    assert_eq!(follow("docs/layers/a.md", "../../README.md"), Ok(()));
    assert_eq!(anchors("# `nl.toml`\n## A, b\n## A, b\n"), ["nltoml", "a-b", "a-b-1"]);
    let page = Page { name: "a".into(), text: "[a](b) `[c](d)` [e](https://f)\n".into() };
    assert_eq!(links_of(&page), ["b"]);
}
