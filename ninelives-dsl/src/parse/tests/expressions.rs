//! Chains, calls and groups: their trees, and what is said when they are not ones.

use super::{check_body, check_shape};

#[test]
fn the_tightest_operator_is_fork_join_and_the_weakest_is_shadow() {
    check_shape("a + b & c | d", "((a + (b & c)) | d)");
    check_shape("a | b & c + d", "(a | ((b & c) + d))");
    check_shape(
        "timeout(1s) + retry(3) | fallback & hedge",
        "((timeout(1s) + retry(3)) | (fallback & hedge))",
    );
    check_shape("f(a | b ~ c + d & e)", "f(((a | b) ~ (c + (d & e))))");
}

#[test]
fn chains_of_one_operator_are_flat_and_groups_are_kept() {
    check_shape("a + b + c + d", "(a + b + c + d)");
    check_shape("a & b + c & d + e", "((a & b) + (c & d) + e)");
    check_shape("a + (b + c)", "(a + group(b + c))");
    check_shape("((a))", "groupgroupa");
}

#[test]
fn labels_and_attributes_bind_to_the_operand_behind_them() {
    check_shape("x: a + y: (b | c)", "(x: a + y: group(b | c))");
    check_shape(
        "#[allow(one, two-three)] #[deny(four_five)] x: a + b",
        "(#allow(one two-three) #deny(four_five) x: a + b)",
    );
    check_shape("x: @layer + y: { code(\"}\") }", "(x: @layer + y: {})");
}

#[test]
fn an_attribute_of_a_macro_body_is_about_all_of_it() {
    check_shape("#![allow(one)] a + b", "#allow(one) (a + b)");
    check_shape("#![allow(one)] #[allow(two)] a", "#allow(one) #allow(two) a");
}

#[test]
fn arguments_are_values_or_named_values() {
    check_shape("retry", "retry");
    check_shape("hedge()", "hedge()");
    check_shape("retry(3)", "retry(3)");
    check_shape("retry(3,)", "retry(3)");
    check_shape(
        "retry(3, backoff = exponential(50ms, max = 2s), on = timeout | overloaded)",
        "retry(3, backoff = exponential(50ms, max = 2s), on = (timeout | overloaded))",
    );
    check_shape("f(x = l: a + b, (l: a), b + l: c)", "f(x = (l: a + b), groupl: a, (b + l: c))");
    check_shape("fallback(@cached)", "fallback(@cached)");
}

#[test]
fn a_ratio_before_a_policy_is_its_weight() {
    check_shape(
        "split(95% to(@a) + b, 5 % x: to(@b), 0% (a | b), 1% @c, sticky = @key)",
        "split(95% of (to(@a) + b), 5% of x: to(@b), 0% of group(a | b), 1% of @c, sticky = @key)",
    );
    check_shape("f(20%, 50% | a)", "f(20%, (50% | a))");
}

#[test]
fn white_space_never_matters_between_the_tokens_of_rust() {
    let dense = "#[allow(x-y)]l:f(100/s,50%,p99.9,1s..2s,a=@b)+(c|d)";
    let loose = " # [ allow ( x - y ) ] l : f ( 100 / s , 50 % , p99 . 9 , 1s .. 2s , a = @ b ) + ( c | d ) ";
    let lines = loose.replace(' ', "\r\n\t");
    let comments = loose.replace(' ', " /* + ( */ // \"\n");
    let tree = "(#allow(x-y) l: f(100/s, 50%, p99.9, 1s..2s, a = @b) + group(c | d))";
    for text in [dense, loose, &lines, &comments] {
        check_shape(text, tree);
    }
}

#[test]
fn one_comma_may_follow_an_expression() {
    check_shape("a + b,", "(a + b)");
    check_shape("a , ", "a");
}

