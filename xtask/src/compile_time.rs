//! What `policy!` costs the compiler: a crate that uses it once, and one that uses it 200 times, as
//! multiples of a crate that has the same dependencies and no policy. All are written afresh under
//! `target/`.

use crate::generated::Generated;
use crate::page;
use ninelives_report::table;
use std::fmt::Write;
use std::path::Path;

/// What a developer waits for.
const PROFILE: &str = "dev";

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
    Case { name: "many", policies: 200, reached: Figures { cold: 108.0, incremental: 24.1 } },
];

/// Builds all of them by turns; the table, or with it what costs more than it did.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<String, String> {
    let page = page::Section::asked("compile-time", arguments)?;
    let folder = root.join("target/compile-time");
    let control = Package::write(root, &folder, &CONTROL)?;
    let packages =
        [Package::write(root, &folder, &CASES[0])?, Package::write(root, &folder, &CASES[1])?];
    // Dependencies are built once, and shared.
    control.generated.build(PROFILE)?;
    let mut least = Figures::MOST;
    let mut leasts = [Figures::MOST; 2];
    for round in 0..ROUNDS {
        least = least.least(control.measure(round)?);
        for (package, least) in packages.iter().zip(&mut leasts) {
            *least = least.least(package.measure(round)?);
        }
    }
    let mut report = line(&CONTROL, least, least);
    let mut rows = vec![row(&CONTROL, least, least)];
    let mut breaches = String::new();
    for (case, figures) in CASES.iter().zip(leasts) {
        report.push_str(&line(case, figures, least));
        rows.push(row(case, figures, least));
        breaches.push_str(&breach(case, figures.over(least)));
    }
    if !breaches.is_empty() {
        return Err(format!("{report}\n{breaches}"));
    }
    page.written(root, table(&["policies", "cold", "", "after an edit", ""], rows))?;
    Ok(report)
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

fn line(case: &Case, figures: Figures, control: Figures) -> String {
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

/// The same for the page.
fn row(case: &Case, figures: Figures, control: Figures) -> Vec<String> {
    let ratios = figures.over(control);
    let both = |seconds, ratio| [format!("{seconds:.2} s"), format!("{ratio:.2}×")];
    let [cold, edited] =
        [both(figures.cold, ratios.cold), both(figures.incremental, ratios.incremental)];
    [case.policies.to_string()].into_iter().chain(cold).chain(edited).collect()
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

/// A crate of so many policies.
struct Package {
    policies: usize,
    generated: Generated,
}

impl Package {
    fn write(root: &Path, folder: &Path, case: &Case) -> Result<Self, String> {
        let generated = Generated::write(root, folder, case.name, "")?;
        let package = Self { policies: case.policies, generated };
        package.edit(0)?;
        Ok(package)
    }

    fn measure(&self, round: u32) -> Result<Figures, String> {
        let cold = self.generated.build_cold(PROFILE)?;
        self.edit(round + 1)?;
        Ok(Figures { cold, incremental: self.generated.build(PROFILE)? })
    }

    fn edit(&self, edit: u32) -> Result<(), String> {
        self.generated.edit(&source(self.policies, edit))
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
