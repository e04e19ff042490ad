//! What stands and what fits at a place, which is marked `‸` in the text.

use super::*;
use crate::host::HostKind;
use crate::load::{Front, Load, load_bytes};
use crate::source::FileId;

/// The text without its mark, and where that stands.
fn marked(text: &str) -> (String, usize) {
    let at = text.find('‸').expect("a mark");
    (text.replacen('‸', "", 1), at)
}

fn load(text: &str) -> Load {
    load_bytes("a.nl", text.as_bytes(), None, Front::Text)
}

/// What fits, by its text.
fn fits(text: &str) -> Vec<String> {
    let (text, at) = marked(text);
    let symbols = Symbols::of(&load(&text));
    let hosts = [
        (HostKind::Handler, "cached".to_owned()),
        (HostKind::Service, "eu".to_owned()),
        (HostKind::Layer, "traced".to_owned()),
    ];
    let found = fitting(&symbols, FileId(0), &Cursor::at(&text, at), &hosts);
    found.into_iter().map(|candidate| candidate.text).collect()
}

#[track_caller]
fn fit(text: &str, expected: &str) {
    assert_eq!(fits(text).join(" "), expected, "{text}");
}

const POLICIES: &str = "timeout retry circuit_breaker bulkhead hedge fallback to pass fail";

#[test]
fn policies_fit_wherever_an_operand_can_stand() {
    for text in [
        "policy a = ‸",
        "policy a = timeout(1s) + ‸",
        "policy a = (timeout(1s) + re‸",
        "policy a = x: ‸;",
        "policy a = #[allow(no-jitter)] ‸;",
        "// x\npolicy a = timeout(1s) | t‸ + retry(",
        "policy a = timeout(,) & ‸",
    ] {
        fit(text, POLICIES);
    }
}

#[test]
fn nothing_fits_where_the_author_chooses_or_an_operator_comes() {
    for text in [
        "policy ‸",
        "policy a‸",
        "let ‸",
        "policy a = timeout(1s) ‸",
        "policy a = timeout(1‸",
        "policy t(‸",
        "policy a = timeout(1s); // ‸",
        "policy a = /* ‸ */ pass;",
        "policy a = fallback({ ‸ })",
        "policy a = timeout(100/‸",
    ] {
        fit(text, "");
    }
}

#[test]
fn declarations_fit_at_the_head_of_a_line() {
    let keywords = "policy pub let use";
    fit("‸", keywords);
    fit("policy a = timeout(1s);\npol‸", keywords);
    fit("policy a = timeout(1s)\npo‸", keywords);
    fit("policy a = timeout(\nlet x = 1s;\n‸", keywords);
}

#[test]
fn arguments_that_are_not_written_yet_fit_with_the_values_of_the_first() {
    fit("policy a = timeout(‸", "duration");
    fit("policy a = retry(‸", "3 max_attempts backoff jitter on budget retry_after");
    fit("policy a = retry(3, ‸", "backoff jitter on budget retry_after");
    fit("policy a = retry(3, jitter = full, b‸) + timeout(1s);", "backoff on budget retry_after");
    fit("policy a = retry(backoff = exponential(50ms, ‸", "factor max");
    fit("policy a = fallback(‸", "@cached handler");
}

#[test]
fn values_of_the_kind_fit_behind_an_equals_sign() {
    fit("policy a = retry(3, jitter = ‸", "full none equal decorrelated");
    fit(
        "policy a = retry(3, backoff = ‸",
        "exponential(100ms, factor = 2, max = 10s) fixed linear exponential",
    );
    let classes = "timeout rejected overloaded transient permanent any";
    assert!(fits("policy a = retry(3, on = ‸").join(" ").ends_with(classes));
    assert!(fits("policy a = retry(3, budget = ‸").ends_with(&["budget".into(), "off".into()]));
    fit("policy a = hedge(after = ‸", "p95 p50 p99");
}

