//! Wrong uses of the macros: one mistake, one message, at the exact tokens.

#[test]
fn one_mistake_gives_one_message() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.pass("tests/ui/silent/*.rs");
}
