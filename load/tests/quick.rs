//! Five seconds of each load. What they take is for a machine with nothing else to do: `cargo xtask verify`.

use std::process::Command;

#[test]
fn every_load_balances_its_accounts() {
    let run = Command::new(env!("CARGO_BIN_EXE_load")).arg("--accounts").output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    for load in ["soak", "baseline", "medium", "spike", "high"] {
        assert!(said.contains(&format!("| {load}")), "no {load}:\n{said}");
    }
}
