//! What the peers' layers and ours withstand: one table.
//!
//! ```text
//! cargo run --manifest-path conformance/peers/Cargo.toml
//!     -- --write      the table goes to docs/correctness.md too
//! ```
//!
//! It ends with 1 when one of ours does not hold, and with 2 when it cannot ask.

mod functions;
mod older;
mod ours;
mod page;
mod tower_own;
mod tower_resilience;

use peers_scenarios::{Peer, ask};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let write = match arguments.as_slice() {
        [] => false,
        [write] if write == "--write" => true,
        _ => return Err("only `--write` may be given".into()),
    };
    let peers: [&dyn Peer; 4] = [
        &tower_own::Tower,
        &tower_resilience::TowerResilience,
        &functions::Failsafe,
        &functions::Reclosers,
    ];
    let ours = ask(&ours::Ours);
    let holds = ours.holds();
    let asked: Vec<_> = [ours].into_iter().chain(peers.map(ask)).chain([older::ask()?]).collect();
    let table = page::table(&asked);
    println!("{table}");
    if write {
        page::write(&table)?;
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
