//! Adversarial texts of any size: what grows must grow in proportion. Each is a valid text, or a text
//! with mistakes, of about so many bytes.

use ninelives_dsl::limits;
use std::fmt::Write;

/// One shape.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What it is.
    pub name: &'static str,
    /// The text of about so many bytes.
    pub text: fn(usize) -> String,
}

/// A head, a part repeated until the text has that size, and a tail.
macro_rules! row {
    ($name:literal, $head:expr, $part:expr, $tail:expr) => {
        Shape { name: $name, text: |bytes| repeated($head, $part, $tail, bytes) }
    };
}

/// A text of parts that differ: each is told its number.
macro_rules! numbered {
    ($name:literal, $head:expr, $part:expr, $tail:expr) => {
        Shape { name: $name, text: |bytes| counted($head, $part, $tail, bytes) }
    };
}

/// All of them.
pub const SHAPES: &[Shape] = &[
    // Chains of each operator, as long as a policy may be and longer.
    row!("a + …", "policy a = ", "timeout(1s) + ", "pass;"),
    row!("a | …", "policy a = ", "timeout(1s) | ", "fail;"),
    row!("a & …", "policy a = ", "timeout(1s) & ", "fail;"),
    row!("a + b & c | …", "policy a = ", "retry + timeout(1s) & hedge | ", "fail;"),
    numbered!("to(@n) | …", "policy a = ", |n| format!("to(@s{n}) | "), "fail;"),
    numbered!("to(@n) & …", "policy a = ", |n| format!("to(@s{n}) & "), "fail;"),
    numbered!("services", "", |n| format!("policy a{n} = to(@s{n}) | to(@t{n});\n"), ""),
    Shape { name: "arms under a deadline", text: arms },
    Shape { name: "as many services as may be", text: services },
    row!(
        "chains within the limit",
        "",
        "policy a = timeout(1s) + retry + hedge | fail & pass;\n",
        ""
    ),
    // Nesting, which is refused past its limit before anything recurses.
    row!("(", "policy a = ", "(", ";"),
    row!("( … )", "policy a = ", "((((((((pass)))))))) + ", "pass;"),
    row!("f(", "policy a = ", "f(", ";"),
    row!("{", "policy a = ", "{", ";"),
    row!("/*", "policy a = ", "/*", ";"),
    Shape { name: "groups as deep as may be", text: deep },
    // Many of everything.
    numbered!(
        "policies",
        "",
        |n| format!("policy a{n} = timeout(1s) + retry({});\n", n % 7 + 1),
        ""
    ),
    numbered!(
        "references",
        "policy a0 = timeout(1s);\n",
        |n| { format!("policy a{} = retry(2) + a0;\n", n + 1) },
        ""
    ),
    numbered!(
        "a chain of references",
        "policy a0 = timeout(1s);\n",
        |n| { format!("policy a{} = a{n};\n", n + 1) },
        ""
    ),
    numbered!("values", "", |n| format!("let a{n} = {}ms;\n", n + 1), ""),
    numbered!("a chain of values", "let a0 = 1s;\n", |n| format!("let a{} = a{n};\n", n + 1), ""),
    numbered!("imports", "", |n| format!("use \"a{n}.nl\";\n"), ""),
    numbered!("labels", "policy a = ", |n| format!("l{n}: retry(2) + "), "pass;"),
    row!("one label", "policy a = ", "l: hedge | ", "fail;"),
    row!("attributes", "", "#[allow(no-jitter)] ", "policy a = pass;"),
    row!("names of an attribute", "#![allow(", "no-jitter, ", "unused)] policy a = pass;"),
    row!("attributes of parts", "policy a = ", "#[allow(no-jitter)] retry + ", "pass;"),
    row!("arguments", "policy a = retry(", "max_attempts = 3, ", ");"),
    row!("classes", "policy a = retry(3, on = ", "timeout | ", "any);"),
    numbered!("parameters", "policy a(", |n| format!("p{n}: count = 3, "), ") = pass;"),
    row!("empty declarations", "", ";", ""),
    // Templates, whose expansion is limited in proportion to the text.
    numbered!(
        "calls of a template",
        "policy t(d: duration) = timeout(d) + retry(3);\n",
        |n| { format!("policy a{n} = t({}s);\n", n + 1) },
        ""
    ),
    numbered!(
        "templates that double",
        "policy t0(p: policy) = p + p;\n",
        |n| {
            format!(
                "policy t{}(p: policy) = t{n}(p) + t{n}(p);\npolicy a{n} = t{n}(pass);\n",
                n + 1
            )
        },
        ""
    ),
    Shape { name: "a large template called often", text: expansion },
    Shape { name: "a large template called as often as may be", text: full_expansion },
    Shape { name: "a template of arms called as often as may be", text: full_arms },
    row!(
        "nested templates",
        "policy t0(d: duration) = timeout(d) + retry(3) + circuit_breaker;\n\
         policy t1(d: duration) = t0(d) | t0(d);\npolicy t2(d: duration) = t1(d) & t1(d);\n",
        "policy a = t2(1s);\n",
        ""
    ),
    // Mistakes, of which a hundred are told.
    row!("syntax errors", "", "policy a = +;\n", ""),
    row!("errors in one expression", "policy a = ", "retry(3 3) + ", "pass;"),
    numbered!("unknown names", "", |n| format!("policy a{n} = timeuot(1s);\n"), ""),
    numbered!(
        "unknown names like many",
        "policy xx = pass;\n",
        |n| { format!("policy abcdefgh{n} = abcdefghi{n};\n") },
        ""
    ),
    row!("names declared twice", "", "policy a = pass;\n", ""),
    row!("values out of range", "policy a = ", "retry(1000) + ", "pass;"),
    row!("wrong types", "policy a = ", "retry(timeout(1s)) + ", "pass;"),
    row!("unterminated texts", "", "policy a = \"\n", ""),
    // Long tokens.
    row!("a long name", "policy ", "a", " = pass;"),
    row!("a long unknown name", "policy a = ", "a", ";"),
    row!("a long text", "policy a = f(\"", "é", "\");"),
    row!("escapes", "policy a = f(\"", "\\n", "\");"),
    row!("a long number", "policy a = retry(", "9", ");"),
    row!("a long ratio", "policy a = hedge(after = p", "9", ");"),
    row!("a long line comment", "//", "a", "\npolicy a = pass;"),
    row!("a long block comment", "/*", "*", "*/ policy a = pass;"),
    row!("comments", "policy a = ", "/* a */ pass + // b\n", "pass;"),
    row!("documentation", "", "/// a\n", "policy a = pass;"),
    row!("blank lines", "policy a = ", "\n", "pass;"),
    row!("carriage returns", "policy a = ", "\r\n", "pass;"),
    row!("characters of four bytes", "policy a = ", "😀", ";"),
];

