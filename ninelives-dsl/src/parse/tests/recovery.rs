//! How far a mistake reaches: brackets, texts, comments and characters, and where the next declaration
//! begins.

use super::{check, declarations};
use crate::ast::Declaration;

#[test]
fn every_declaration_tells_its_own_mistake() {
    let file = check(
        "policy a = b +;
policy c = + d;
let e = (f;
use g;
policy h = i;",
        &[
            r#"NL001 13 "+" expected a policy after `+`"#,
            r#"NL001 27 "+" expected a policy, found `+`"#,
            r#"NL001 40 "(" `(` is never closed"#,
            r#"NL001 48 "g" expected a file name in quotes, found `g`"#,
        ],
    );
    assert_eq!(
        declarations(&file),
        [
            "policy a = (b + poison)",
            "policy c = (poison + d)",
            "broken e",
            "broken ?",
            "policy h = i",
        ]
    );
}

#[test]
fn a_forgotten_semicolon_ends_where_the_next_declaration_begins() {
    check(
        "policy a = timeout(1s)
policy b = retry(3);",
        &[r#"NL001 21 ")" expected `;` after `)` | fix: "" -> ";""#],
    );
    check(
        "policy a = timeout(1s
policy b = retry(3) +;",
        &[r#"NL001 18 "(" `(` is never closed"#, r#"NL001 42 "+" expected a policy after `+`"#],
    );
    check(
        "policy a = b policy c = d +;",
        &[
            r#"NL001 11 "b" expected `;` after `b` | fix: "" -> ";""#,
            r#"NL001 26 "+" expected a policy after `+`"#,
        ],
    );
    let file = check(
        "policy a = b
/// Of c.
#[allow(x)]
pub policy c = d;",
        &[r#"NL001 11 "b" expected `;` after `b` | fix: "" -> ";""#],
    );
    let Some(Declaration::Policy(c)) = file.declarations.last() else {
        panic!("{:?}", file.declarations);
    };
    assert_eq!((c.docs.len(), c.attributes.len()), (1, 1));
    check(
        "policy a = b +
#[allow(x)]
c;",
        &[],
    );
    check(
        "policy t(inner:
policy) = inner;",
        &[],
    );
}

#[test]
fn texts_end_on_their_line() {
    check(
        r#"policy a = "abc;
policy b = +;"#,
        &[
            r#"NL001 11 "\"abc;" the text is never closed | help: a text ends with `"` on the line where it began"#,
            r#"NL001 28 "+" expected a policy, found `+`"#,
        ],
    );
    check(
        r#"use "abc;
policy b = +;"#,
        &[
            r#"NL001 4 "\"abc;" the text is never closed | help: a text ends with `"` on the line where it began"#,
            r#"NL001 21 "+" expected a policy, found `+`"#,
        ],
    );
    check(
        r#"policy a = ("x;
let b = 1s +;"#,
        &[
            r#"NL001 12 "\"x;" the text is never closed | help: a text ends with `"` on the line where it began"#,
            r#"NL001 27 "+" expected a value after `+`"#,
        ],
    );
    check(
        r#"policy a = f"x";
policy b = r#x;"#,
        &[
            r#"NL001 11 "f\"x\"" `f` touches a text | help: texts are written `"…"`, without a prefix"#,
            r##"NL001 29 "#" expected `+`, `|`, `&` or `;`, found `#` | help: an attribute stands before a declaration, a policy or its label"##,
        ],
    );
    check(
        "policy a = 'x' + b('(');
policy c = `d`;",
        &[
            r#"NL001 11 "'x'" texts are written in double quotes: `"…"` | fix: "'x'" -> "\"x\"""#,
            r#"NL001 36 "`d`" texts are written in double quotes: `"…"` | fix: "`d`" -> "\"d\"""#,
        ],
    );
}

#[test]
fn brackets() {
    check(
        "policy a = f(1s]) + (b;
policy c = [d);",
        &[
            r#"NL001 15 "]" expected `)`, found `]` | "(" closes this `(`"#,
            r#"NL001 37 ")" expected `]`, found `)` | "[" closes this `[`"#,
        ],
    );
    check("policy a = b) + c;", &[r#"NL001 12 ")" `)` closes nothing"#]);
    check(
        "policy a(;) = pass; policy b = c);",
        &[r#"NL001 8 "(" `(` is never closed"#, r#"NL001 32 ")" `)` closes nothing"#],
    );
    check(
        "policy a = b);
policy c = d};",
        &[r#"NL001 12 ")" `)` closes nothing"#, r#"NL001 27 "}" `}` closes nothing"#],
    );
    check(
        "policy a = f({ x );
policy b = +;",
        &[r#"NL001 13 "{" `{` is never closed"#, r#"NL001 31 "+" expected a policy, found `+`"#],
    );
    check(
        r#"policy a = f({
let x = "}";
use y;
}) + b;"#,
        &[],
    );
    check(
        "policy a = {;
policy b = {;
policy c = +;",
        &[
            r#"NL001 11 "{" `{` is never closed"#,
            r#"NL001 25 "{" `{` is never closed"#,
            r#"NL001 39 "+" expected a policy, found `+`"#,
        ],
    );
}

#[test]
fn comments() {
    check(
        "policy a = b /* c
policy d = +;",
        &[
            r#"NL001 13 "/*" the comment is never closed | help: comments nest: each `/*` needs its own `*/`"#,
        ],
    );
    check(
        "policy a = rate_limit(100//s);
policy b = +;",
        &[
            r#"NL001 21 "(" `(` is never closed | "//" a comment begins here"#,
            r#"NL001 42 "+" expected a policy, found `+`"#,
        ],
    );
}

#[test]
fn characters_that_no_token_has() {
    check(
        "policy ünder = b;
policy b = cé;",
        &[
            r#"NL001 7 "ünder" `ünder` is not a name or a value: they are ASCII letters, digits and `_`"#,
            r#"NL001 30 "cé" `cé` is not a name or a value: they are ASCII letters, digits and `_`"#,
        ],
    );
    check(
        "policy a = b → c;
policy d = “e”;",
        &[
            r#"NL001 13 "→" `→` is not part of the language | help: did you mean `+`?"#,
            r#"NL001 31 "“" `“` is not part of the language | help: did you mean `"`?"#,
        ],
    );
    check(
        "policy a = b\u{a0}+ c;
policy d\u{200b} = e;
policy f = \u{1}g;",
        &[
            r#"NL001 12 "\u{a0}" the character U+00A0 is not part of the language | help: write an ordinary space | fix: "\u{a0}" -> " ""#,
            r#"NL001 27 "\u{200b}" the character U+200B is not part of the language | help: remove it | fix: "\u{200b}" -> """#,
            r#"NL001 47 "\u{1}" the character U+0001 is not part of the language"#,
        ],
    );
}

#[test]
fn semicolons() {
    check("policy a = b;", &[]);
    check(
        ";
policy a = b;;",
        &[
            r#"NL001 0 ";" `;` ends nothing | fix: ";" -> """#,
            r#"NL001 15 ";" `;` ends nothing | fix: ";" -> """#,
        ],
    );
    check("policy a = b; c", &[r#"NL001 14 "c" expected `policy`, `let` or `use`, found `c`"#]);
}
