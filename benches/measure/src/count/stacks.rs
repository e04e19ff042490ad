//! Where the instructions of a request are. Most functions of a policy are inlined: the debug
//! information of the program says which, into which, and at which instruction.

use super::callgrind::{Function, Place, Profile};
use super::{COLLECT_ONE, collected, in_folder, profile, under_callgrind};
use crate::Case;
use ninelives_report::output_of;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;
use std::process::Command;

/// Functions, each inlined into the one before it, or called by it.
pub type Stack = Vec<String>;

/// How the frames of the loop begin that sends the requests.
const LOOP: &str = "src/case.rs ";
/// Calls within one another; functions that call each other have no end.
const DEEPEST: usize = 32;

/// The instructions of a request of a counted case, by the functions in which they are.
///
/// # Errors
/// When a program that counts is missing.
pub fn stacks(case: &Case) -> Result<Vec<(Stack, f64)>, Box<dyn Error>> {
    in_folder(|folder| {
        let out = folder.join("out");
        under_callgrind(&out, &[COLLECT_ONE, &case.name])?;
        // After the three stretches of the case of which the counts are known.
        let [short, long] = [profile(&out, 5)?, profile(&out, 6)?];
        difference(&short, &long, collected::counted(case))
    })
}

/// What the long stretch has more, of each request.
fn difference(
    short: &Profile,
    long: &Profile,
    requests: f64,
) -> Result<Vec<(Stack, f64)>, Box<dyn Error>> {
    let mut places = HashMap::new();
    #[expect(clippy::iter_over_hash_type, reason = "a map is made of a map")]
    for (function, executed) in long.functions() {
        for (at, stack) in inlined(function, executed.keys().copied())? {
            places.insert((function.clone(), at), stack);
        }
    }
    let times = |profile: &Profile, (function, at): &Place| {
        let executed = profile.functions().get(function);
        executed.and_then(|executed| executed.get(at)).copied().unwrap_or_default() as f64
    };
    let mut stacks = BTreeMap::<Stack, f64>::new();
    #[expect(clippy::iter_over_hash_type, reason = "the sums are the same in any order")]
    for place in places.keys() {
        let mut stack = Stack::new();
        complete(&mut stack, place, long, &places, DEEPEST);
        // The loop that sends the requests is none of theirs.
        if let Some(last) = stack.iter().rposition(|frame| frame.starts_with(LOOP)) {
            stack.drain(..=last);
        }
        *stacks.entry(stack).or_default() += (times(long, place) - times(short, place)) / requests;
    }
    // What runs now and then, as a task that is woken, is no part of every request.
    Ok(stacks.into_iter().filter(|(_, instructions)| *instructions >= 0.5).collect())
}

/// Appends the stack at a place, after that of where its function is called most often.
fn complete(
    stack: &mut Stack,
    place: &Place,
    profile: &Profile,
    places: &HashMap<Place, Stack>,
    depth: usize,
) {
    let (function, _) = place;
    if let Some(caller) = profile.caller(&function.name).filter(|(caller, _)| caller != function)
        && depth > 0
    {
        complete(stack, caller, profile, places, depth - 1);
    }
    stack.extend(places.get(place).into_iter().flatten().cloned());
}

/// The stack within its function at each of these addresses.
fn inlined(
    function: &Function,
    addresses: impl Iterator<Item = u64>,
) -> Result<Vec<(u64, Stack)>, Box<dyn Error>> {
    let addresses: Vec<_> = addresses.collect();
    let called = vec![function.name.clone()];
    if !Path::new(&function.object).is_file() {
        return Ok(addresses.into_iter().map(|at| (at, called.clone())).collect());
    }
    let mut command = Command::new("addr2line");
    command.args(["--addresses", "--functions", "--inlines", "--demangle", "--exe"]);
    command.arg(&function.object).args(addresses.iter().map(|at| format!("{at:#x}")));
    let text = output_of(&mut command, "binutils")?;
    Ok(addresses
        .into_iter()
        .zip(text.trim_start_matches("0x").split("\n0x"))
        .map(|(at, part)| (at, stack_of(part).unwrap_or_else(|| called.clone())))
        .collect())
}

/// The stack that addr2line prints, the innermost first: pairs of a function and its place, after the
/// address.
fn stack_of(text: &str) -> Option<Stack> {
    let lines: Vec<_> = text.lines().skip(1).collect();
    let stack: Stack =
        lines.chunks_exact(2).rev().filter_map(|pair| frame(pair.first()?, pair.last()?)).collect();
    (!stack.is_empty()).then_some(stack)
}

/// A function without its type parameters, after the last parts of its file's path; nothing where
/// neither is known.
fn frame(function: &str, place: &str) -> Option<String> {
    let (file, _line) = place.rsplit_once(':')?;
    if file.starts_with('?') {
        return None;
    }
    let mut parts: Vec<_> = file.rsplit('/').take(2).collect();
    parts.reverse();
    let name = if function.starts_with('<') {
        function.rsplit("::").next()
    } else {
        function.split('<').next()
    };
    Some(format!("{} {}", parts.join("/"), name.unwrap_or(function)))
}

#[cfg(test)]
mod tests {
    use super::stack_of;

    #[test]
    fn the_innermost_function_is_the_last() {
        let text = "00000012ae\n\
            start<A<B>, C>\n/src/runtime/src/retry/node.rs:240\n\
            send<A>\n/src/benches/measure/src/request.rs:109\n\
            <F as Requests>::run\n/src/benches/measure/src/case.rs:19\n";
        let stack = stack_of(text).unwrap();
        assert_eq!(stack, ["src/case.rs run", "src/request.rs send", "retry/node.rs start"]);
    }

    #[test]
    fn what_has_no_debug_information_has_no_stack() {
        assert_eq!(stack_of("0001\nmemcpy\n??:0\n"), None);
        assert_eq!(stack_of("0001\n??\n??:?\n"), None);
    }
}
