//! For every text: the tree, the comments and the layout survive; also a second time.

use crate::format::{Refusal, WIDTH, declarations, expression, tokens};
use crate::parse::{Shape, parse_file, tests};
use crate::source::FileId;
use proptest::prelude::*;
use std::path::Path;
use std::time::{Duration, Instant};

/// What must hold of a text that has no syntax errors; that tree and comments are the same was
/// verified before the text was given away.
fn check_stable(
    text: &str,
    format: impl Fn(&str) -> Result<String, Refusal>,
) -> Result<(), TestCaseError> {
    let once = match format(text) {
        Ok(once) => once,
        Err(refusal) => return Err(TestCaseError::fail(format!("{refusal:?}\n{text}"))),
    };
    let twice = format(&once);
    prop_assert_eq!(twice.as_ref(), Ok(&once), "\n{}\nfrom\n{}", once, text);
    let trailing = once.lines().find(|line| line.ends_with(' '));
    prop_assert!(trailing.is_none() || text.contains(['{', '*']), "{:?}", trailing);
    Ok(())
}

#[test]
fn the_corpus_keeps_its_meaning_and_its_comments() {
    let (mut formatted, mut refused, mut comments) = (0, 0, 0);
    for folder in ["valid", "valid/imports", "warnings", "invalid"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            let valid = parse_file(&text, FileId(0)).1.is_empty();
            if valid {
                check_stable(&text, |text| declarations(text, "")).unwrap();
                comments += tokens::comments(&text, Shape::Declarations).len();
                formatted += 1;
            } else {
                assert!(matches!(declarations(&text, ""), Err(Refusal::Invalid(_))), "{path:?}");
                refused += 1;
            }
        }
    }
    println!("{formatted} files with {comments} comments formatted, {refused} refused");
    assert!(formatted > 20 && refused > 10 && comments > 10);
}

/// Between tokens: blanks, and comments of every kind in every place.
fn gap() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(
        &[
            "",
            "",
            " ",
            " ",
            " ",
            "\n",
            "\n\n\n",
            "\t",
            " // line\n",
            "\n// own line  \n",
            " /* block */ ",
            "\n/* block */ ",
            " /* block */\n",
            "\n /* two\n   lines */\n",
            " /* a */ /* b */ // c\n// d\n",
        ][..],
    )
}

/// Documentation and attributes of a declaration, and before it.
fn head() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(
        &[
            "",
            "",
            "/// doc\n",
            "/** doc */",
            "# [ allow ( a - b , ) ]",
            "# [ doc = \"x\" ]\n/// y\n",
        ][..],
    )
}

fn declaration() -> impl Strategy<Value = (&'static str, Vec<String>)> {
    let begin = proptest::sample::select(
        &[
            "policy a =",
            "pub policy a =",
            "let a =",
            "policy a ( ) =",
            "policy a ( x : policy , y : count = 3 , ) =",
            "policy a_template_with_a_long_name ( a_parameter_with_a_long_name : policy = pass ) =",
        ][..],
    );
    (head(), begin, tests::tokens()).prop_map(|(head, begin, value)| {
        let mut tokens: Vec<String> = begin.split(' ').map(str::to_owned).collect();
        tokens.extend(value);
        tokens.push(";".to_owned());
        (head, tokens)
    })
}

/// The tokens with gaps between them; words are kept apart.
fn join(text: &mut String, tokens: &[String], gaps: &mut dyn Iterator<Item = &&'static str>) {
    for token in tokens {
        let is_word = |character: char| character.is_ascii_alphanumeric();
        if text.ends_with(is_word) && token.starts_with(is_word) {
            text.push(' ');
        }
        text.push_str(token);
        text.push_str(gaps.next().copied().unwrap_or(""));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_files_keep_their_meaning_and_their_comments(
        declared in prop::collection::vec(declaration(), 1..5),
        gaps in prop::collection::vec(gap(), 64),
    ) {
        let mut text = String::new();
        let mut gaps = gaps.iter().cycle();
        for (head, tokens) in &declared {
            text.push_str(head);
            join(&mut text, tokens, &mut gaps);
        }
        check_stable(&text, |text| declarations(text, ""))?;
    }

    #[test]
    fn generated_expressions_keep_their_meaning_and_their_comments(
        tokens in tests::tokens(),
        gaps in prop::collection::vec(gap(), 48),
    ) {
        let mut text = String::new();
        join(&mut text, &tokens, &mut gaps.iter().cycle());
        check_stable(&text, |text| expression(text, "    "))?;
    }
}

#[test]
fn a_large_file_takes_time_in_proportion() {
    let policy =
        "policy a = timeout(1s) + retry(3, on = timeout | overloaded) | fallback & hedge; // x\n";
    let chain = format!("policy a = {}b;", "b + (c | d // x\n) | ".repeat(10_000));
    for text in
        [policy.repeat(5_000), chain, format!("policy a = {}b;", "#[allow(x)] ".repeat(10_000))]
    {
        let start = Instant::now();
        assert!(declarations(&text, "").is_ok());
        // A hundred times what it takes.
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", text.get(..40));
    }
}

#[test]
fn brackets_as_deep_as_the_limit_need_no_more_than_half_of_a_thread() {
    let check = || {
        for (open, close) in [("(", ")"), ("f(", ")"), ("a | b + (c & ", ")")] {
            let text = format!("policy a = {}b{};", open.repeat(64), close.repeat(64));
            check_stable(&text, |text| declarations(text, "")).unwrap();
        }
    };
    std::thread::Builder::new().stack_size(1024 * 1024).spawn(check).unwrap().join().unwrap();
}

#[test]
fn only_long_tokens_and_comments_make_long_lines() {
    let text =
        "policy a = retry(3, backoff = exponential(50ms, max = 2s), on = timeout | overloaded)";
    let text = format!(
        "{}{};",
        text.replace("a =", "a(x: policy = b, y: count = 5) ="),
        " & c + d | e".repeat(40)
    );
    let formatted = declarations(&text, "").unwrap();
    assert!(formatted.lines().all(|line| line.chars().count() <= WIDTH), "{formatted}");
}