#[test]
fn names_of_the_text_fit_where_their_kind_does() {
    let text = "let patient = exponential(50ms); let short = 1s; policy b = pass;\n\
                policy t(limit: duration, inner: policy) = timeout(limit) + inner;\n";
    let with = |rest: &str| fits(&format!("{text}{rest}"));
    assert!(with("policy a = retry(3, backoff = ‸").contains(&"patient".to_owned()));
    assert!(!with("policy a = retry(3, backoff = ‸").contains(&"short".to_owned()));
    assert!(with("policy a = timeout(‸").contains(&"short".to_owned()));
    assert_eq!(with("policy a = t(‸").join(" "), "short limit inner");
    assert!(with("policy a = t(1s, ‸").starts_with(&["b".into(), "t".into()]));
    assert!(with("policy a = t(inner = ‸").starts_with(&["b".into(), "t".into()]));
    let inside = with("policy u(d: duration, p: policy) = timeout(‸");
    assert_eq!(inside.first().unwrap(), "d");
    let inside = with("policy u(d: duration, p: policy) = ‸");
    assert_eq!(inside.first().unwrap(), "p");
}

#[test]
fn types_hosts_findings_and_levels_fit_in_their_places() {
    assert!(fits("policy t(d: ‸").starts_with(&["duration".into(), "count".into()]));
    fit("policy t(d: jitter = ‸", "none full equal decorrelated");
    fit("policy a = fallback(@‸", "cached");
    fit("policy a = to(@e‸) | pass;", "eu");
    fit("#[‸", "allow deny");
    assert!(fits("#[allow(no-ji‸)] policy a = pass;").contains(&"no-jitter".to_owned()));
    assert!(fits("#![deny(no-jitter, ‸").contains(&"unused".to_owned()));
}

/// What fits at the mark, written there, is nothing that the checker refuses.
#[test]
fn things_of_the_host_fit_where_the_checker_takes_them() {
    for (text, expected) in [
        ("policy a = timeout(1s) + @‸;", "traced"),
        ("policy a = (timeout(1s) | pass) + @‸;", "traced"),
        ("policy a = timeout(1s) & pass + @‸;", "traced"),
        ("policy a = timeout(1s) + (retry(3) + x: @‸);", "traced"),
        ("policy a = timeout(1s) | @‸;", ""),
        ("policy a = timeout(1s) + retry(3) & @‸;", ""),
        ("policy a = timeout(1s) + (retry(3) | pass + @‸);", ""),
        ("policy a = @‸ + timeout(1s);", ""),
        ("policy a = timeout(@‸);", ""),
        ("policy a = retry(3, budget = @‸);", ""),
        ("policy a = pass | fallback(@‸);", "cached"),
        ("policy a = pass | fallback(handler = @‸);", "cached"),
        ("let x = @‸; policy a = pass;", "cached eu"),
        ("policy t(p: policy) = timeout(1s) + p; policy a = t(@‸);", "traced"),
        ("policy t(h: host) = pass | fallback(h); policy a = t(@‸);", "cached eu"),
        ("policy t(d: duration) = timeout(d); policy a = t(@‸);", ""),
        ("policy t(p: policy = @‸) = timeout(1s) + p; policy a = t();", "traced"),
    ] {
        fit(text, expected);
        let errors = |name: &str| {
            let load = load(&text.replacen('‸', name, 1));
            let hosts = crate::host::asked(&load.plan);
            let kind = |name| match name {
                "cached" => HostKind::Handler,
                "eu" => HostKind::Service,
                _ => HostKind::Layer,
            };
            let wrong = hosts.iter().any(|asked| asked.kind != kind(asked.name));
            wrong || load.diagnostics.iter().any(|finding| finding.is_error())
        };
        for name in ["cached", "eu", "traced"] {
            // Whether a template takes a handler or a service, and a `let`, its uses say.
            let unsure = expected == "cached eu";
            assert!(unsure || errors(name) != expected.contains(name), "{text} {name}");
        }
    }
}

#[test]
fn classes_fit_that_are_not_named_yet() {
    let rest = "rejected overloaded transient permanent";
    fit("policy a = retry(3, on = timeout | ‸", rest);
    fit("policy a = retry(3, on = (timeout | ‸", rest);
    fit("let slow = timeout; policy a = retry(3, on = timeout | ‸", rest);
    fit("let c = timeout | ‸", rest);
    fit("policy a = retry(3, on = timeout | permanent | tr‸", "rejected overloaded transient");
    fit("policy a = retry(3, on = any | ‸", "");
    let sets = "let slow = timeout | overloaded; let bad = (slow | permanent);\n";
    fit(&format!("{sets}policy a = retry(3, on = bad | ‸"), "rejected transient");
    fit(&format!("{sets}let worse = bad | tr‸"), "rejected transient");
    fit("policy a = retry(on = timeout, jitter = ‸", "full none equal decorrelated");
    let set = fits("policy b = retry(on = timeout); let c = timeout; policy a = retry(on = ‸");
    assert!(set.starts_with(&["c".to_owned(), "timeout | overloaded | transient".to_owned()]));
    fit("policy t(p: policy) = p; policy a = t(timeout(1s) | ‸", &format!("t {POLICIES}"));
}