#[test]
fn an_operand_that_is_missing() {
    check_body("timeout(1s) +", &[r#"NL001 12 "+" expected a policy after `+`"#]);
    check_body(
        "timeout(1s) + /* nothing */ // at all",
        &[r#"NL001 12 "+" expected a policy after `+`"#],
    );
    check_body("+", &[r#"NL001 0 "+" expected a policy, found `+`"#]);
    check_body("= + b", &[r#"NL001 0 "=" expected a policy, found `=`"#]);
    check_body("a + + b", &[r#"NL001 4 "+" expected a policy, found `+`"#]);
    check_body(
        "a | | b",
        &[r#"NL001 4 "|" expected a policy, found `|` | help: `|` stands between two policies"#],
    );
    check_body(
        "| a",
        &[r#"NL001 0 "|" expected a policy, found `|` | help: `|` stands between two policies"#],
    );
    check_body("()", &[r#"NL001 1 ")" expected a policy, found `)`"#]);
    check_body("", &[r#"NL001 0 "" expected a policy"#]);
    check_body("@", &[r#"NL001 0 "@" expected a name of the host program after `@`"#]);
    check_body("@ + b", &[r#"NL001 2 "+" expected a name of the host program, found `+`"#]);
    check_body("a:", &[r#"NL001 1 ":" expected a policy after `:`"#]);
}

#[test]
fn signs_of_other_languages() {
    check_body(
        "a || b && c ++ d",
        &[
            r#"NL001 2 "||" `||` is not an operator | help: operators have one sign: `+`, `|`, `&` | fix: "||" -> "|""#,
            r#"NL001 7 "&&" `&&` is not an operator | help: operators have one sign: `+`, `|`, `&` | fix: "&&" -> "&""#,
            r#"NL001 12 "++" `++` is not an operator | help: operators have one sign: `+`, `|`, `&` | fix: "++" -> "+""#,
        ],
    );
    check_body(
        "a -> b",
        &[
            r#"NL001 2 "->" `->` is not an operator | help: policies are joined with `+`: the left one is outside"#,
        ],
    );
    check_body(
        "a >> b",
        &[
            r#"NL001 2 ">>" `>>` is not an operator | help: policies are joined with `+`: the left one is outside"#,
        ],
    );
    check_body(
        "a |> b",
        &[
            r#"NL001 2 "|>" `|>` is not an operator | help: policies are joined with `+`: the left one is outside"#,
        ],
    );
    check_body(
        "timeout(1s).retry(3)",
        &[
            r#"NL001 11 "." `.` is not an operator | help: policies are joined with `+`: the left one is outside"#,
        ],
    );
    check_body(
        "a::b",
        &[
            r#"NL001 1 "::" `::` is not an operator | help: names have no parts; in `policy!` a path is written `{a::b}`"#,
        ],
    );
    check_body(
        "@a::b",
        &[
            r#"NL001 2 "::" `::` is not an operator | help: names have no parts; in `policy!` a path is written `{a::b}`"#,
        ],
    );
    check_body(
        "a - b",
        &[
            r#"NL001 2 "-" `-` is not an operator | help: there is no arithmetic: write the value out"#,
        ],
    );
    check_body(
        "2 * 3",
        &[
            r#"NL001 2 "*" `*` is not an operator | help: there is no arithmetic: write the value out"#,
        ],
    );
    check_body(
        "circuit-breaker(50%) + load - shed",
        &[
            r#"NL001 7 "-" `-` is not an operator | help: did you mean `circuit_breaker`? | fix: "circuit-breaker" -> "circuit_breaker""#,
        ],
    );
    check_body(
        "retry(max - attempts = 3)",
        &[
            r#"NL001 10 "-" `-` is not an operator | help: did you mean `max_attempts`? | fix: "max - attempts" -> "max_attempts""#,
        ],
    );
    check_body("a == b", &[r#"NL001 2 "==" expected `+`, `|` or `&`, found `==`"#]);
}

#[test]
fn an_operator_that_is_missing() {
    check_body(
        "timeout(1s) retry(3)",
        &[
            r#"NL001 12 "retry" expected `+`, `|` or `&`, found `retry` | help: two policies need an operator between them"#,
        ],
    );
    check_body(
        "a, b",
        &[
            r#"NL001 1 "," expected `+`, `|` or `&`, found `,` | help: policies are joined with `+`, `|` or `&`"#,
        ],
    );
    check_body(
        "(a, b)",
        &[
            r#"NL001 2 "," expected `+`, `|`, `&` or `)`, found `,` | help: policies are joined with `+`, `|` or `&`"#,
        ],
    );
    check_body(
        "(a b)",
        &[
            r#"NL001 3 "b" expected `+`, `|`, `&` or `)`, found `b` | help: two policies need an operator between them"#,
        ],
    );
    check_body("a = b", &[r#"NL001 2 "=" expected `+`, `|` or `&`, found `=`"#]);
    check_body("a ? b", &[r#"NL001 2 "?" expected `+`, `|` or `&`, found `?`"#]);
    check_body(
        "a; b",
        &[
            r#"NL001 1 ";" expected `+`, `|` or `&`, found `;` | help: one expression has no `;`; declarations are `policy NAME = …;`"#,
        ],
    );
    check_body(
        "policy a = b",
        &[
            r#"NL001 0 "policy" expected a policy, found `policy` | help: declarations stand in braces: `policy! { … }`"#,
        ],
    );
    check_body(
        "f() g",
        &[
            r#"NL001 4 "g" expected `+`, `|` or `&`, found `g` | help: two policies need an operator between them"#,
        ],
    );
    check_body(
        r#""x" "y""#,
        &[
            r#"NL001 4 "\"y\"" expected `+`, `|` or `&`, found `"y"` | help: two policies need an operator between them"#,
        ],
    );
}

#[test]
fn parentheses_that_are_missing() {
    for (text, found, help) in [
        ("timeout 1s", "1s", "write `timeout(1s)`"),
        ("timeout 1.5s + retry", "1.5s", "write `timeout(1.5s)`"),
        ("circuit_breaker 50 %", "50", "write `circuit_breaker(50%)`"),
        ("timeout[1s] + retry", "[", "write `timeout(1s)`"),
        ("retry [ 3, on = any ]", "[", "write `retry(3, on = any)`"),
        ("pass | fallback @cached", "@", "write `fallback(@cached)`"),
        ("retry @layer", "@", "two policies need an operator between them"),
        ("search 1s", "1s", "two policies need an operator between them"),
    ] {
        let start = text.find(found).unwrap();
        let said = format!(
            "NL001 {start} {found:?} expected `+`, `|` or `&`, found `{found}` | help: {help}"
        );
        check_body(text, &[&said]);
    }
}

#[test]
fn labels_attributes_weights_and_shadows_out_of_place() {
    check_body("a: b: c", &[r#"NL001 4 ":" expected `+`, `|` or `&`, found `:`"#]);
    check_body(
        "a: #[allow(x)] b",
        &[
            r##"NL001 3 "#" expected a policy, found `#` | help: an attribute is `#[…]` and stands before the label"##,
        ],
    );
    check_body("a: 5s", &[r#"NL017 0 "a" a label stands before a policy, not before a value"#]);
    check_body(
        "#[allow(x)] 5s",
        &[r##"NL017 0 "#[allow(x)]" an attribute stands before a policy, not before a value"##],
    );
    check_body(
        "timeout: timeout(1s)",
        &[r#"NL016 0 "timeout" `timeout` cannot be a label: it is a policy of the language"#],
    );
    check_body(
        "full: a",
        &[r#"NL016 0 "full" `full` cannot be a label: it is a value of the language"#],
    );
    check_body("1s ~ 2s", &[r#"NL017 3 "~" `~` stands directly in an argument of a policy"#]);
    check_body(
        "a + 50% b",
        &[
            r#"NL017 8 "b" a policy follows a ratio only at the start of an argument of `split` | help: an operator is missing, or this is an arm: `split(95% to(@a), 5% to(@b))`"#,
        ],
    );
    check_body(
        "(50% b)",
        &[
            r#"NL017 5 "b" a policy follows a ratio only at the start of an argument of `split` | help: an operator is missing, or this is an arm: `split(95% to(@a), 5% to(@b))`"#,
        ],
    );
}

#[test]
fn mistakes_in_arguments_stay_in_their_argument() {
    check_body("retry(3,,)", &[r#"NL001 8 "," expected an argument, found `,`"#]);
    check_body("retry(,)", &[r#"NL001 6 "," expected a count, found `,`"#]);
    check_body("retry(, 3)", &[r#"NL001 6 "," expected a count, found `,`"#]);
    check_body(
        "retry(3 4, = 5, on == x, 6 on = x, y)",
        &[
            r#"NL001 8 "4" expected `,` or `)`, found `4` | help: arguments are separated by `,`"#,
            r#"NL001 11 "=" expected an argument, found `=`"#,
            r#"NL001 19 "==" expected `=`, found `==` | fix: "==" -> "=""#,
            r#"NL001 27 "on" expected `,` or `)`, found `on` | help: arguments are separated by `,`"#,
        ],
    );
    check_body(
        "retry(a || b, c, d ->)",
        &[
            r#"NL001 8 "||" `||` is not an operator | help: operators have one sign: `+`, `|`, `&` | fix: "||" -> "|""#,
            r#"NL001 19 "->" `->` is not an operator | help: policies are joined with `+`: the left one is outside"#,
        ],
    );
    check_body(
        "retry(max_attempts: 3, x: exponential(1s))",
        &[
            r#"NL001 18 ":" expected `=`, found `:` | help: an argument is `name = value`; a label stands before a policy in a chain | fix: ":" -> " =""#,
            r#"NL001 24 ":" expected `=`, found `:` | help: an argument is `name = value`; a label stands before a policy in a chain | fix: ":" -> " =""#,
        ],
    );
    check_body(
        "retry(x = , y = )",
        &[
            r#"NL001 10 "," expected a value, found `,`"#,
            r#"NL001 16 ")" expected a value, found `)`"#,
        ],
    );
    check_body("retry(x = = 3)", &[r#"NL001 10 "=" expected a value, found `=`"#]);
    check_body("retry(x = y = z)", &[r#"NL001 12 "=" expected `,` or `)`, found `=`"#]);
    check_body(
        "retry(.5s)",
        &[r#"NL001 6 ".5s" a number begins with a digit | fix: ".5s" -> "0.5s""#],
    );
    check_body(
        "retry($, x$, #y)",
        &[
            r#"NL001 6 "$" expected a count, found `$`"#,
            r#"NL001 10 "$" expected `,` or `)`, found `$`"#,
            r##"NL001 13 "#" expected an argument, found `#` | help: an attribute is `#[…]` and stands before the label"##,
        ],
    );
    check_body(
        r#"retry(a b (c, d) "e, )" [f], g h)"#,
        &[
            r#"NL001 8 "b" expected `,` or `)`, found `b` | help: arguments are separated by `,`"#,
            r#"NL001 31 "h" expected `,` or `)`, found `h` | help: arguments are separated by `,`"#,
        ],
    );
    check_body("retry(1s ~ 2s ~ 3s)", &[r#"NL017 14 "~" `~` stands once in an argument"#]);
    check_body(
        "retry((1s ~ 2s))",
        &[r#"NL017 10 "~" `~` stands directly in an argument of a policy"#],
    );
    check_body(
        "retry(x = 50% y)",
        &[
            r#"NL017 14 "y" a policy follows a ratio only at the start of an argument of `split` | help: an operator is missing, or this is an arm: `split(95% to(@a), 5% to(@b))`"#,
        ],
    );
    check_body("retry(let)", &[r#"NL001 6 "let" expected a count, found `let`"#]);
    check_body("retry(@)", &[r#"NL001 7 ")" expected a name of the host program, found `)`"#]);
    check_body(
        "f(g(h(1 2), 3 4), 5 6)",
        &[
            r#"NL001 8 "2" expected `,` or `)`, found `2` | help: arguments are separated by `,`"#,
            r#"NL001 14 "4" expected `,` or `)`, found `4` | help: arguments are separated by `,`"#,
            r#"NL001 20 "6" expected `,` or `)`, found `6` | help: arguments are separated by `,`"#,
        ],
    );
}
