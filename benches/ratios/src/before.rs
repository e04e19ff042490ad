//! The figures of ninelives 0.2, which needs an older tokio and so is measured by another program.

use crate::page::Profile;
use ninelives_measure::{Measure, Measured, from_text};
use ninelives_report::output_of;
use std::error::Error;
use std::process::Command;

/// As [`measure`] locks it.
pub const LOCK_FILE: &str = include_str!("../../before/Cargo.lock");

/// How the names of its cases begin.
#[cfg(test)]
pub const NAME: &str = "ninelives 0.2 ";

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../before/Cargo.toml");
/// The case that both programs measure.
const COMMON: &str = "tower R3";

/// Builds and runs that program, in the same profile as this one.
pub fn measure(profile: Profile) -> Result<Measured, Box<dyn Error>> {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--locked", "--profile", profile.name()]);
    command.args(["--manifest-path", MANIFEST]);
    let text = output_of(&mut command, "cargo")
        .map_err(|error| format!("ninelives 0.2 is not measured, see benches/before: {error}"))?;
    from_text(&text)
}

/// Adds what only the other program measured. Its times are put at the speed of this process: the ratio
/// of any of them to one of these is that of the two ratios to the case that both measured.
pub fn join(here: &mut Measured, before: Measured) -> Result<(), Box<dyn Error>> {
    let factor = common_time(here)? / common_time(&before)?;
    for (case, figures) in before {
        if here.iter().all(|(known, _)| *known != case) {
            here.push((case, figures.slowed(factor)));
        }
    }
    Ok(())
}

fn common_time(measured: &Measured) -> Result<f64, String> {
    let figures = measured.iter().find(|(case, _)| case == COMMON).map(|(_, figures)| figures);
    figures
        .and_then(|figures| figures.get(Measure::Time))
        .ok_or_else(|| format!("no time of `{COMMON}`"))
}

#[cfg(test)]
mod tests {
    use super::join;
    use ninelives_measure::{Measure, from_text};

    #[test]
    fn times_of_the_other_program_are_at_the_speed_of_this_one() {
        let mut here = from_text("tower R3\ttime\t100\nours\ttime\t50").unwrap();
        let there = "tower R3\ttime\t80\ntheirs\ttime\t400\ntheirs\tlocked\t20";
        join(&mut here, from_text(there).unwrap()).unwrap();
        let names: Vec<_> = here.iter().map(|(case, _)| case.as_str()).collect();
        assert_eq!(names, ["tower R3", "ours", "theirs"]);
        let (_, theirs) = here.last().unwrap();
        assert_eq!(theirs.get(Measure::Time), Some(500.0));
        assert_eq!(theirs.get(Measure::Locked), Some(20.0));
    }

    #[test]
    fn without_the_common_case_nothing_can_be_compared() {
        let mut here = from_text("ours\ttime\t50").unwrap();
        assert!(join(&mut here, from_text("theirs\ttime\t400").unwrap()).is_err());
    }
}