#[test]
fn word_being_written_begins_where_it_begins() {
    let start = |text| {
        let (text, at) = marked(text);
        at - Cursor::at(&text, at).start
    };
    assert_eq!(start("policy a = tim‸"), 3);
    assert_eq!(start("policy a = ‸tim"), 0);
    assert_eq!(start("#[allow(no-ji‸"), 5);
    assert_eq!(start("policy a = 3-ji‸"), 2);
}

#[test]
fn values_stand_for_the_parameters_that_they_bind_to() {
    for (text, expected) in [
        ("policy a = timeout(‸1s);", "1s: for timeout.duration"),
        ("policy a = timeout(1s‸);", "1s: for timeout.duration"),
        ("policy a = retry(3‸, max_attempts = 4);", "3: for retry.max_attempts"),
        ("policy a = retry(3, max_attempts = ‸4);", "4: for retry.max_attempts"),
        ("policy a = retry(backoff = 3, ‸4);", "nothing"),
        ("policy a = circuit_breaker(50‸%);", "50%: for circuit_breaker.failure_rate"),
        ("policy a = circuit_breaker(50%‸);", "50%: for circuit_breaker.failure_rate"),
        ("policy a = retry(3, budget = budget(20%, min = 10‸/s));", "10/s: for budget.min"),
        ("policy a = retry(3, budget = budget(20%, min = 10/‸s));", "10/s: for budget.min"),
        ("policy a = hedge(p9‸9.9);", "p99.9: for hedge.after"),
        ("policy a = retry(3, backoff = fixed(‸1s));", "1s: for fixed.base"),
        ("policy t(d: duration, n: count) = pass; policy a = t(1s, ‸2);", "2: for n"),
        ("policy t(d: duration, n: count) = pass; policy a = t(d = 1‸s);", "1s: for d"),
        ("policy t(d: duration, n: count = ‸2) = pass;", "2: for n"),
        ("let x = ‸1s;", "nothing"),
        ("policy a = timeout(1s)‸ + pass;", "nothing"),
    ] {
        assert_eq!(stands(text), expected, "{text}");
    }
}

/// What stands at the mark, in a few words.
fn stands(text: &str) -> String {
    let (text, at) = marked(text);
    let symbols = Symbols::of(&load(&text));
    let Some((standing, span)) = standing(&symbols, FileId(0), &text, at) else {
        return "nothing".to_owned();
    };
    let written = text.get(span.start as usize..span.end as usize).unwrap();
    let what = match standing {
        Standing::Symbol(id) => {
            let symbol = symbols.get(id).unwrap();
            format!("{:?} at {}", symbol.kind, symbol.span.start)
        }
        Standing::Layer(entry) => format!("layer {}", entry.name),
        Standing::Word(word) => format!("word {word}"),
        Standing::Parameter(of, row) => format!("parameter {}.{}", of.name, row.name),
        Standing::ValueParameter(of, row) => format!("parameter {}.{}", of.name, row.name),
        Standing::ValueCall(call) => format!("call {}", call.name),
        Standing::Class(class) => format!("class {class}"),
        Standing::Jitter(jitter) => format!("jitter {jitter}"),
        Standing::Type(kind) => format!("type {kind:?}"),
        Standing::Host(name) => format!("host {name}"),
        Standing::Finding(code) => format!("finding {code}"),
        Standing::File(file) => format!("file {}", file.0),
        Standing::Value(Bound::Policy(of, row)) => format!("for {}.{}", of.name, row.name),
        Standing::Value(Bound::Value(of, row)) => format!("for {}.{}", of.name, row.name),
        Standing::Value(Bound::Template(id)) => format!("for {}", symbols.get(id).unwrap().name),
    };
    format!("{written}: {what}")
}

