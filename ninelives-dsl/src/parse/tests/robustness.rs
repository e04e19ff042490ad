//! Any text at all: no panic, spans within the text, a verdict, time in proportion to it.

use super::{declarations, findings, shape};
use crate::decode::decode;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::parse::{parse_expression, parse_file};
use crate::source::{FileId, Span};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Parses a text in both ways and checks what must hold of every text.
fn check_any(text: &str) -> Result<(), TestCaseError> {
    let (file, diagnostics) = parse_file(text, FileId(3));
    check_spans(text, &diagnostics)?;
    let tree = declarations(&file).join("\n");
    let sound = !tree.contains("poison") && !tree.contains("broken");
    prop_assert!(sound || !diagnostics.is_empty(), "{}", tree);
    let (expression, diagnostics) = parse_expression(text, FileId(3));
    check_spans(text, &diagnostics)?;
    let sound = !shape(&expression).contains("poison");
    prop_assert!(sound || !diagnostics.is_empty());
    Ok(())
}

fn check_spans(text: &str, diagnostics: &[Diagnostic]) -> Result<(), TestCaseError> {
    let within = |span: Span| {
        let range = usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap();
        span.file == FileId(3) && text.get(range).is_some()
    };
    prop_assert!(diagnostics.len() <= limits::ERRORS + 1);
    for diagnostic in diagnostics {
        let labels = diagnostic.labels.iter().map(|label| label.span);
        let fix = diagnostic.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        for span in labels.chain(fix).chain([diagnostic.span]) {
            prop_assert!(within(span), "{:?} {:?}", text, diagnostic);
        }
    }
    Ok(())
}

/// What texts are made of, right and wrong.
const FRAGMENTS: [&str; 72] = [
    "policy",
    "let",
    "use",
    "pub",
    "as",
    "policy a =",
    "let b =",
    "use \"x\";",
    "a",
    "retry",
    "p99",
    "\n",
    " ",
    "\t",
    "\r\n",
    ";",
    ":",
    "=",
    "==",
    "+",
    "|",
    "&",
    "~",
    "||",
    "->",
    ".",
    "..",
    ",",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "`",
    "\\",
    "/",
    "//",
    "///",
    "//!",
    "/*",
    "*/",
    "/**",
    "#",
    "#[",
    "#![",
    "!",
    "@",
    "$",
    "%",
    "50%",
    "1s",
    "1h30m",
    "1e3",
    "0x1",
    "1_",
    "1.5",
    "99999999999999999999999999999999999999999",
    "µs",
    "é",
    "→",
    "“",
    "\u{a0}",
    "\u{feff}",
    "\0",
    "😀",
    "f(",
    "x = ",
    "#[allow(x)]",
    "r#\"",
];

const VALID: [&str; 4] = [
    include_str!("../../../../corpus/valid/first-look.nl"),
    include_str!("../../../../corpus/valid/every-parameter.nl"),
    include_str!("../../../../corpus/valid/templates.nl"),
    include_str!("../../../../corpus/valid/host-layers.nl"),
];

fn fragment() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&FRAGMENTS[..])
}

/// A valid text with some ranges replaced by fragments.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0..12_usize, fragment());
    (proptest::sample::select(&VALID[..]), prop::collection::vec(change, 1..6)).prop_map(
        |(text, changes)| {
            let mut characters: Vec<String> = text.chars().map(String::from).collect();
            for (at, length, fragment) in changes {
                let start = at.index(characters.len());
                let end = characters.len().min(start + length);
                characters.splice(start..end, [fragment.to_owned()]);
            }
            characters.concat()
        },
    )
}

/// The tokens of a valid expression, as Rust has them.
pub(crate) fn tokens() -> impl Strategy<Value = Vec<String>> {
    let leaf = proptest::sample::select(
        &[
            "a",
            "hedge ( )",
            "retry ( 3 , )",
            "@ name",
            "# [ allow ( a - b , ) ] l : a",
            "f ( \"x\" , )",
            "{ x }",
            "f ( 100 / s , p99 . 9 )",
            "f ( 50 % )",
            "f ( x = 1s .. 2s )",
            "split ( 95 % a , 5 % x : b )",
            "f ( 1s ~ 2s )",
        ][..],
    );
    let leaf = leaf.prop_map(|leaf| leaf.split(' ').map(str::to_owned).collect::<Vec<_>>());
    leaf.prop_recursive(4, 32, 2, |inner| {
        let operator = proptest::sample::select(&["+", "|", "&"][..]);
        let join = |before: &[&str], mut inner: Vec<String>, behind: &[&str]| {
            let text = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            let mut all: Vec<String> = text(before);
            all.append(&mut inner);
            all.extend::<Vec<String>>(text(behind));
            all
        };
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(mut left, operator, right)| {
                left.push(operator.to_owned());
                left.extend(right);
                left
            }),
            inner.clone().prop_map(move |inner| join(&["("], inner, &[")"])),
            inner.clone().prop_map(move |inner| join(&["l", ":", "("], inner, &[")"])),
            inner.prop_map(move |inner| join(&["f", "(", "y", "=", "("], inner, &[")", ",", ")"])),
        ]
    })
}

fn blank() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&["", " ", "\n", "\r\n\t", " /* ( \" */ ", " // ; }\n"][..])
}

