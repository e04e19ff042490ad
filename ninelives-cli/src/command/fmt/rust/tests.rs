//! Bodies of `policy!`, alone and with rustfmt as a second writer.

use super::*;
use std::io::Write;
use std::process::{Command, Stdio};

fn formatted(text: &str) -> String {
    match format(text) {
        Ok(formatted) => formatted,
        Err(Failure::NotRust(problem)) => panic!("{problem}\n{text}"),
        Err(Failure::Refused(refusal)) => panic!("{refusal:?}\n{text}"),
    }
}

fn check(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected, "from:\n{text}");
    assert_eq!(formatted(expected), expected, "not stable");
}

#[test]
fn declarations_stand_on_lines_of_their_own() {
    check(
        "mod policies {\n  ninelives::policy! {\n/// doc\npub policy  a=b ; // c\n}\n}\n",
        "mod policies {\n  ninelives::policy! {\n      /// doc\n      pub policy a = b; // c\n  }\n}\n",
    );
    check("policy!{let a=1s;}", "policy!{\n    let a = 1s;\n}");
    check("policy![let a=1s;];", "policy![\n    let a = 1s;\n];");
    check("\tpolicy!{ let a=1s; }", "\tpolicy!{\n\t    let a = 1s;\n\t}");
}

#[test]
fn an_expression_stays_in_its_line_while_it_fits() {
    check("let p = policy!( 50%|x:y );", "let p = policy!(50% | x: y);");
    check("let p = policy! {a+b};", "let p = policy! { a + b };");
    check("type P = policy!(< a+@b >);", "type P = policy!(<a + @b>);");
    check("let p = policy!(\n@a);", "let p = policy!(\n    @a\n);");
    check("let p = policy!(@a // b\n);", "let p = policy!(\n    @a // b\n);");
    check("let p = policy!(@a /* b */);", "let p = policy!(@a /* b */);");
    let long = "a_part_of_thirty_three_characters";
    check(
        &format!("let p = policy!({long}+x:{long} |@{long});"),
        &format!("let p = policy!(\n      {long} + x: {long}\n    | @{long}\n);"),
    );
    check(
        &format!("  let p = policy!(retry({long}, a = {long}, b = {long} ~ 5%));"),
        &format!(
            "  let p = policy!(retry(\n      {long},\n      a = {long},\n      b = {long} ~ 5%,\n  ));"
        ),
    );
}

#[test]
fn what_rustfmt_lays_out_is_left_to_it_but_for_parentheses() {
    for text in [
        "policy!( a+b );",
        "policy![timeout(1s),];",
        "policy!(\n a /* x */\n| retry( 3 , on = 5xx, p99 . 9 ));",
        "policy!(a & b | (c+d)&e);",
    ] {
        check(text, text);
    }
    check("policy!(a+b&c);", "policy!(a + (b & c));");
    check("policy!(x(a&b)|c+d&e);", "policy!(x(a & b) | c + (d & e));");
}

#[test]
fn what_is_not_the_language_and_not_a_call_is_left() {
    for text in [
        "policy!(timeout($d) + @a);",
        "macro_rules! policy { ( $a:expr ) => { policy!( $a @ ) } }",
        "policy!();",
        "policy! { }",
        "policy!(a b);",
        "fn policy( a:u8 ) { a.policy( ! [@a] ) }",
        "// policy!( @a )\nlet s = \"policy!( @a )\";",
        "#!/usr/bin/env policy!( @a )\n",
        "let policy = 'p';",
    ] {
        check(text, text);
    }
}

#[test]
fn each_body_is_laid_out_but_none_within_another() {
    check(
        "#!/usr/bin/env run\n#![allow(x)]\nf(policy!( @a ), [policy ! [ @é ]], policy!({ policy!( @a ) } + @b));",
        "#!/usr/bin/env run\n#![allow(x)]\nf(policy!(@a), [policy ! [@é]], policy!({ policy!( @a ) } + @b));"
            .replace("policy ! [@é]", "policy ! [ @é ]")
            .as_str(),
    );
}

