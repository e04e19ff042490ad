//! What the layout is, text by text; that it holds for every text is next door.

mod generated;

use super::{Refusal, declarations, expression};

/// Formats, and formats what comes out again.
fn formatted(text: &str) -> String {
    let once = declarations(text, "").unwrap_or_else(|refusal| panic!("{refusal:?}\n{text}"));
    assert_eq!(declarations(&once, "").as_ref(), Ok(&once), "not stable:\n{once}\nfrom:\n{text}");
    once
}

fn check(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected, "from:\n{text}");
}

#[test]
fn what_fits_stands_in_one_line() {
    check("policy a=b+c|d&e ;", "policy a = b + c | d & e;\n");
    check(
        "pub  policy a(x:count=3,y:policy,)=retry(x,)+\ny;",
        "pub policy a(x: count = 3, y: policy) = retry(x) + y;\n",
    );
    check("let a = { x\n+ 1 }; use \"b.nl\" ;", "let a = { x\n+ 1 };\nuse \"b.nl\";\n");
    check("", "");
    check("\n\n", "");
}

#[test]
fn literals_are_close_and_keep_their_unit() {
    check(
        "let a = 100 / s; let b = 50 %; let c = p99 . 9; let d = 1 % .. 2 %; let e = 10 / 100ms;",
        "let a = 100/s;\nlet b = 50%;\nlet c = p99.9;\nlet d = 1%..2%;\nlet e = 10/100ms;\n",
    );
    check(
        "let a = 1000ms; let b = 1h30m; let c = 1.50s;",
        "let a = 1000ms;\nlet b = 1h30m;\nlet c = 1.50s;\n",
    );
    check("let a = 5\u{b5}s; let b = 5\u{3bc}s;", "let a = 5us;\nlet b = 5us;\n");
    check(
        "policy a = split( 95 % to( @ v1 ),5 % x:b ) + f(1s~2s);",
        "policy a = split(95% to(@v1), 5% x: b) + f(1s ~ 2s);\n",
    );
}

#[test]
fn where_plus_meets_and_there_are_parentheses() {
    check("policy a = b + c & d;", "policy a = b + (c & d);\n");
    check("policy a = b & c + d & e | f & g;", "policy a = (b & c) + (d & e) | f & g;\n");
    check("policy a = (b + c) & d;", "policy a = (b + c) & d;\n");
    check("policy a = b + /* x */ c & d // y\n;", "policy a = b + (/* x */ c & d); // y\n");
}

#[test]
fn doubled_groups_are_one_and_other_groups_stay() {
    check("policy a = ((b));", "policy a = (b);\n");
    check("policy a = (((b | c))) + x: ((d));", "policy a = (b | c) + x: (d);\n");
    check("policy a = (x: (b));", "policy a = (x: (b));\n");
    check("policy a = f((b)) + ((b) | (c));", "policy a = f((b)) + ((b) | (c));\n");
    check(
        "policy a = ( /* 1 */ ( /* 2 */ b /* 3 */ ) /* 4 */ );",
        "policy a = (/* 1 */ /* 2 */ b /* 3 */ /* 4 */);\n",
    );
}

#[test]
fn what_does_not_fit_breaks_at_the_weakest_operator() {
    check(
        "policy search = bulkhead(64) + circuit_breaker(failure_rate = 50%, window = 30s) + timeout(250ms) | fallback(@cached);",
        "policy search =
      bulkhead(64) + circuit_breaker(failure_rate = 50%, window = 30s) + timeout(250ms)
    | fallback(@cached);
",
    );
    check(
        "policy a_policy_with_a_long_name = another_policy_with_a_long_name + a_third_policy_with_a_longer_name;",
        "policy a_policy_with_a_long_name =
    another_policy_with_a_long_name + a_third_policy_with_a_longer_name;
",
    );
    check(
        "policy a = a_part_of_thirty_three_characters + a_part_of_thirty_three_characters + a_part_of_thirty_three_characters | x: (a_part_of_thirty_three_characters & a_part_of_thirty_three_characters & a_part_of_thirty_three_characters);",
        "policy a =
      a_part_of_thirty_three_characters
      + a_part_of_thirty_three_characters
      + a_part_of_thirty_three_characters
    | x: (
          a_part_of_thirty_three_characters
        & a_part_of_thirty_three_characters
        & a_part_of_thirty_three_characters
    );
",
    );
}

#[test]
fn arguments_that_do_not_fit_stand_one_a_line() {
    check(
        "let patient = exponential(first_of_the_waits, factor = 1.5, max = the_longest_wait_there_is_in_here);",
        "let patient = exponential(
    first_of_the_waits,
    factor = 1.5,
    max = the_longest_wait_there_is_in_here,
);
",
    );
    check(
        "#[allow(a-finding-with-a-long-name, another-finding-with-a-longer-name, a-third-finding-of-this-length)] policy a = b;",
        "#[allow(
    a-finding-with-a-long-name,
    another-finding-with-a-longer-name,
    a-third-finding-of-this-length,
)]
policy a = b;
",
    );
}

#[test]
fn comments_stay_where_they_are_read() {
    check(
        "#!/usr/bin/env nl
//!head
#! [ allow( unused ) ] // why


// section


/// doc
/** block */ # [ deny ( a - b ) ] /* c1 */
policy a = b // first
  + // second
  c /* inline */ & d; // behind

/* the */ // end",
        "#!/usr/bin/env nl
//!head
#![allow(unused)] // why

// section

/// doc
/** block */
#[deny(a-b)] /* c1 */
policy a =
      b // first
    // second
    + (c /* inline */ & d); // behind

/* the */ // end
",
    );
    check(
        "policy a = retry( // many
            3, // three
            // on its own
            on = timeout // last
            // the end
        );",
        "policy a = retry( // many
    3, // three
    // on its own
    on = timeout, // last
    // the end
);
",
    );
}

#[test]
fn comments_in_the_oddest_places_stay_there() {
    check(
        "policy // 1
a /* 2 */ (/* 3 */) = // 4
 x // 5
 : @ /* 6 */ b;",
        "policy // 1
    a /* 2 */ (/* 3 */
) = // 4
    x // 5
        : @ /* 6 */ b;
",
    );
    check("let a = 100 / // x\n s /* y */;", "let a = 100/ // x\n    s; /* y */\n");
}

#[test]
fn at_most_one_line_is_left_empty() {
    check(
        "\n\npolicy a = b;\n\n\n\npolicy c = d;\npolicy e\n\n= f;\n\n",
        "policy a = b;\n\npolicy c = d;\npolicy e = f;\n",
    );
}

#[test]
fn an_expression_begins_each_line_with_what_it_is_given() {
    let text = " // head\n timeout(1s)+retry(3,), ";
    let expected = Ok("\t// head\n\ttimeout(1s) + retry(3)\n".to_owned());
    assert_eq!(expression(text, "\t"), expected);
}

#[test]
fn a_text_with_syntax_errors_is_refused_with_them() {
    let refused = |refusal| match refusal {
        Err(Refusal::Invalid(diagnostics)) => diagnostics.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(declarations("policy a = ;\npolicy b = (;", "")), 2);
    assert_eq!(refused(expression("a b", "")), 1);
    assert_eq!(refused(expression("", "")), 1);
}
