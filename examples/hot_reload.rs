//! A policy file that is edited while requests run: a better text, a mistake, and its repair.
//!
//! `cargo run --example hot_reload` edits a file of its own. `cargo run --example hot_reload -- my.nl`
//! follows yours for a minute: edit it, its policy is `search`. Exits 1 if what it shows is not so.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "support/load.rs"]
mod load;
mod support;

use load::{Report, load};
use ninelives::{Calls, DegradedResponse, Host, Http, PolicyBook, WatchConfig};
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use support::{Answer, Ask, Failure, Faults, Server};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower::Layer;

const FIRST: &str = "policy search = circuit_breaker + timeout(200ms) | fallback;\n";
const BETTER: &str = "policy search =
      circuit_breaker(window = 200)
    + retry(6, backoff = exponential(2ms, max = 20ms), budget = off)
    + timeout(150ms)
    | fallback;
";
const MISTAKEN: &str = "policy search =
      circuit_breaker(window = 200)
    + rety(6, backoff = exponential(2ms, max = 20ms), budget = off)
    + timeout(150)
    | fallback;
";

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let faults = Faults { resets: 40, errors: 60, slow: 20, delay: Duration::from_millis(400) };
    let server = Server::start(faults, 9).await?;
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let file = given.clone().unwrap_or_else(own_file);
    if given.is_none() {
        fs::write(&file, FIRST)?;
    }

    let host = Host::new().calls(
        Calls::<Ask, Answer, Failure>::new().classify(Http).degraded(DegradedResponse::degraded),
    );
    let book = PolicyBook::from_file(&file, host)?;
    let service = book.policy::<Ask, Answer, Failure>("search")?.layer(support::client());
    let (tell, mut told) = unbounded_channel();
    let _watch = WatchConfig::new()
        .on_reload(move |answer| {
            let said = match answer {
                Ok(reloaded) => reloaded.to_string(),
                Err(refused) => refused.to_string(),
            };
            let _ = tell.send((answer.is_ok(), said));
        })
        .start(&book, &file)?;
    next(&mut told).await;
    println!("{} is in force, revision {}", file.display(), book.status().revision());

    let send = |name| {
        let service = service.clone();
        let server = &server;
        async move {
            let report = load(server, service, 600, 16).await;
            report.print(name);
            report
        }
    };
    if given.is_some() {
        let minute = tokio::time::sleep(Duration::from_secs(60));
        tokio::pin!(minute);
        loop {
            tokio::select! {
                () = &mut minute => return Ok(ExitCode::SUCCESS),
                Some((_, said)) = told.recv() => println!("\n{said}\n"),
                _ = send("") => {}
            }
        }
    }

    Report::print_head();
    let before = send("at first").await;
    let mut kept = true;
    let mut after = None;
    for (what, text, accepted) in [
        ("a better text", BETTER, true),
        ("a mistake", MISTAKEN, false),
        ("its repair", BETTER, true),
    ] {
        println!("\n$ {what}\n{text}");
        // The edit comes while requests run.
        let edit = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            fs::write(&file, text)?;
            Ok::<_, Box<dyn Error>>(next(&mut told).await)
        };
        let (_, answer) = tokio::join!(send("meanwhile"), edit);
        let (was_accepted, said) = answer?;
        println!("\n{said}\n");
        kept &= was_accepted == accepted;
        after = Some(send("afterwards").await);
    }
    fs::remove_file(&file)?;
    kept &= after.is_some_and(|after| after.success() > before.success() && after.success() > 0.99);
    println!(
        "\n{}",
        if kept { "no request paid for an edit" } else { "this is not what was promised" }
    );
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What came of the next attempt to reload.
async fn next(told: &mut UnboundedReceiver<(bool, String)>) -> (bool, String) {
    told.recv().await.unwrap_or_default()
}

fn own_file() -> PathBuf {
    std::env::temp_dir().join(format!("ninelives-hot-reload-{}.nl", std::process::id()))
}
