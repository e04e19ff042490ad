//! The forms of values that the language's page shows are values of those kinds.

use crate::page::page;
use ninelives_dsl::catalogue::Kind;
use ninelives_dsl::load::{Front, load_bytes};

#[test]
fn each_form_of_a_value_is_of_its_kind() {
    let page = page("docs/language.md");
    let (_, table) = page.text.split_once("| kind | form |\n|---|---|\n").unwrap();
    let mut forms = 0;
    for row in table.lines().take_while(|line| line.starts_with('|')) {
        // Bars of the language are escaped in a table.
        let row = row.replace("\\|", "\u{b6}");
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [_, kinds, shown, _] = cells.as_slice() else { panic!("{row}") };
        let kinds: Vec<_> = kinds.split(", ").collect();
        // One kind has all of the row, of several each has what stands before the next `;`.
        let groups: Vec<_> =
            if kinds.len() == 1 { vec![*shown] } else { shown.split(';').collect() };
        assert_eq!(kinds.len(), groups.len(), "{row}");
        for (kind, group) in kinds.into_iter().zip(groups) {
            for form in group.split('`').skip(1).step_by(2).map(|it| it.replace('\u{b6}', "|")) {
                let Some(word) = word(kind, &form) else { continue };
                assert!(is(&word, &form), "`{form}` is no {word}");
                forms += 1;
            }
        }
    }
    assert!(forms > 20, "{forms}");
    assert!(!is("ratio", "1s") && !is("count", "1.5") && !is("quantile", "p"));
}

/// What a parameter of the kind is declared with; none for what no parameter holds.
fn word(kind: &str, form: &str) -> Option<String> {
    let word = match kind {
        "class set" => "classes",
        "host name" => "host",
        "value call" if form.starts_with("exponential") => "backoff",
        "value call" => "budget",
        "host expression" | "comment" => return None,
        word => word,
    };
    assert!(Kind::TEMPLATE.iter().any(|(known, _)| *known == word), "{word}");
    Some(word.to_owned())
}

fn is(word: &str, form: &str) -> bool {
    let text = format!("policy a(value: {word} = {form}) = pass;\npolicy b = a();\n");
    load_bytes("page.nl", text.as_bytes(), None, Front::Text).diagnostics.is_empty()
}
