//! A real HTTP client under load, with a policy and without: latency, errors, throughput, memory,
//! and where every request is.
//!
//! ```text
//! cargo run --release --package ninelives-load     # every profile, five seconds each
//!     -- --profile soak --seconds 3600
//!     -- --no-pairs                                # what a machine with other work can judge
//!     -- --accounts                                # no times at all
//!     -- --write                                   # docs/load.md, and its plots
//! ```
//!
//! It ends with 1 when a request is unaccounted for or a bound is missed, and with 2 when it cannot
//! measure.

mod account;
mod client;
mod descriptors;
mod memory;
mod page;
mod plot;
mod profile;
mod runs;
mod schedule;
mod server;
mod session;
mod table;
mod verdict;

use clap::{Parser, ValueEnum};
use ninelives_report::Others;
use profile::Profile;
use runs::Measure;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

/// Loads an HTTP server on loopback, with a policy and without.
#[derive(Parser)]
#[command(name = "load")]
struct Arguments {
    /// What to run, more than once if wanted; without it, everything.
    #[arg(long, value_enum)]
    profile: Vec<Profile>,
    /// How long each load takes.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Requests of one user, a second.
    #[arg(long, default_value_t = 1.0, value_parser = rate)]
    rate: f64,
    /// Leave out the five pairs: their ratio says something on a machine with nothing else to do.
    #[arg(long, conflicts_with = "write")]
    no_pairs: bool,
    /// Judge the accounts and the memory, and no times.
    #[arg(long, conflicts_with = "write")]
    accounts: bool,
    /// Write docs/load.md and its plots: the profiles if all of them ran, the soak if it did.
    #[arg(long)]
    write: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.01..=1000.0).contains(&rate) => Ok(rate),
        _ => Err("expected a number from 0.01 to 1000".to_owned()),
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(failures) if failures.is_empty() => ExitCode::SUCCESS,
        Ok(failures) => {
            say(&format!("FAILED\n{}", failures.join("\n")));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

/// Everything that was asked for; what is wrong with it.
fn run(arguments: &Arguments) -> Result<Vec<String>, Box<dyn Error>> {
    if arguments.write && cfg!(debug_assertions) {
        return Err("what is written is measured with `--release`".into());
    }
    let all = Profile::value_variants();
    let wanted = if arguments.profile.is_empty() { all } else { &arguments.profile };
    descriptors::allow(wanted)?;
    let others = Others::from_now()?;

    let measure = Measure { time: Duration::from_secs(arguments.seconds), rate: arguments.rate };
    let mut failures = Vec::new();
    // First: what the profiles took stays resident.
    if wanted.contains(&Profile::Soak) {
        let soak = measure.soak()?;
        let tables = table::of_soak(&soak);
        failures.extend(verdict::of_soak(&soak));
        say(&tables);
        if arguments.write {
            page::write_soak(&soak, &tables, &others)?;
        }
    }
    let profiles: Vec<_> =
        Profile::COMPARED.into_iter().filter(|profile| wanted.contains(profile)).collect();
    if !profiles.is_empty() {
        let compared = measure.compare_all(&profiles)?;
        let mut tables = table::of_profiles(&compared);
        failures.extend(compared.iter().flat_map(verdict::of_accounts));
        if !arguments.accounts {
            failures.extend(compared.iter().flat_map(verdict::of_latency));
        }
        if profiles.contains(&Profile::Medium) && !arguments.accounts && !arguments.no_pairs {
            let pairs = measure.pairs()?;
            tables = format!("{tables}\n{}", table::of_pairs(&pairs));
            failures.extend(verdict::of_pairs(&pairs));
        }
        say(&tables);
        if arguments.write && profiles == Profile::COMPARED {
            page::write_profiles(&compared, &tables, &others)?;
        }
    }
    Ok(failures)
}

#[expect(clippy::print_stdout, reason = "a command line talks to the person who started it")]
fn say(message: &str) {
    println!("{message}");
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::Parser;

    #[test]
    fn a_rate_that_cannot_be_scheduled_is_refused() {
        for rate in ["0", "-1", "nan", "inf", "1e9", "fast"] {
            assert!(Arguments::try_parse_from(["load", "--rate", rate]).is_err(), "{rate}");
        }
        assert!(Arguments::try_parse_from(["load", "--rate", "0.5"]).is_ok());
        assert!(Arguments::try_parse_from(["load", "--seconds", "0"]).is_err());
    }
}
