//! Where the instructions of one case are: a table of functions, and a flamegraph.

use inferno::flamegraph::{self, Options};
use ninelives_measure::count::{Stack, stacks};
use ninelives_measure::{Case, Measure};
use ninelives_report::table;
use std::collections::HashMap;
use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target");

/// Prints the functions in which the instructions of a request are, and draws all stacks.
pub fn show(case: &str, cases: &[Case]) -> Result<(), Box<dyn Error>> {
    if !cases.iter().any(|known| known.name == case && known.has(&Measure::COUNTED)) {
        return Err(format!("no case that is counted is called `{case}`").into());
    }
    let stacks = stacks(case)?;
    println!("{}", table(&["function", "instructions", "share"], by_function(&stacks)));
    println!("{}", draw(case, &stacks)?.display());
    Ok(())
}

/// The functions and what is in them alone, the most first, down to one of a hundred.
fn by_function(stacks: &[(Stack, f64)]) -> Vec<Vec<String>> {
    let mut functions = HashMap::<&str, f64>::new();
    for (stack, instructions) in stacks {
        let function = stack.last().map_or("", String::as_str);
        *functions.entry(function).or_default() += instructions;
    }
    let sum: f64 = functions.values().sum();
    let mut functions: Vec<_> = functions.into_iter().collect();
    functions.sort_by(|(one, few), (other, many)| many.total_cmp(few).then(one.cmp(other)));
    let share = |instructions| 100.0 * instructions / sum;
    let row = |(function, instructions): (&str, f64)| {
        let share = format!("{:.0} %", share(instructions));
        vec![function.to_owned(), format!("{instructions:.0}"), share]
    };
    functions.into_iter().take_while(|(_, few)| share(*few) >= 1.0).map(row).collect()
}

/// The flamegraph, beside what cargo built.
fn draw(case: &str, stacks: &[(Stack, f64)]) -> Result<PathBuf, Box<dyn Error>> {
    // Not there yet where cargo builds elsewhere.
    fs::create_dir_all(FOLDER)?;
    let path = PathBuf::from(FOLDER).join(format!("{}.svg", file_name(case)));
    let lines: Vec<_> = stacks
        .iter()
        .map(|(stack, instructions)| format!("{} {}", stack.join(";"), instructions.round()))
        .collect();
    let mut options = Options::default();
    options.title = format!("{case}: instructions of a request");
    options.count_name = "instructions".to_owned();
    options.deterministic = true;
    let lines = lines.iter().map(String::as_str);
    flamegraph::from_lines(&mut options, lines, File::create(&path)?)?;
    Ok(path)
}

fn file_name(case: &str) -> String {
    let words = case.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::{by_function, file_name};

    #[test]
    fn a_function_has_what_is_in_it_wherever_it_was_inlined() {
        let stack = |of: &[&str]| of.iter().map(|name| (*name).to_owned()).collect();
        let stacks = [
            (stack(&["a"]), 10.0),
            (stack(&["a", "b"]), 25.0),
            (stack(&["c", "b"]), 14.6),
            (stack(&["c"]), 0.4),
        ];
        let rows: Vec<_> = by_function(&stacks).into_iter().map(|row| row.join(" ")).collect();
        assert_eq!(rows, ["b 40 79 %", "a 10 20 %"]);
    }

    #[test]
    fn a_case_is_a_file_name() {
        assert_eq!(file_name("compiled R3, one yield"), "compiled-R3-one-yield");
        assert_eq!(file_name("pass | pass"), "pass-pass");
    }
}
