//! What `policy!` costs the compiler: a crate that uses it once, and one that uses it 200 times, as
//! multiples of a crate that has the same dependencies and no policy. All are written afresh under
//! `target/`.

use ninelives_report::Own;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A figure is the least of so many: what else the machine does only ever adds.
const ROUNDS: u32 = 3;

/// As a multiple of what was reached, what fails.
const LEEWAY: f64 = 1.1;

/// A crate of so many policies, and the multiples of the control that were reached.
struct Case {
    name: &'static str,
    policies: usize,
    reached: Figures,
}

/// The crate alone, its dependencies not counted: built from nothing, and again after an edit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Figures {
    cold: f64,
    incremental: f64,
}

const CONTROL: Case = Case { name: "control", policies: 0, reached: Figures::ONE };
const CASES: [Case; 2] = [
    Case { name: "once", policies: 1, reached: Figures { cold: 5.6, incremental: 3.4 } },
    Case { name: "many", policies: 200, reached: Figures { cold: 118.0, incremental: 24.1 } },
];

/// Builds all of them by turns; the table, or with it what costs more than it did.
pub(crate) fn run(root: &Path) -> Result<String, String> {
    let folder = root.join("target/compile-time");
    let control = Package::write(root, &folder, &CONTROL)?;
    let packages =
        [Package::write(root, &folder, &CASES[0])?, Package::write(root, &folder, &CASES[1])?];
    // Dependencies are built once, and shared.
    control.build()?;
    let mut least = Figures::MOST;
    let mut leasts = [Figures::MOST; 2];
    for round in 0..ROUNDS {
        least = least.least(control.measure(round)?);
        for (package, least) in packages.iter().zip(&mut leasts) {
            *least = least.least(package.measure(round)?);
        }
    }
    let mut report = row(&CONTROL, least, least);
    let mut breaches = String::new();
    for (case, figures) in CASES.iter().zip(leasts) {
        report.push_str(&row(case, figures, least));
        breaches.push_str(&breach(case, figures.over(least)));
    }
    if breaches.is_empty() { Ok(report) } else { Err(format!("{report}\n{breaches}")) }
}

impl Figures {
    const ONE: Self = Self { cold: 1.0, incremental: 1.0 };
    const MOST: Self = Self { cold: f64::MAX, incremental: f64::MAX };

    fn least(self, other: Self) -> Self {
        Self {
            cold: self.cold.min(other.cold),
            incremental: self.incremental.min(other.incremental),
        }
    }

    fn over(self, control: Self) -> Self {
        Self { cold: self.cold / control.cold, incremental: self.incremental / control.incremental }
    }
}

fn row(case: &Case, figures: Figures, control: Figures) -> String {
    let ratios = figures.over(control);
    format!(
        "{:<8} {:>4} policies   cold {:>6.2} s {:>6.2}x   after an edit {:>6.2} s {:>6.2}x\n",
        case.name,
        case.policies,
        figures.cold,
        ratios.cold,
        figures.incremental,
        ratios.incremental,
    )
}

fn breach(case: &Case, ratios: Figures) -> String {
    let mut breaches = String::new();
    for (what, ratio, reached) in [
        ("cold", ratios.cold, case.reached.cold),
        ("after an edit", ratios.incremental, case.reached.incremental),
    ] {
        // What is no number holds no bound.
        if ratio.is_nan() || ratio > reached * LEEWAY {
            // Writing to a string cannot fail.
            let _ = writeln!(
                breaches,
                "{}, {what}: {ratio:.2} times the control; {reached:.2} was reached, and {LEEWAY} of that may be",
                case.name,
            );
        }
    }
    breaches
}

/// A generated crate.
struct Package {
    name: String,
    policies: usize,
    folder: PathBuf,
}

impl Package {
    fn write(root: &Path, folder: &Path, case: &Case) -> Result<Self, String> {
        let package = Self {
            name: format!("compile-time-{}", case.name),
            policies: case.policies,
            folder: folder.join(case.name),
        };
        let manifest = format!(
            "[workspace]\n[package]\nname = \"{}\"\nedition = \"2024\"\n\
             [dependencies]\nninelives = {{ path = {:?} }}\n",
            package.name, root,
        );
        let write = || {
            fs::create_dir_all(package.folder.join("src"))?;
            fs::write(package.folder.join("Cargo.toml"), manifest)?;
            fs::copy(root.join("Cargo.lock"), package.folder.join("Cargo.lock")).map(|_| ())
        };
        write().map_err(|error: std::io::Error| error.to_string())?;
        package.edit(0)?;
        Ok(package)
    }

