//! What `nl` finds in the recipes that peers publish, and that `docs/peers.md` says the same.
#![expect(clippy::unwrap_used, reason = "a test whose files cannot be read has failed")]

use crate::sandbox::Sandbox;
use insta::assert_snapshot;
use ninelives_dsl::explain::Explained;
use ninelives_dsl::lint::{Settings, warnings};
use ninelives_dsl::load::{Front, load_path};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn recipes() -> BTreeSet<PathBuf> {
    let folder = fs::read_dir(repository().join("corpus/peers")).unwrap();
    folder.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn check_finds_this_in_the_recipes_of_peers() {
    let corpus = Sandbox(repository().join("corpus"));
    assert_snapshot!(corpus.run("check peers --format concise"), @"
    exit 0
    ── stdout
    peers/cockatiel-readme.nl:12:16: warning[NL103 retries-rejected]: this retry asks an open circuit up to 3 times: it acts on `rejected`
    peers/cockatiel-readme.nl:16:7: warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
    peers/go-resiliency-retrier.nl:5:32: warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
    peers/go-resiliency-retrier.nl:8:14: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    peers/grpc-hedging.nl:6:23: warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
    peers/grpc-retry.nl:6:21: warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
    peers/linkerd-failure-accrual.nl:6:34: warning[NL108 unbounded-latency]: the worst-case latency is unbounded: nothing ends a call that hangs here
    peers/polly-quick-start.nl:7:46: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 2s
    peers/resilience4j-defaults.nl:8:49: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 500ms
    peers/resilience4j-defaults.nl:8:60: warning[NL103 retries-rejected]: this retry asks an open circuit up to 3 times: it acts on `rejected`
    peers/resilience4j-defaults.nl:13:21: warning[NL118 breaker-cannot-trip]: no call is ever slow: 1m is not less than the 1s that any call can take
    peers/tower-resilience-cache.nl:8:9: warning[NL128 breaker-misses-hangs]: a call that hangs never counts here: the deadline around drops it after 50ms
    peers/tower-resilience-full-stack.nl:12:20: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    peers/tower-resilience-full-stack.nl:13:16: warning[NL103 retries-rejected]: this retry asks an open circuit up to 3 times: it acts on `rejected`
    peers/tower-resilience-hedging.nl:9:7: warning[NL102 load-amplification]: in the long run one request calls one service 6.0 times: this `retry` repeats 2.0 calls
    peers/tower-resilience-hedging.nl:12:18: warning[NL104 no-jitter]: clients that failed together come back together, after exactly 100ms
    peers/tower-resilience-hedging.nl:13:14: warning[NL103 retries-rejected]: this retry asks an open circuit up to 3 times: it acts on `rejected`
    ");
}

#[test]
fn the_page_on_peers_says_what_is_found() {
    let page = fs::read_to_string(repository().join("docs/peers.md")).unwrap();
    let rows: BTreeSet<&str> = page.lines().filter(|line| line.starts_with("| [`")).collect();
    assert_eq!(rows.len(), 21);
    for path in recipes() {
        let load = load_path(&path, Front::Text).unwrap();
        assert!(load.diagnostics.is_empty(), "{}", path.display());
        let found = warnings(&load, &Settings::default());
        let codes: BTreeSet<&str> = found.iter().map(|finding| finding.code.code()).collect();
        let codes = match codes.len() {
            0 => "none".to_owned(),
            _ => codes.into_iter().collect::<Vec<_>>().join(", "),
        };
        let [policy] = &load.plan.policies[..] else { panic!("one policy a recipe") };
        let worst = Explained::new(&load, policy).whole().unwrap().worst;
        let name = path.file_stem().unwrap().to_string_lossy();
        let begin = format!("| [`{name}`](../corpus/peers/{name}.nl) |");
        let row = rows.iter().find(|row| row.starts_with(&begin));
        let row = row.unwrap_or_else(|| panic!("`docs/peers.md` has no row of `{name}`"));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[3..5], [worst.to_string(), codes], "{name}");
    }
}
