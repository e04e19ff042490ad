//! Ours and the peers' in one process: what a request costs, as ratios.
//!
//! ```text
//! cargo run --release --manifest-path benches/ratios/Cargo.toml      # or --profile fat
//!     -- --strict     time and throughput fail the run as well
//!     -- --write      the tables go to docs/benchmarks.md too, and to docs/profiles.md where the instructions are
//!     -- --profile "compiled R3"      only where the instructions of this case are
//! ```
//!
//! It builds and runs `benches/before` as well, for the figures of ninelives 0.2.
//! It ends with
//! - 0 when every must holds that fails the run,
//! - 1 when one is missed,
//! - 2 when it cannot measure,
//! - 3 when what repeats to the digit is worse than on the committed page, whatever else is missed: of a case that
//!   a row calls ours a count is more than 1 % above it (2 instructions at least), or a must that held is missed.

mod before;
mod cases;
mod committed;
mod page;
mod profile;
mod profiles;
mod rows;
mod table;
mod verdict;

use committed::Committed;
use ninelives_measure::{Case, count};
use ninelives_report::Others;
use std::error::Error;
use std::process::ExitCode;
use tokio::runtime::Builder;
use verdict::Judged;

/// What the command line asks for.
#[derive(Default)]
struct Arguments {
    collect: bool,
    profile: Option<String>,
    strict: bool,
    write: bool,
}

impl Arguments {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut this = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                count::COLLECT => this.collect = true,
                count::COLLECT_ONE => {
                    this.profile = Some(arguments.next().ok_or("the name of a case is missing")?);
                }
                "--strict" => this.strict = true,
                "--write" => this.write = true,
                _ => return Err(format!("unknown argument `{argument}`")),
            }
        }
        Ok(this)
    }
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let _inside = runtime.enter();
    if arguments.collect {
        let cases = cases::all()?;
        let wanted =
            |case: &&Case| arguments.profile.as_ref().is_none_or(|name| case.name == *name);
        count::run(cases.iter().filter(wanted))?;
        return Ok(ExitCode::SUCCESS);
    }
    let profile = page::Profile::of_this_program()?;
    if let Some(case) = &arguments.profile {
        profile::show(case, &cases::all()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let others = Others::from_now()?;
    let before = before::measure(profile)?;
    let cases = cases::all()?;
    let mut measured = ninelives_measure::all(&cases)?;
    before::join(&mut measured, before)?;
    let rows =
        rows::ROWS.iter().map(|row| Judged::new(*row, &measured)).collect::<Result<Vec<_>, _>>()?;
    let tables = format!("{}\n{}", table::of_rows(&rows), table::of_cases(&measured));
    let worse = Committed::read(profile).worse(&rows, &measured, arguments.strict);
    println!("{tables}\n{}\n{}", table::summary(&rows), table::worse(&worse));
    if arguments.write {
        let from = page::provenance(&others)?;
        page::BENCHMARKS.write(profile, &format!("{from}\n{tables}"))?;
        page::PROFILES.write(profile, &profiles::of(&rows, &cases)?)?;
    }
    let missed = rows.iter().any(|row| row.fails(arguments.strict));
    Ok(ExitCode::from(if worse.is_empty() { u8::from(missed) } else { 3 }))
}
