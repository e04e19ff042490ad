//! Where the instructions of a case are: a table of functions, alone or beside another case, and a flamegraph.

use inferno::flamegraph::{self, Options};
use ninelives_measure::count::{Stack, stacks};
use ninelives_measure::{Case, Measure};
use ninelives_report::table;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::fs::{self, File};
use std::iter;
use std::path::PathBuf;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target");

/// Prints the functions in which the instructions of a request are, and draws all stacks.
pub fn show(case: &str, cases: &[Case]) -> Result<(), Box<dyn Error>> {
    let unknown = || format!("no case that is counted is called `{case}`");
    let stacks = stacks(counted(case, cases).ok_or_else(unknown)?)?;
    println!("{}", table(&["function", "instructions", "share"], by_function(&stacks)));
    println!("{}", draw(case, &stacks)?.display());
    Ok(())
}

/// The counted case of this name.
pub fn counted<'a>(name: &str, cases: &'a [Case]) -> Option<&'a Case> {
    cases.iter().find(|case| case.name == name && case.has(&Measure::COUNTED))
}

/// The functions of cases beside one another, those first in which the first case has most; down to what is
/// one of a hundred in none of them.
pub fn beside(cases: &[&Case]) -> Result<String, Box<dyn Error>> {
    let stacks = cases.iter().map(|case| stacks(case)).collect::<Result<Vec<_>, _>>()?;
    let names = iter::once("function").chain(cases.iter().map(|case| case.name.as_str()));
    let head: Vec<_> = names.collect();
    Ok(table(&head, rows_beside(&stacks)))
}

fn rows_beside(stacks: &[Vec<(Stack, f64)>]) -> Vec<Vec<String>> {
    let functions: Vec<_> = stacks.iter().map(|stacks| functions(stacks)).collect();
    let sums: Vec<f64> = functions.iter().map(|functions| functions.values().sum()).collect();
    let counts = |name: &str| -> Vec<f64> {
        functions.iter().map(|known| known.get(name).copied().unwrap_or_default()).collect()
    };
    let mut rows: Vec<_> = functions
        .iter()
        .flat_map(HashMap::keys)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|name| (*name, counts(name)))
        .filter(|(_, counts)| counts.iter().zip(&sums).any(|(count, sum)| 100.0 * count >= *sum))
        .collect();
    rows.sort_by(|(_, one), (_, other)| {
        let by_case = one.iter().zip(other).map(|(few, many)| many.total_cmp(few));
        by_case.fold(Ordering::Equal, Ordering::then)
    });
    rows.push(("all", sums));
    let cells = |(name, counts): (&str, Vec<f64>)| {
        iter::once(name.to_owned()).chain(counts.into_iter().map(|count| format!("{count:.0}")))
    };
    rows.into_iter().map(|row| cells(row).collect()).collect()
}

/// The functions and what is in them alone, the most first, down to one of a hundred.
fn by_function(stacks: &[(Stack, f64)]) -> Vec<Vec<String>> {
    let functions = functions(stacks);
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

/// What is in each function alone, wherever it was called or inlined.
fn functions(stacks: &[(Stack, f64)]) -> HashMap<&str, f64> {
    let mut functions = HashMap::<&str, f64>::new();
    for (stack, instructions) in stacks {
        let function = stack.last().map_or("", String::as_str);
        *functions.entry(function).or_default() += instructions;
    }
    functions
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
    use super::{Stack, by_function, file_name, rows_beside};

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
    fn two_cases_stand_beside_each_other_without_what_is_nothing_in_both() {
        let stacks = |of: &[(&str, f64)]| -> Vec<(Stack, f64)> {
            of.iter().map(|(name, count)| (vec![(*name).to_owned()], *count)).collect()
        };
        let ours = stacks(&[("edge", 100.0), ("retry", 40.0), ("log", 1.0)]);
        let theirs = stacks(&[("edge", 100.0), ("box", 70.0), ("log", 1.0)]);
        let rows: Vec<_> =
            rows_beside(&[ours, theirs]).into_iter().map(|row| row.join(" ")).collect();
        assert_eq!(rows, ["edge 100 100", "retry 40 0", "box 0 70", "all 141 171"]);
    }

    #[test]
    fn a_case_is_a_file_name() {
        assert_eq!(file_name("compiled R3, one yield"), "compiled-R3-one-yield");
        assert_eq!(file_name("pass | pass"), "pass-pass");
    }
}
