//! The table of contents names every page, once.

use crate::page::{chapters, root};
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
