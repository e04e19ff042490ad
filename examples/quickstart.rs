//! The main job on real input: a flaky HTTP server, called bare, through `policy!`, and through a
//! `.nl` file that is reloaded half-way, under load. Prints a table; exits 1 unless the policy
//! brought success to at least 99.9% where the bare calls have at most 90%, with a lower p99.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "support/load.rs"]
mod load;
mod support;

use load::{Report, load};
use ninelives::{Calls, Host, Http, PolicyBook, policy};
use std::process::ExitCode;
use std::time::Duration;
use support::{Answer, Ask, Failure, Faults, Server};
use tower::Layer;

const REQUESTS: usize = 1_500;
const AT_ONCE: usize = 32;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let faults = Faults { resets: 40, errors: 80, slow: 30, delay: Duration::from_millis(600) };
    let server = Server::start(faults, 9).await?;
    println!("{REQUESTS} requests, {AT_ONCE} at once; the server resets 4%, answers 500 to 8% and");
    println!("takes {:?} for 3% of them\n", faults.delay);
    Report::print_head();

    let bare = load(&server, support::client(), REQUESTS, AT_ONCE).await;
    bare.print("bare");

    let patient = policy!(
        timeout(2s) + retry(6, backoff = exponential(2ms, max = 20ms)) + timeout(120ms) | fallback
    );
    let compiled =
        load(&server, patient.classify(Http).layer(support::client()), REQUESTS, AT_ONCE).await;
    compiled.print("policy!");

    let file = std::env::temp_dir().join(format!("ninelives-quickstart-{}.nl", std::process::id()));
    std::fs::write(
        &file,
        "policy search = timeout(2s) + retry(5, backoff = fixed(2ms)) + timeout(300ms) | fallback;",
    )?;
    let host = Host::new().calls(
        Calls::<Ask, Answer, Failure>::new()
            .classify(Http)
            .degraded(ninelives::DegradedResponse::degraded),
    );
    let book = PolicyBook::from_file(&file, host)?;
    let service = book.policy::<Ask, Answer, Failure>("search")?.layer(support::client());
    let edit = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let better =
            "policy search = timeout(2s) + retry(6, backoff = exponential(2ms, max = 20ms))
            + timeout(120ms) | fallback;";
        std::fs::write(&file, better)?;
        Ok::<_, Box<dyn std::error::Error>>(book.reload_file(&file)?)
    };
    let (before, reloaded) = tokio::join!(load(&server, service.clone(), REQUESTS, AT_ONCE), edit);
    reloaded?;
    before.print(".nl, edited");
    let after = load(&server, service, REQUESTS, AT_ONCE).await;
    after.print(".nl, after");
    std::fs::remove_file(&file)?;

    let kept = [&compiled, &before, &after].iter().all(|with| {
        with.success() >= 0.999
            && bare.success() <= 0.9
            && with.quantile(0.99) < bare.quantile(0.99)
    });
    println!("\n{}", if kept { "the policies kept their promise" } else { "a promise was broken" });
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
