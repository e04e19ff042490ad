//! Wrong uses of the macros: one mistake, one message, at the exact tokens.

#[test]
fn one_mistake_gives_one_message() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
