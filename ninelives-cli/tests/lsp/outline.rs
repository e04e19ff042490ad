//! Symbols, folding, semantic tokens and inlay hints.

use crate::client::{Client, file_of, range};
use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use serde_json::{Value, json};

fn ask(client: &mut Client, method: &str, text: &str) -> Value {
    client.open("a.nl", text);
    let lines = text.matches('\n').count();
    let all = json!({"start": {"line": 0, "character": 0}, "end": {"line": lines, "character": 0}});
    let params = json!({"textDocument": {"uri": client.uri("a.nl")}, "range": all});
    client.ask(method, params).unwrap()
}

const TEXT: &str = "\
//! A file.
// Two lines
// of comment.

use \"b.nl\";

let patient = exponential(50ms);

/// Documented.
pub policy search =
      bulkhead(64) + circuit_breaker + timeout(250ms)
    | fallback(@cached);

#[allow(no-jitter)]
policy standard(limit: duration = 1s) = timeout(limit) + retry(3, backoff = patient);
pub policy api = near: standard(2s) + attempt: timeout(100 / s) | hedge;
";

#[test]
fn symbols_of_a_document_are_a_tree() {
    let mut client = Client::new("symbols");
    let symbols = ask(&mut client, "textDocument/documentSymbol", TEXT);
    fn lines(symbols: &Value, indent: &str, out: &mut String) {
        for symbol in symbols.as_array().into_iter().flatten() {
            let (name, kind) = (symbol["name"].as_str().unwrap(), &symbol["kind"]);
            let (whole, name_range) = (range(&symbol["range"]), range(&symbol["selectionRange"]));
            out.push_str(&format!("{indent}{name} ({kind}) {whole} {name_range}\n"));
            lines(&symbol["children"], &format!("{indent}  "), out);
        }
    }
    let mut out = String::new();
    lines(&symbols, "", &mut out);
    assert_snapshot!(out, @"
    patient (14) 6:0-6:31 6:4-6:11
    search (5) 9:0-11:23 9:11-9:17
    standard (12) 14:0-14:84 14:7-14:15
      limit (13) 14:16-14:36 14:16-14:21
    api (5) 15:0-15:71 15:11-15:14
      near (20) 15:17-15:35 15:17-15:21
      attempt (20) 15:38-15:63 15:38-15:45
    ");
}

#[test]
fn symbols_of_the_folder_are_found_by_their_letters() {
    let folder = Sandbox::new("lsp_workspace_symbols")
        .with("sub/b.nl", "policy backend = timeout(1s);")
        .with("c.nl", "let brand = 1s; policy x(brand: duration) = timeout(brand);");
    let mut client = Client::within(folder);
    client.open("a.nl", "policy band = timeout(1s);");
    let found = client.ask("workspace/symbol", json!({"query": "BnD"})).unwrap();
    let line = |symbol: &Value| {
        let location = &symbol["location"];
        let file = file_of(location["uri"].as_str().unwrap());
        format!("{} {file} {}", symbol["name"].as_str().unwrap(), range(&location["range"]))
    };
    let found: Vec<_> = found.as_array().unwrap().iter().map(line).collect();
    assert_snapshot!(found.join("\n"), @"
    band a.nl 0:7-0:11
    brand c.nl 0:4-0:9
    backend b.nl 0:7-0:14
    ");
}

#[test]
fn declarations_and_comments_of_several_lines_can_be_folded() {
    let mut client = Client::new("folding");
    let ranges = ask(&mut client, "textDocument/foldingRange", TEXT);
    let line = |it: &Value| format!("{}-{} {}", it["startLine"], it["endLine"], it["kind"]);
    let ranges: Vec<_> = ranges.as_array().unwrap().iter().map(line).collect();
    assert_snapshot!(ranges.join("\n"), @r#"
    9-11 null
    0-2 "comment"
    "#);
}

#[test]
fn tokens_say_what_each_word_is() {
    let mut client = Client::silent(Sandbox::new("lsp_tokens"), &[]);
    let answer = client.hello(&json!({"general": {"positionEncodings": ["utf-8"]}}));
    let legend = &answer["capabilities"]["semanticTokensProvider"]["legend"];
    let tokens = ask(&mut client, "textDocument/semanticTokens/full", TEXT);
    let lines: Vec<&str> = TEXT.lines().collect();
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let (mut line, mut character) = (0, 0);
    let mut out = String::new();
    for token in tokens["data"].as_array().unwrap().chunks(5) {
        let [down, right, length, kind, modifiers] = [0, 1, 2, 3, 4].map(|at| number(&token[at]));
        line += down;
        character = if down == 0 { character + right } else { right };
        let text = &lines[line][character..character + length];
        let kind = legend["tokenTypes"][kind].as_str().unwrap();
        let names = legend["tokenModifiers"].as_array().unwrap().iter().enumerate();
        let modifiers: String = names
            .filter(|(at, _)| modifiers & (1 << at) != 0)
            .map(|(_, name)| format!(".{}", name.as_str().unwrap()))
            .collect();
        if !["comment", "operator", "number", "string"].contains(&kind) {
            out.push_str(&format!("{text} {kind}{modifiers}\n"));
        }
    }
    assert_snapshot!(out, @"
    use keyword
    let keyword
    patient variable.declaration
    exponential enumMember.readonly
    pub keyword
    policy keyword
    search class.declaration
    bulkhead function.defaultLibrary
    circuit_breaker function.defaultLibrary
    timeout function.defaultLibrary
    fallback function.defaultLibrary
    cached variable.defaultLibrary
    allow decorator
    no decorator
    jitter decorator
    policy keyword
    standard macro.declaration
    limit parameter.declaration
    duration type.defaultLibrary
    timeout function.defaultLibrary
    limit parameter
    retry function.defaultLibrary
    backoff property
    patient variable
    pub keyword
    policy keyword
    api class.declaration
    near property.declaration
    standard macro
    attempt property.declaration
    timeout function.defaultLibrary
    hedge function.defaultLibrary
    ");
}

#[test]
fn tokens_of_quantiles_are_numbers() {
    let mut client = Client::new("token_quantiles");
    let text = "hedge(p95) p99.9 p99..";
    let tokens = ask(&mut client, "textDocument/semanticTokens/full", &format!("let x = {text}"));
    // The quantiles, and `..`.
    let data = json!([0, 8, 3, 3, 0, 0, 5, 5, 3, 0, 0, 6, 3, 3, 0, 0, 3, 2, 4, 0]);
    let all = tokens["data"].as_array().unwrap();
    assert!(all.ends_with(data.as_array().unwrap()), "{tokens}");
}

#[test]
fn tokens_of_a_range_are_those_that_are_seen() {
    let mut client = Client::new("token_range");
    client.open("a.nl", "let a = 1s;\n/* x\ny */ let b = 2s;\nlet c = 3s;\n");
    let mut range = |start: [u32; 2], end: [u32; 2]| {
        let place = |[line, character]: [u32; 2]| json!({"line": line, "character": character});
        let params = json!({"textDocument": {"uri": client.uri("a.nl")},
            "range": {"start": place(start), "end": place(end)}});
        client.ask("textDocument/semanticTokens/range", params).unwrap()["data"].clone()
    };
    // A comment that begins before is seen too.
    assert_eq!(range([2, 0], [2, 6]), json!([1, 0, 4, 1, 0, 1, 0, 4, 1, 0, 0, 5, 3, 0, 0]));
    assert_eq!(range([3, 4], [9, 0]), json!([3, 4, 1, 8, 1, 0, 2, 1, 4, 0, 0, 2, 2, 3, 0]));
}

#[test]
fn tokens_of_several_lines_are_given_line_by_line() {
    let mut client = Client::new("token_lines");
    let tokens = ask(&mut client, "textDocument/semanticTokens/full", "/* a\r\n\n bc */ policy");
    assert_eq!(tokens["data"], json!([0, 0, 4, 1, 0, 2, 0, 6, 1, 0, 0, 7, 6, 0, 0]));
}

const SEARCH: &str = "\
let patient = exponential(50ms);

/// Documented.
pub policy search =
      bulkhead(64) + circuit_breaker + timeout(250ms)
    | fallback(@cached);
";

/// The text with its hints in place.
fn hinted(client: &mut Client, text: &str) -> String {
    let hints = ask(client, "textDocument/inlayHint", text);
    let mut edits = hints.as_array().unwrap().clone();
    for edit in &mut edits {
        let padded = edit["paddingLeft"] == true;
        let label = edit["label"].as_str().unwrap();
        edit["newText"] = json!(if padded { format!(" {label}") } else { label.to_owned() });
        edit["range"] = json!({"start": edit["position"], "end": edit["position"]});
    }
    crate::client::edited(text, &json!(edits))
}

#[test]
fn hints_show_what_is_not_written_and_decides() {
    let mut client = Client::new("hints");
    assert_snapshot!(hinted(&mut client, SEARCH), @"
    let patient = exponential(50ms);

    /// Documented.
    pub policy search [250ms; 1 call] =
          bulkhead(64, queue = 0) + circuit_breaker(failure_rate = 50%, window = 100, …) + timeout(250ms)
        | fallback(@cached);
    ");
    assert_snapshot!(hinted(&mut client, "policy a = timeout(1s) + retry & hedge();\n"), @"policy a [1s; 5 calls] = timeout(1s) + retry(max_attempts = 3, backoff = exponential(100ms), …) & hedge(after = p95, budget = 10%);");
    let text = "policy t(n: count) = retry(n) + timeout(1s); policy a = t(2) | t(3);\n";
    assert_snapshot!(hinted(&mut client, text), @"policy t(n: count) = retry(n, backoff = exponential(100ms), budget = 20%) + timeout(1s); policy a [1m35s; 5 calls] = t(2) | t(3);");
    let text = "policy a = timeout(1s) + circuit_breaker(50%) + bulkhead(3, queue = 0);\n";
    assert_snapshot!(hinted(&mut client, text), @"policy a [1s; 1 call] = timeout(1s) + circuit_breaker(50%) + bulkhead(3, queue = 0);");
}

#[test]
fn hint_is_short_and_its_tooltip_says_all() {
    let mut client = Client::new("hint_tooltips");
    let text = "policy a = timeout(9s) + retry(3) + bulkhead(2) + circuit_breaker;\n";
    let hints = ask(&mut client, "textDocument/inlayHint", text);
    let line = |hint: &Value| {
        let label = hint["label"].as_str().unwrap();
        assert!(label.chars().count() < 60, "{label}");
        format!("{label} | {}", hint["tooltip"].as_str().unwrap_or("none"))
    };
    let lines: Vec<_> = hints.as_array().unwrap().iter().map(line).collect();
    assert_snapshot!(lines.join("\n"), @"
    [9s; 3 calls] | none
    , backoff = exponential(100ms), budget = 20% | backoff = exponential(100ms, factor = 2, max = 10s), budget = budget(20%, min = 10/s, window = 10s)
    , queue = 0 | none
    (failure_rate = 50%, window = 100, …) | failure_rate = 50%, window = 100, min_calls = 20, cooldown = 5s
    ");
}

#[test]
fn accepted_hint_is_text_that_means_the_same() {
    let mut client = Client::new("hint_edits");
    let text = "policy a = timeout(1s) + retry + circuit_breaker();\n";
    let hints = ask(&mut client, "textDocument/inlayHint", text);
    let edits: Vec<Value> = hints
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|hint| hint["textEdits"].as_array().cloned().unwrap_or_default())
        .collect();
    let after = crate::client::edited(text, &json!(edits));
    assert!(after.contains("backoff = ") && after.contains("window = "), "{after}");
    let before = client.findings("a.nl");
    client.change("a.nl", &after);
    assert_eq!(client.findings("a.nl").len(), before.len(), "{after}");
}

#[test]
fn text_with_errors_has_symbols_and_tokens_and_hints() {
    let mut client = Client::new("broken_outline");
    let text = "policy a = timeout(1s);\npolicy b = ((\npolicy c = a;\n";
    let symbols = ask(&mut client, "textDocument/documentSymbol", text);
    let names: Vec<_> = symbols.as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(ask(&mut client, "textDocument/semanticTokens/full", text)["data"][0].is_number());
    let expected =
        "policy a [1s; 1 call] = timeout(1s);\npolicy b = ((\npolicy c [1s; 1 call] = a;\n";
    assert_eq!(hinted(&mut client, text), expected);
}
