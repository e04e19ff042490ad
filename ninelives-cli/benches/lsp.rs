//! How long an editor waits: from an edit of a file of 1,000 policies to its findings, through the
//! program itself. Every edit changes one number; each is waited for before the next.
//!
//! `cargo bench -p ninelives-cli`

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark says what it measures"
)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const POLICIES: usize = 1_000;
const EDITS: usize = 1_000;
const WARM_UP: usize = 50;

/// So many policies, no two alike, of which each seventh has a warning.
fn text(edit: usize) -> String {
    let policy = |at: usize| {
        let (limit, few) = (at % 9_000 + 1_000, at % 7 + 2);
        let body = match at % 7 {
            0 => format!("timeout({limit}ms) + retry + bulkhead({few})"),
            1 => format!("timeout({limit}ms) + retry({few}) | fallback"),
            2 => format!("timeout({limit}ms) + hedge & (timeout({limit}ms) + to(@b))"),
            3 => format!("circuit_breaker + timeout({limit}ms) + hedge"),
            4 => format!("timeout({limit}ms) + retry({few}) + attempt: timeout(300ms)"),
            5 => format!("bulkhead({few}, queue = {few}) + timeout({limit}ms)"),
            _ => format!("timeout({}ms) | fallback(@cached)", limit + edit),
        };
        format!("policy it{at:04} = {body};\n")
    };
    (0..POLICIES).map(policy).collect()
}

struct Server {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Reads the next message.
    fn receive(&mut self) -> Vec<u8> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((_, value)) => length = value.parse().unwrap(),
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        body
    }
}

fn main() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_nl"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = process.stdin.take().unwrap();
    let output = BufReader::new(process.stdout.take().unwrap());
    let mut server = Server { input, output };
    let hello = json!({"general": {"positionEncodings": ["utf-8"]}});
    let hello = json!({"processId": null, "rootUri": null, "capabilities": hello});
    server.send(&json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}));
    server.receive();
    server.tell("initialized", &json!({}));
    let uri = "file:///bench.nl";
    let document = json!({"uri": uri, "languageId": "ninelives", "version": 0, "text": text(0)});
    server.tell("textDocument/didOpen", &json!({"textDocument": document}));
    server.receive();
    let mut times: Vec<Duration> = Vec::new();
    for edit in 1..=WARM_UP + EDITS {
        let document = json!({"uri": uri, "version": edit});
        let changes = json!([{"text": text(edit)}]);
        let params = json!({"textDocument": document, "contentChanges": changes});
        let start = Instant::now();
        server.tell("textDocument/didChange", &params);
        server.receive();
        times.push(start.elapsed());
    }
    let mut times = times.split_off(WARM_UP);
    times.sort_unstable();
    let quantile = |share: usize| times.get(times.len() * share / 100).copied().unwrap();
    let (half, most) = (quantile(50), quantile(99));
    println!("{EDITS} edits of a file of {POLICIES} policies: p50 {half:.1?}, p99 {most:.1?}");
    server.tell("exit", &json!({}));
    process.wait().unwrap();
}
