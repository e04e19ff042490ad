//! What is generated is what would be generated now.

use std::process::Command;

#[test]
fn every_generated_file_is_up_to_date() {
    let check = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["codegen", "--check"]).output();
    let check = check.expect("the program of this package runs");
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}