#[test]
fn what_is_no_rust_is_refused() {
    for text in ["policy!(", "policy!(])", "policy! \"", "policy!'\u{1f600}"] {
        assert!(matches!(format(text), Err(Failure::NotRust(_))), "{text}");
    }
    let deep = format!("policy!{}{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(formatted(&deep), deep);
    let long = format!("policy!({}a)", "a + ".repeat(100_000));
    assert_eq!(formatted(&long), long);
}

/// `None` when the component is not installed.
fn rustfmt(text: &str) -> Option<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "use_small_heuristics=Max"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    rustfmt.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = rustfmt.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok().filter(|_| output.status.success())
}

/// Bodies that rustfmt lays out, and bodies that it does not.
const BODIES: [&str; 22] = [
    "timeout(1s)+retry(3)   |   fallback&hedge",
    "retry(3,on=timeout|overloaded)",
    "a+b&c",
    "timeout(1s)+a_policy_with_a_long_name & another_policy_with_a_long_name + a_third_policy | a_fourth",
    "(timeout(1s))&((hedge(after=p99.9)+pass))",
    "bulkhead(64)+retry(max_attempts=3,backoff=exponential(50ms,max=2s),jitter=decorrelated,on=timeout)",
    "\n    timeout(1s)\n    + a_policy_with_a_long_name & another_policy_with_a_long_name + @a_third_policy_with_a_name",
    "<timeout(1s)|@a>",
    "<a_policy_with_a_long_name & another_policy_with_a_long_name + a_third_policy_with_a_name | @a_fourth>",
    "retry(3,budget=50%)",
    "\n retry(3,budget=50%)\n",
    "retry(3,budget=50%,backoff=exponential(50ms,max=2s),jitter=decorrelated,on=timeout|overloaded,retry_after=3s)",
    "timeout(1s) + retry(3,budget=50%,backoff=exponential(50ms,max=2s),jitter=decorrelated,on=timeout|overloaded)",
    "// head\n retry(3,budget=50%) // behind\n",
    "retry(3,budget=50%) // behind\n | /* in */ @cached\n // end\n",
    "#[allow(x)] x:retry(3,budget=50%)",
    "timeout({ if a { b } else { c } })|label:retry(3,)",
    "{ one }+{\n two\n }|@a",
    "policy a=b;",
    "policy a = timeout(1s) + a_policy_with_a_long_name & another_policy_with_a_long_name + @a_third_policy;",
    "/// doc\npub policy a=b; // c\n\n\nlet d=5%;",
    "timeout(1s)+retry(3),",
];

/// Where a body may stand; `$` is the call.
const PLACES: [&str; 8] = [
    "let a = $;",
    "let a_name_that_is_as_long_as_names_should_be = $;",
    "call(first_argument, $, last_argument);",
    "a_call_with_a_long_name(a_nested_call_with_a_long_name($)).and_a_method().and_another_method();",
    "assert_eq!(measured!($), 0);",
    "let a = Some($.layer(a_service_with_a_long_name).classify(Http));",
    "if true { match a { 1 => f($), _ => $.b() } }",
    "$;",
];

#[test]
fn rustfmt_and_this_leave_each_other_alone_in_both_orders() {
    let mut tried = 0;
    for body in BODIES {
        let mut file = String::from("fn f() {\n");
        for place in PLACES {
            for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
                let call = format!("policy!{open}{body}{close}");
                file.push_str(&place.replace('$', &call));
                file.push('\n');
                tried += 1;
            }
        }
        file.push_str("}\n");
        let Some(rust_first) = rustfmt(&file) else {
            println!("skipped: the component rustfmt is not installed");
            return;
        };
        for mut text in [rust_first, file] {
            // The first round may make a line too long for what rustfmt had put behind the call.
            for _ in 0..2 {
                text = rustfmt(&formatted(&text)).unwrap();
            }
            assert!(formatted(&text) == text, "nl fmt changes what both have seen:\n{text}");
            assert!(
                rustfmt(&text).unwrap() == text,
                "rustfmt changes what both have seen:\n{text}"
            );
        }
    }
    println!("{tried} calls");
}
