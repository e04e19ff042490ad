//! Crates that are written afresh under `target/`, to see what building them takes and gives. They have the
//! versions that this repository locks, and one folder for what cargo builds.

use ninelives_report::Own;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A generated crate.
pub(crate) struct Generated {
    name: String,
    folder: PathBuf,
}

impl Generated {
    /// A crate in a folder of its own below `folder`, called by both. `more` is the rest of its manifest, after
    /// its dependency on Nine Lives.
    pub(crate) fn write(
        root: &Path,
        folder: &Path,
        name: &str,
        more: &str,
    ) -> Result<Self, String> {
        let all = folder.file_name().and_then(OsStr::to_str).unwrap_or("generated");
        let package = Self { name: format!("{all}-{name}"), folder: folder.join(name) };
        let manifest = format!(
            "[workspace]\n[package]\nname = \"{}\"\nedition = \"2024\"\n\
             [dependencies]\nninelives = {{ path = {root:?} }}\n{more}",
            package.name,
        );
        let write = || {
            fs::create_dir_all(package.folder.join("src"))?;
            fs::write(package.folder.join("Cargo.toml"), manifest)?;
            fs::copy(root.join("Cargo.lock"), package.folder.join("Cargo.lock")).map(|_| ())
        };
        write().map_err(|error: std::io::Error| error.to_string())?;
        Ok(package)
    }

    /// Writes its only source file.
    pub(crate) fn edit(&self, source: &str) -> Result<(), String> {
        fs::write(self.folder.join("src/main.rs"), source).map_err(|error| error.to_string())
    }

    /// Builds it in a profile; processor seconds.
    pub(crate) fn build(&self, profile: &str) -> Result<f64, String> {
        let before = processor_time()?;
        self.cargo(&["build", "--profile", profile])?;
        Ok(processor_time()? - before)
    }

    /// The same from nothing, but for its dependencies: those are there once it was built.
    pub(crate) fn build_cold(&self, profile: &str) -> Result<f64, String> {
        self.cargo(&["clean", "--package", &self.name, "--profile", profile])?;
        self.build(profile)
    }

    /// What a build in this profile made; not in `dev`, which cargo puts into a folder of another name.
    pub(crate) fn program(&self, profile: &str) -> PathBuf {
        self.target().join(profile).join(&self.name)
    }

    fn target(&self) -> PathBuf {
        self.folder.with_file_name("target")
    }

    fn cargo(&self, arguments: &[&str]) -> Result<(), String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .current_dir(&self.folder)
            .args(arguments)
            .args(["--quiet", "--offline"])
            .env("CARGO_TARGET_DIR", self.target())
            .stdin(Stdio::null())
            .status()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("{}: {status}", self.name)) }
    }
}

/// Seconds that processors have worked for programs which this one ran and that have ended. It is told
/// in hundredths, and does not grow while others have the processor.
fn processor_time() -> Result<f64, String> {
    let own = Own::now().map_err(|error| error.to_string())?;
    Ok(own.children as f64 / 100.0)
}
