//! The programs that a measurement runs.

use std::error::Error;
use std::process::{Command, Stdio};

/// What a program prints; where there is no such program, which Debian package has it.
///
/// # Errors
/// When there is none, when it fails, or when it prints no text.
pub fn output_of(command: &mut Command, package: &str) -> Result<String, Box<dyn Error>> {
    let program = command.get_program().display().to_string();
    let output = command.stdin(Stdio::null()).output().map_err(|error| {
        format!("cannot run `{program}`: {error}; on Debian: `apt-get install {package}`")
    })?;
    if !output.status.success() {
        return Err(
            format!("`{program}` failed: {}", String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}
