//! ninelives 0.2, which pins an older tokio: it is asked by a program with a lock file of its own.

use peers_scenarios::{Asked, SCENARIOS, Verdict};
use std::error::Error;
use std::process::{Command, Stdio};

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/older/Cargo.toml");

pub(crate) fn ask() -> Result<Asked, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--locked", "--manifest-path", MANIFEST])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let lines = String::from_utf8(output.stdout)?;
    let verdicts: Vec<_> =
        lines.lines().map_while(Verdict::read).map(|verdict| (verdict, None)).collect();
    if verdicts.len() == SCENARIOS.len() {
        Ok(Asked { peer: "ninelives 0.2".to_owned(), verdicts })
    } else {
        Err(format!("{} verdicts from {MANIFEST}, {}", verdicts.len(), output.status).into())
    }
}
