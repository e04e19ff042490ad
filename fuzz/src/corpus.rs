//! The committed inputs: `corpus/` of the repository for every target, and the target's own folder.

use std::io;
use std::path::{Path, PathBuf};

/// One input: where it is, and its bytes.
pub type Input = (PathBuf, Vec<u8>);

/// The inputs of a target, by path.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn of(target: &str) -> io::Result<Vec<Input>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut inputs = Vec::new();
    read(&here.join("../corpus"), &mut inputs)?;
    read(&here.join("corpus").join(target), &mut inputs)?;
    inputs.sort();
    Ok(inputs)
}

fn read(path: &Path, inputs: &mut Vec<Input>) -> io::Result<()> {
    if !path.is_dir() {
        inputs.push((path.to_owned(), std::fs::read(path)?));
        return Ok(());
    }
    std::fs::read_dir(path)?.try_for_each(|entry| read(&entry?.path(), inputs))
}