fn repeated(head: &str, part: &str, tail: &str, bytes: usize) -> String {
    let times = bytes.saturating_sub(head.len() + tail.len()) / part.len();
    format!("{head}{}{tail}", part.repeat(times))
}

fn counted(head: &str, part: impl Fn(usize) -> String, tail: &str, bytes: usize) -> String {
    let mut text = head.to_owned();
    let mut number = 0;
    while text.len() + tail.len() < bytes {
        text.push_str(&part(number));
        number += 1;
    }
    text + tail
}

/// Groups of all depths up to the limit, one policy after another.
fn deep(bytes: usize) -> String {
    let group = |n| {
        let depth = n % 60 + 1;
        format!(
            "policy a{n} = {}pass{};\n",
            "pass + (timeout(1s) | ".repeat(depth),
            ")".repeat(depth)
        )
    };
    counted("", group, "", bytes)
}

/// Policies that call the largest number of services, each its own.
fn services(bytes: usize) -> String {
    let policy = |n| {
        let calls: Vec<_> = (0..64).map(|service| format!("to(@s{n}_{service})")).collect();
        format!("policy a{n} = {};\n", calls.join(" & "))
    };
    counted("", policy, "", bytes)
}

/// Hundreds of arms, each of which may take the whole deadline, and each of which answers in reserve.
fn arms(bytes: usize) -> String {
    let policy =
        |n| format!("policy a{n} = timeout(9s) + ({}retry);\n", "fallback | retry | ".repeat(500));
    counted("", policy, "", bytes)
}

/// So many calls of a template as a load may expand, and plain policies in what is left of the text.
fn called(template: &str, nodes: usize, bytes: usize) -> String {
    let allowed = limits::NODES_PER_TEXT * bytes.div_ceil(1024) / 64;
    let calls = allowed.saturating_sub(nodes) / (nodes + 1);
    let mut text = template.to_owned();
    for number in 0..calls {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "policy c{number} = t({}s);", number + 1);
    }
    counted(&text, |number| format!("let a{number} = {number}ms;\n"), "", bytes)
}

/// One chain, nearly as long as a policy may be.
fn full_expansion(bytes: usize) -> String {
    let parts = limits::NODES_PER_POLICY / 2;
    let template = format!("policy t(d: duration) = {}pass;\n", "timeout(d) + ".repeat(parts));
    called(&template, parts + 2, bytes)
}

/// Layers of which there is much to say.
fn full_arms(bytes: usize) -> String {
    let arms = 100;
    let arm = "timeout(d) + retry(2, jitter = none) | ";
    let template = format!("policy t(d: duration) = {}fail;\n", arm.repeat(arms));
    called(&template, 3 * arms + 2, bytes)
}

/// A template that takes half of the text, and calls of it in the other half.
fn expansion(bytes: usize) -> String {
    let body = repeated("policy t(d: duration) = ", "timeout(d) | ", "fail;\n", bytes / 2);
    let mut text = body;
    let mut number = 0;
    while text.len() < bytes {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "policy a{number} = t({}s);", number + 1);
        number += 1;
    }
    text
}