proptest! {
    #[test]
    fn any_bytes_have_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(text) = decode(&bytes, FileId(3)) {
            check_any(&text)?;
        }
    }

    #[test]
    fn any_string_has_a_verdict(text in "\\PC{0,120}") {
        check_any(&text)?;
    }

    #[test]
    fn any_row_of_fragments_has_a_verdict(row in prop::collection::vec(fragment(), 0..40)) {
        check_any(&row.concat())?;
        check_any(&row.join(" "))?;
    }

    #[test]
    fn any_mutated_text_has_a_verdict(text in mutated()) {
        check_any(&text)?;
    }

    #[test]
    fn blanks_and_comments_between_tokens_change_nothing(
        tokens in tokens(),
        blanks in prop::collection::vec(blank(), 32),
    ) {
        let (expected, diagnostics) = parse_expression(&tokens.join(" "), FileId(0));
        prop_assert!(diagnostics.is_empty(), "{:?}", diagnostics);
        let mut text = String::new();
        for (token, blank) in tokens.iter().zip(blanks.iter().cycle()) {
            let word = |text: &str| text.ends_with(|end: char| end.is_ascii_alphanumeric());
            if word(&text) && token.starts_with(|first: char| first.is_ascii_alphanumeric()) {
                text.push(' ');
            }
            text.push_str(token);
            text.push_str(blank);
        }
        let (found, diagnostics) = parse_expression(&text, FileId(0));
        prop_assert_eq!(findings(&text, &diagnostics), [""; 0], "{}", text);
        prop_assert_eq!(shape(&found), shape(&expected), "{}", text);
    }
}

#[test]
fn long_rows_of_anything_take_time_in_proportion() {
    let rows = [
        "(",
        ")",
        "{",
        "}",
        "[",
        "\"",
        "'",
        "`",
        "'\\",
        "/*",
        "//",
        "///a\n",
        "//!a\n",
        ";",
        "\\",
        "#",
        "#[",
        "#![",
        "policy ",
        "let ",
        "use ",
        "pub ",
        "policy a\n",
        "policy a = (\n",
        "policy a = {\n",
        "use \"\n",
        "{\"",
        "{'",
        "r#\"",
        "{r#\"",
        "x\"",
        "\"a",
        "/**/",
        "é",
        "aé",
        "→",
        "@",
        ",",
        ".",
        "..",
        "-1",
        "1%",
        "1% a ",
        "1/",
        "a:",
        "a=",
        "a ",
        "a+",
        "a|",
        "a||",
        "a->",
        "+",
        "f(",
        "f()",
        "f(,",
        "f(=,",
        "f(a=",
        "(a)",
        "[a]",
        "{a}",
        "1_",
        "9",
        "a",
        "#[a]",
        "#[allow(a)]",
        "#[allow(a,",
        "\r\n",
        "\t",
        "\0",
        "policy a = b;",
        "policy a = b; /// c\n",
    ];
    for row in rows {
        for head in ["", "policy a = f("] {
            let text = format!("{head}{}", row.repeat(64 * 1024 / row.len()));
            let start = Instant::now();
            let (_, diagnostics) = parse_file(&text, FileId(3));
            // A hundred times what it takes, a hundredth of what a step would take that looked at
            // the rest of the text each time.
            assert!(start.elapsed() < Duration::from_secs(10), "{head}{row}");
            check_spans(&text, &diagnostics).unwrap();
        }
    }
}

#[test]
fn brackets_nest_as_deep_as_the_limit_and_not_deeper() {
    let forms = [("(", ")"), ("f(", ")"), ("f(x = ", ")"), ("f(50% ", ")"), ("a | l: (", ")")];
    // Half of what a thread has, and this is the unoptimised build.
    let thread = std::thread::Builder::new().stack_size(1024 * 1024);
    let check = move || {
        for (open, close) in forms {
            for (depth, message) in [
                (limits::NESTING, None),
                (limits::NESTING + 1, Some("brackets nest deeper than 64")),
                (100_000, Some("brackets nest deeper than 64")),
            ] {
                let text = format!("{}a{}", open.repeat(depth), close.repeat(depth));
                let (_, diagnostics) = parse_expression(&text, FileId(0));
                let messages: Vec<_> = diagnostics.iter().map(|it| &*it.message).collect();
                assert_eq!(messages, Vec::from_iter(message), "{open}{depth}");
                if let Some(diagnostic) = diagnostics.first() {
                    let bracket = open.len() * limits::NESTING + open.len() - 1;
                    let bracket = bracket
                        - usize::from(!open.ends_with('('))
                            * (open.len() - 1 - open.find('(').unwrap());
                    assert_eq!(usize::try_from(diagnostic.span.start), Ok(bracket));
                }
            }
        }
    };
    thread.spawn(check).unwrap().join().unwrap();
}

#[test]
fn a_hundred_mistakes_are_told_and_the_rest_counted_as_one() {
    let text = "policy a = +;\n".repeat(300);
    let (file, diagnostics) = parse_file(&text, FileId(0));
    assert_eq!(file.declarations.len(), 300);
    assert_eq!(diagnostics.len(), limits::ERRORS + 1);
    let last = findings(&text, &diagnostics).pop();
    let expected = r#"NL010 1411 "+" more than 100 errors; the rest is not shown"#;
    assert_eq!(last.as_deref(), Some(expected));
}
