//! What the documentation shows is true.

use ninelives_dsl::format::declarations;
use ninelives_dsl::load::{Front, load_bytes};

#[test]
fn every_policy_in_the_documentation_loads_and_is_formatted() {
    let page = include_str!("../docs/language.md");
    let blocks: Vec<_> = page
        .split("```nl\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```").map(|(block, _)| block))
        .collect();
    assert!(blocks.len() >= 4, "the page has its examples");
    for block in blocks {
        let load = load_bytes("docs/language.md", block.as_bytes(), None, Front::Text);
        assert!(load.diagnostics.is_empty(), "{block}\n{:#?}", load.diagnostics);
        assert_eq!(declarations(block, ""), Ok(block.to_owned()), "not as `nl fmt` writes it");
    }
}