#[test]
fn what_stands_is_told_by_its_place() {
    for (text, expected) in [
        ("policy a = time‸out(1s);", "timeout: layer timeout"),
        ("policy a = retry(3, on = time‸out);", "timeout: class timeout"),
        ("policy a = retry(3, jitter = ‸full);", "full: jitter full"),
        ("policy a = retry(3, jitt‸er = full);", "jitter: parameter retry.jitter"),
        ("policy a = retry(backoff = ‸fixed(1s));", "fixed: call fixed"),
        ("policy a = retry(backoff = linear(1s, ma‸x = 2s));", "max: parameter linear.max"),
        ("#[allow(no-jitt‸er)] policy a = pass;", "no-jitter: finding NL104"),
        ("#[allow(‸no-jitter)] policy a = pass;", "no-jitter: finding NL104"),
        ("policy a = fallback(@cach‸ed);", "@cached: host cached"),
        ("policy a = fallback(‸@cached);", "@cached: host cached"),
        ("policy a = pass + @ ‸traced;", "traced: host traced"),
        ("policy t(d: dura‸tion) = timeout(d);", "duration: type Duration"),
        ("policy a = pa‸ss;", "pass: word pass"),
        ("pol‸icy a = pass;", "policy: word policy"),
        ("policy a = pass; policy b = a‸;", "a: Policy at 7"),
        ("policy ‸a = pass; policy b = a;", "a: Policy at 7"),
        ("policy t(d: duration) = timeout(‸d);", "d: Parameter at 9"),
        ("policy t(d: duration) = timeout(d); policy a = t(‸d = 1s);", "d: Parameter at 9"),
        ("policy a = fir‸st: timeout(1s);", "first: Label at 11"),
        ("policy a = timeout(1s) ‸+ retry(3);", "nothing"),
        // It cannot be parsed.
        ("policy a = pass; policy b = retry(( + a‸;", "a: Policy at 7"),
        ("policy a = ret‸ry((", "retry: layer retry"),
    ] {
        assert_eq!(stands(text), expected, "{text}");
    }
}

#[test]
fn mentions_are_found_with_what_shadows_them() {
    let text = "let d = 1s; policy t(d: duration) = timeout(d);\n\
                policy a = t(d = d) + timeout(d);";
    let symbols = Symbols::of(&load(text));
    let places = |name: &str, kind| {
        let symbol = (0..).map_while(|id| Some((id, symbols.get(id)?)));
        let (id, _) =
            symbol.into_iter().find(|(_, it)| it.name == name && it.kind == kind).unwrap();
        symbols.places(id).map(|span| span.start).collect::<Vec<_>>()
    };
    assert_eq!(places("d", SymbolKind::Let), [4, 65, 78]);
    assert_eq!(places("d", SymbolKind::Parameter), [21, 44, 61]);
    assert!(symbols.is_complete());
    assert!(!Symbols::of(&load("policy a = ; policy b = a;")).is_complete());
}

#[test]
fn tokens_cover_every_text() {
    for text in
        ["a\"", "/* /* */", "#!/bin/x\npolicy", "µs €\u{1f600} {", "p99.9..1_000ms \"\\\"\""]
    {
        let mut at = 0;
        for token in tokens(text) {
            assert!(text.get(at..token.start).unwrap().trim().is_empty(), "{text}");
            assert!(!token.text.is_empty());
            at = token.end();
        }
        assert!(text.get(at..).unwrap().trim().is_empty(), "{text}");
    }
}

#[test]
fn every_place_of_the_corpus_is_answered() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus");
    let folders = ["valid", "invalid", "warnings"].map(|folder| format!("{corpus}/{folder}"));
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut places = 0;
    for entry in entries {
        let Ok(text) = std::fs::read_to_string(entry.unwrap().path()) else { continue };
        let text = text.replace("\r\n", "\n");
        let text = text.trim_start_matches('\u{feff}');
        let symbols = Symbols::of(&load(text));
        let _ = roles(text).count();
        for (at, _) in text.char_indices().step_by(5).filter(|(at, _)| *at < 4_000) {
            let cursor = Cursor::at(text, at);
            assert!(cursor.start <= at && text.is_char_boundary(cursor.start));
            let _ = fitting(&symbols, FileId(0), &cursor, &[]);
            if let Some((_, span)) = standing(&symbols, FileId(0), text, at) {
                let found = span.start as usize..=span.end as usize;
                assert!(found.contains(&at), "{text} at {at}");
            }
            places += 1;
        }
    }
    assert!(places > 1_000);
}