    fn measure(&self, round: u32) -> Result<Figures, String> {
        self.cargo(&["clean", "--package", &self.name])?;
        let cold = self.build()?;
        self.edit(round + 1)?;
        Ok(Figures { cold, incremental: self.build()? })
    }

    fn edit(&self, edit: u32) -> Result<(), String> {
        fs::write(self.folder.join("src/main.rs"), source(self.policies, edit))
            .map_err(|error| error.to_string())
    }

    fn build(&self) -> Result<f64, String> {
        let before = processor_time()?;
        self.cargo(&["build"])?;
        Ok(processor_time()? - before)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<(), String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .current_dir(&self.folder)
            .args(arguments)
            .args(["--quiet", "--offline"])
            .env("CARGO_TARGET_DIR", self.folder.with_file_name("target"))
            .stdin(Stdio::null())
            .status()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("{}: {status}", self.name)) }
    }
}

/// Each policy guards a call of its own, and all of its code is made.
fn source(policies: usize, edit: u32) -> String {
    let mut source = format!(
        "fn poll(call: impl std::future::Future<Output = Result<u32, String>>) -> bool {{\n    \
             let mut task = std::task::Context::from_waker(std::task::Waker::noop());\n    \
             std::pin::pin!(call).poll(&mut task).is_ready()\n}}\n\n\
         fn main() {{\n    assert!(poll(async {{ Ok({edit}) }}));\n"
    );
    for number in 0..policies {
        // Writing to a string cannot fail.
        let _ = writeln!(source, "    assert!(poll(call_{number}()));");
    }
    source.push_str("}\n");
    for number in 0..policies {
        let _ = write!(
            source,
            "\nasync fn call_{number}() -> Result<u32, String> {{\n    \
                 let policy = ninelives::policy!(\n        \
                     bulkhead(64) + timeout({}ms) + retry(3) + circuit_breaker + attempt: timeout(250ms)\n    );\n    \
                 policy.run(|| async {{ Ok({number}) }}).await.map_err(|error: ninelives::PolicyError<String>| error.to_string())\n}}\n",
            1000 + number,
        );
    }
    source
}

/// Seconds that processors have worked for programs which this one ran and that have ended. It is told
/// in hundredths, and does not grow while others have the processor.
fn processor_time() -> Result<f64, String> {
    let own = Own::now().map_err(|error| error.to_string())?;
    Ok(own.children as f64 / 100.0)
}

#[cfg(test)]
mod tests {
    use super::{Case, Figures, breach, source};

    #[test]
    fn a_tenth_more_than_what_was_reached_is_the_most() {
        let case =
            Case { name: "x", policies: 1, reached: Figures { cold: 2.0, incremental: 4.0 } };
        assert_eq!(breach(&case, Figures { cold: 2.2, incremental: 4.4 }), "");
        assert_eq!(
            breach(&case, Figures { cold: 2.21, incremental: 1.0 }),
            "x, cold: 2.21 times the control; 2.00 was reached, and 1.1 of that may be\n"
        );
        assert_eq!(breach(&case, Figures { cold: f64::NAN, incremental: 4.41 }).lines().count(), 2);
    }

    #[test]
    fn the_figure_that_counts_is_the_least() {
        let least = Figures { cold: 3.0, incremental: 1.0 };
        let least = least.least(Figures { cold: 2.0, incremental: 4.0 });
        assert_eq!(
            least.over(Figures { cold: 2.0, incremental: 0.5 }),
            Figures { cold: 1.0, incremental: 2.0 }
        );
    }

    #[test]
    fn every_policy_is_called_and_an_edit_changes_something() {
        let many = source(200, 1);
        assert_eq!(many.matches("ninelives::policy!(").count(), 200);
        assert_eq!(many.matches("assert!(poll(call_").count(), 200);
        assert!(!source(0, 1).contains("ninelives"));
        assert_ne!(many, source(200, 2));
    }
}
