//! The table of contents names every page, once.

use crate::page::{chapters, page, root};
use std::collections::BTreeMap;
use std::fs;

#[test]
fn every_page_is_in_the_table_of_contents_once() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let mut listed = BTreeMap::new();
    for (target, _) in summary.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
        *listed.entry(format!("docs/{target}")).or_insert(0) += 1;
    }
    for page in chapters() {
        let times = listed.remove(&page.name).unwrap_or(0);
        assert_eq!(times, 1, "docs/SUMMARY.md lists {} {times} times", page.name);
    }
    assert!(listed.is_empty(), "docs/SUMMARY.md lists what is not there: {listed:?}");
}

#[test]
fn every_page_begins_with_its_name() {
    for page in chapters() {
        assert!(page.text.starts_with("# "), "{} has no heading", page.name);
    }
}

#[test]
fn every_claim_names_tests_or_a_command() {
    let page = page("docs/evidence.md");
    let steps = fs::read_to_string(root().join("xtask/src/verify/steps.rs")).unwrap();
    let rows = page.text.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut claims = 0;
    for row in rows {
        let named: Vec<_> =
            row.rsplit(" | ").next().unwrap().split('`').skip(1).step_by(2).collect();
        let is_shown = named
            .iter()
            .any(|it| it.starts_with("cargo ") || it.contains('/') && root().join(it).exists());
        assert!(is_shown, "{row}: by what? {named:?}");
        for step in named.iter().filter_map(|it| it.split_once("--only ")) {
            assert!(steps.contains(&format!("name: \"{}\"", step.1)), "no step {}", step.1);
        }
        claims += 1;
    }
    assert!(claims > 10, "{claims}");
}
