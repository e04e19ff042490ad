//! Declarations, attributes and docs: what they declare, and what is said when they do not.

use super::{check, declarations};

#[test]
fn each_form_declares_what_it_says() {
    let file = check(
        r#"#!/usr/bin/env nl
//! Head.
#![allow(one)]
#![doc = "More."]
use "other.nl";
let patient = exponential(50ms);
/// First line.
///second line
#[deny(two)]
/** Third
 *  and fourth. */
#[doc = " Fifth."]
pub policy a = b;
policy t(x: duration, y: policy = b | c,) = x;
policy u() = a
"#,
        &[r##"NL001 280 "a" expected `;` after `a` | fix: "" -> ";""##],
    );
    assert_eq!(file.docs, ["Head.", "More."]);
    assert_eq!(file.attributes[0].names[0].text, "one");
    assert_eq!(
        declarations(&file),
        [
            r#"use "other.nl""#,
            "let patient = exponential(50ms)",
            "pub policy a = b",
            "policy t(x: duration, y: policy = (b | c)) = x",
            "policy u() = a",
        ]
    );
    let crate::ast::Declaration::Policy(a) = &file.declarations[2] else {
        panic!("{:?}", file.declarations[2]);
    };
    assert_eq!(a.docs, ["First line.", "second line", "Third", "and fourth.", "Fifth."]);
    assert_eq!(a.attributes[0].level.text, "deny");
}

#[test]
fn comments_that_document_nothing_are_only_comments() {
    let file = check("//// a\n/*** b */ /**/ // c\npolicy a = /* /* d */ */ b; // e", &[]);
    assert_eq!(declarations(&file), ["policy a = b"]);
}

#[test]
fn a_file_may_be_empty_or_end_with_its_head() {
    for text in ["", " \n", "// nothing", "//! Head.\n#![allow(x)]\n"] {
        assert!(check(text, &[]).declarations.is_empty(), "{text}");
    }
}

#[test]
fn a_broken_declaration_declares_its_name_unless_it_is_reserved() {
    let names = |text| {
        let (file, diagnostics) = crate::parse::parse_file(text, crate::source::FileId(0));
        assert_eq!(diagnostics.len(), 1, "{text}");
        declarations(&file)
    };
    assert_eq!(names("policy a = (b;"), ["broken a"]);
    assert_eq!(names("policy a"), ["broken a"]);
    assert_eq!(names("fn a = b;"), ["broken a"]);
    assert_eq!(names("let a: b;"), ["broken a"]);
    assert_eq!(names("policy = a;"), ["broken ?"]);
    assert_eq!(names("policy full = a;"), ["broken ?"]);
    assert_eq!(names("use a;"), ["broken ?"]);
    assert_eq!(names("policy a = b + ;"), ["policy a = (b + poison)"]);
    assert_eq!(names("policy a = f(1 2, 3);"), ["policy a = f(poison, 3)"]);
    assert_eq!(names("policy a = b c;"), ["policy a = poison"]);
}

#[test]
fn a_word_that_begins_no_declaration() {
    check(
        "policiy a = timeout(1s);",
        &[
            r#"NL001 0 "policiy" expected `policy`, `let` or `use`, found `policiy` | help: did you mean `policy`? | fix: "policiy" -> "policy""#,
        ],
    );
    check(
        "lett a = 1s;",
        &[
            r#"NL001 0 "lett" expected `policy`, `let` or `use`, found `lett` | help: did you mean `let`? | fix: "lett" -> "let""#,
        ],
    );
    check(
        "Policy a = b;",
        &[
            r#"NL001 0 "Policy" expected `policy`, `let` or `use`, found `Policy` | help: did you mean `policy`? | fix: "Policy" -> "policy""#,
        ],
    );
    check(
        "polcy a = timeout(5min) +;",
        &[
            r#"NL001 0 "polcy" expected `policy`, `let` or `use`, found `polcy` | help: did you mean `policy`? | fix: "polcy" -> "policy""#,
            r#"NL001 18 "5min" unknown unit `min` | help: did you mean `5m`?"#,
            r#"NL001 24 "+" expected a policy after `+`"#,
        ],
    );
    check("foo;", &[r#"NL001 0 "foo" expected `policy`, `let` or `use`, found `foo`"#]);
    check(
        "timeout(1s) + retry(3);",
        &[
            r#"NL001 0 "timeout" expected `policy`, `let` or `use`, found `timeout` | help: a file holds declarations, such as `policy NAME = …;`"#,
        ],
    );
    check(
        "scenario x { a };",
        &[r#"NL011 0 "scenario" `scenario` is reserved for a later version"#],
    );
    check(
        "pub fn a() = b;",
        &[
            r#"NL001 4 "fn" expected `policy`, `let` or `use`, found `fn` | help: a file holds declarations, such as `policy NAME = …;`"#,
        ],
    );
    check("= 3;", &[r#"NL001 0 "=" expected `policy`, `let` or `use`, found `=`"#]);
    check("pub", &[r#"NL001 0 "pub" expected `policy` after `pub`"#]);
}

#[test]
fn parameters_of_a_template() {
    check("policy a(x) = b;", &[r#"NL001 10 ")" expected `name: type`, found `)`"#]);
    check(
        "policy a(x:, y: = 3, z: count =) = b;",
        &[
            r#"NL001 11 "," expected `name: type`, found `,`"#,
            r#"NL001 16 "=" expected `name: type`, found `=`"#,
            r#"NL001 31 ")" expected a value, found `)`"#,
        ],
    );
    check("policy a(,) = b;", &[r#"NL001 9 "," expected `name: type`, found `,`"#]);
    check(
        "policy a(x: count,, y: count) = b;",
        &[r#"NL001 18 "," expected `name: type`, found `,`"#],
    );
    check(
        "policy a(x: duration y, z: count = 3 4) = b;",
        &[
            r#"NL001 21 "y" expected `=`, `,` or `)`, found `y`"#,
            r#"NL001 37 "4" expected `,` or `)`, found `4`"#,
        ],
    );
    check("policy a(5: count) = b;", &[r#"NL001 9 "5" expected `name: type`, found `5`"#]);
}

#[test]
fn reserved_words_cannot_be_declared() {
    check(
        "policy timeout = a; let p95 = 1s; policy match = b; policy _ = c; policy saga = d;",
        &[
            r#"NL016 7 "timeout" `timeout` cannot be a name: it is a policy of the language"#,
            r#"NL016 24 "p95" `p95` cannot be a name: it is a quantile"#,
            r#"NL016 41 "match" `match` cannot be a name: it is a keyword of Rust"#,
            r#"NL016 59 "_" `_` cannot be a name: it is a keyword of Rust"#,
            r#"NL016 73 "saga" `saga` cannot be a name: it is a word of the language"#,
        ],
    );
    check(
        "policy transient = a; policy open = b; policy any = c;",
        &[
            r#"NL016 7 "transient" `transient` cannot be a name: it is an outcome class"#,
            r#"NL016 29 "open" `open` cannot be a name: it is reserved for an outcome class"#,
            r#"NL016 46 "any" `any` cannot be a name: it is a value of the language"#,
        ],
    );
    check(
        "policy a(full: jitter, x: count) = b;",
        &[r#"NL016 9 "full" `full` cannot be a parameter: it is a value of the language"#],
    );
    check(
        "policy a = fallback(@match) | to(@Self) + @true; policy b = @_;",
        &[
            r#"NL016 21 "match" `match` cannot be a host name: it is a keyword of Rust"#,
            r#"NL016 34 "Self" `Self` cannot be a host name: it is a keyword of Rust"#,
            r#"NL016 43 "true" `true` cannot be a host name: it is a keyword of Rust"#,
            r#"NL016 61 "_" `_` cannot be a host name: it is a keyword of Rust"#,
        ],
    );
    check("policy a = fallback(@policy) | to(@timeout);", &[]);
}

#[test]
fn parts_that_are_missing() {
    check("policy;", &[r#"NL001 0 "policy" expected a name after `policy`"#]);
    check("policy = a;", &[r#"NL001 7 "=" expected a name, found `=`"#]);
    check("policy a", &[r#"NL001 7 "a" expected `=` after `a`"#]);
    check("policy a;", &[r#"NL001 7 "a" expected `=` after `a`"#]);
    check("policy a b;", &[r#"NL001 9 "b" expected `=`, found `b`"#]);
    check("policy a =;", &[r#"NL001 9 "=" expected a policy after `=`"#]);
    check("policy a == b;", &[r#"NL001 9 "==" expected `=`, found `==` | fix: "==" -> "=""#]);
    check("policy a = b", &[r#"NL001 11 "b" expected `;` after `b` | fix: "" -> ";""#]);
    check("let;", &[r#"NL001 0 "let" expected a name after `let`"#]);
    check(
        "let x: duration = 5s;",
        &[
            r#"NL001 5 ":" expected `=`, found `:` | help: a `let` has no type: it follows from the value"#,
        ],
    );
    check("let x = ;", &[r#"NL001 6 "=" expected a value after `=`"#]);
    check("pub let x = 5s;", &[r#"NL017 0 "pub" `pub` stands before `policy` only"#]);
    check("use;", &[r#"NL001 0 "use" expected a file name in quotes after `use`"#]);
    check("use other;", &[r#"NL001 4 "other" expected a file name in quotes, found `other`"#]);
    check(r#"use "a.nl" as b;"#, &[r#"NL001 11 "as" expected `;`, found `as`"#]);
    check(
        "let a = b | c ~ d;",
        &[r#"NL017 14 "~" `~` stands directly in an argument of a policy"#],
    );
    check("policy a = let;", &[r#"NL001 11 "let" expected a policy, found `let`"#]);
}

#[test]
fn attributes() {
    check("#[allow(x)]", &[r##"NL017 0 "#[allow(x)]" no declaration follows"##]);
    check("#[allow(x)];", &[r##"NL017 0 "#[allow(x)]" no declaration follows"##]);
    check(
        "#[alow(x)] policy a = b;",
        &[
            r#"NL002 2 "alow" unknown attribute `alow` | help: did you mean `allow`? | fix: "alow" -> "allow""#,
        ],
    );
    check(
        "#[inline] policy a = b;",
        &[
            r#"NL002 2 "inline" unknown attribute `inline` | help: the attributes are `allow`, `deny` and `doc`"#,
        ],
    );
    check("#[was(a.b)] policy a = b;", &[r#"NL011 2 "was" `was` is not supported yet"#]);
    check("#[] policy a = b;", &[r#"NL001 2 "]" expected `allow` or `deny`, found `]`"#]);
    check(
        "#[allow] policy a = b;",
        &[r#"NL001 7 "]" expected `(` and the names of findings, found `]`"#],
    );
    check(
        "#[allow()] policy a = b;",
        &[r#"NL001 8 ")" expected the name of a finding, found `)`"#],
    );
    check(
        "#[allow(,)] policy a = b;",
        &[r#"NL001 8 "," expected the name of a finding, found `,`"#],
    );
    check("#[allow(x y)] policy a = b;", &[r#"NL001 10 "y" expected `,` or `)`, found `y`"#]);
    check(
        "#[allow(x,,y)] policy a = b;",
        &[r#"NL001 10 "," expected the name of a finding, found `,`"#],
    );
    check("#[allow(x) y] policy a = b;", &[r#"NL001 11 "y" expected `]`, found `y`"#]);
    check(
        r#"#[allow("x")] policy a = b;"#,
        &[r#"NL001 8 "\"x\"" expected the name of a finding, found `"x"`"#],
    );
    check("#[doc] policy a = b;", &[r#"NL001 5 "]" expected `= "…"`, found `]`"#]);
    check(r#"#[doc = "a" b] policy a = b;"#, &[r#"NL001 12 "b" expected `]`, found `b`"#]);
    check("# policy a = b;", &[r##"NL001 0 "#" expected `policy`, `let` or `use`, found `#`"##]);
    check(
        "#[allow(x)] #![allow(y)] policy a = b;",
        &[
            r##"NL001 12 "#" expected `policy`, `let` or `use`, found `#` | help: `#![…]` stands before every `#[…]`"##,
        ],
    );
}

#[test]
fn attributes_out_of_place() {
    check(
        "policy a = b; #![allow(x)] policy c = d;",
        &[r##"NL017 14 "#![allow(x)]" `#![…]` stands at the head of a file"##],
    );
    check(
        r#"policy a = #[doc = "x"] b;"#,
        &[r##"NL017 11 "#[doc = \"x\"]" documentation stands before a declaration"##],
    );
    check(
        "policy a = b + #![allow(x)] c;",
        &[
            r##"NL001 15 "#" expected a policy, found `#` | help: an attribute is `#[…]` and stands before the label"##,
        ],
    );
    check(
        "policy a = f(#[allow(x)] 5s, #[allow(y)] name = 5s);",
        &[
            r##"NL017 13 "#[allow(x)]" an attribute stands before a policy, not before a value"##,
            r#"NL001 46 "=" expected `,` or `)`, found `=` | help: an argument is `name = value`"#,
        ],
    );
}

#[test]
fn docs_out_of_place() {
    check("/// nothing", &[r#"NL017 0 "/// nothing" no declaration follows"#]);
    check("policy a = b; /// trailing", &[r#"NL017 14 "/// trailing" no declaration follows"#]);
    check(
        "policy a = /// inside
  b;",
        &[r#"NL017 11 "/// inside" `///` stands before a declaration"#],
    );
    check(
        "policy a = b /// before the end
;",
        &[r#"NL017 13 "/// before the end" `///` stands before a declaration"#],
    );
    check(
        "policy a = b;
//! late
policy c = d;",
        &[r#"NL017 14 "//! late" `//!` stands at the head of a file"#],
    );
    check(
        "/// one
//! two
policy c = d;",
        &[r#"NL017 8 "//! two" `//!` stands at the head of a file"#],
    );
}
