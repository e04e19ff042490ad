//! Callgrind's profile format, as far as one position a line (the instruction's address) and one
//! event (executed instructions), uncompressed, need it.
//!
//! ```text
//! ob=/path/of/the/object
//! fn=name
//! 0x401136 7             an address and how often it was executed
//! cfn=called
//! calls=3 0x401200       how often it was called from here
//! 0x40113b 120           what the called cost with all that they called: not of this function
//! ```

use std::collections::HashMap;
use std::error::Error;

/// How often each instruction of an object was executed, by its address in the object file.
pub(super) type Executed = HashMap<u64, u64>;

/// A function of an object.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Function {
    /// The path of the object.
    pub(super) object: String,
    /// Its name, without what a version adds to it.
    pub(super) name: String,
}

/// An instruction of a function.
pub(super) type Place = (Function, u64);

/// One dumped part.
#[derive(Debug, Default)]
pub(super) struct Profile {
    functions: HashMap<Function, Executed>,
    calls: HashMap<String, HashMap<Place, u64>>,
}

impl Profile {
    /// Reads a part.
    pub(super) fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let mut profile = Self::default();
        let (mut function, mut called) = (Function::default(), "");
        // How often the line before said that a function is called from the place on this one.
        let mut pending = None;
        for line in text.lines() {
            if line.starts_with("0x") {
                let (at, times) = line.split_once(' ').ok_or_else(|| unreadable(line))?;
                let at = address(at)?;
                let (times, count) = match pending.take() {
                    Some(times) => (times, profile.called(called, (function.clone(), at))),
                    None => (times.trim().parse()?, profile.executed(&function, at)),
                };
                *count += times;
            } else if let Some(name) = line.strip_prefix("ob=") {
                name.clone_into(&mut function.object);
            } else if let Some(name) = line.strip_prefix("fn=") {
                unversioned(name).clone_into(&mut function.name);
            } else if let Some(name) = line.strip_prefix("cfn=") {
                called = name;
            } else if let Some(calls) = line.strip_prefix("calls=") {
                let (times, _) = calls.split_once(' ').ok_or_else(|| unreadable(line))?;
                pending = Some(times.parse::<u64>()?);
            } else if line.starts_with("events:") && line != "events: Ir" {
                return Err(unreadable(line));
            }
        }
        Ok(profile)
    }

    fn executed(&mut self, function: &Function, at: u64) -> &mut u64 {
        self.functions.entry(function.clone()).or_default().entry(at).or_default()
    }

    fn called(&mut self, name: &str, from: Place) -> &mut u64 {
        let places = self.calls.entry(unversioned(name).to_owned()).or_default();
        places.entry(from).or_default()
    }

    /// Executed instructions.
    pub(super) fn instructions(&self) -> u64 {
        self.functions.values().flat_map(HashMap::values).sum()
    }

    /// How often one of these functions was called.
    pub(super) fn calls(&self, names: &[&str]) -> u64 {
        names.iter().filter_map(|name| self.calls.get(*name)).flat_map(HashMap::values).sum()
    }

    /// From where a function is called most often.
    pub(super) fn caller(&self, name: &str) -> Option<&Place> {
        let places = self.calls.get(name)?;
        places.iter().max_by_key(|(place, times)| (*times, place.1)).map(|(place, _)| place)
    }

    /// What was executed, by function.
    pub(super) fn functions(&self) -> &HashMap<Function, Executed> {
        &self.functions
    }
}

/// A function's name without what a recursion or a version of the symbol adds to it.
fn unversioned(name: &str) -> &str {
    name.split(['\'', '@']).next().unwrap_or(name)
}

fn address(text: &str) -> Result<u64, Box<dyn Error>> {
    let digits = text.strip_prefix("0x").ok_or_else(|| unreadable(text))?;
    u64::from_str_radix(digits, 16).map_err(Into::into)
}

fn unreadable(line: &str) -> Box<dyn Error> {
    format!("callgrind wrote a line that is none of its format: `{line}`").into()
}

#[cfg(test)]
mod tests {
    use super::{Function, Profile};

    const PART: &str = "\
# callgrind format
version: 1
creator: callgrind-3.19.0
part: 2
positions: instr
events: Ir
summary: 31

ob=/bin/program
fl=???
fn=collected
0x401136 7
0x40113b 2
cob=/lib/libc.so.6
cfi=???
cfn=clock_gettime@@GLIBC_2.17
calls=3 0x500000
0x40113b 120

ob=/lib/libc.so.6
fn=clock_gettime
0x500000 3
cfn=malloc
calls=1 0x500100
0x500004 40

ob=/bin/program
fn=collected'2
0x401136 1
totals: 31
";

    #[test]
    fn what_is_called_counts_where_it_is_and_not_again_where_it_is_called() {
        assert_eq!(Profile::parse(PART).unwrap().instructions(), 7 + 2 + 3 + 1);
    }

    #[test]
    fn calls_are_found_by_a_name_without_its_version() {
        let profile = Profile::parse(PART).unwrap();
        assert_eq!(profile.calls(&["clock_gettime"]), 3);
        assert_eq!(profile.calls(&["calloc", "malloc"]), 1);
        assert_eq!(profile.calls(&["realloc"]), 0);
    }

    #[test]
    fn the_caller_is_where_most_calls_come_from() {
        let profile = Profile::parse(PART).unwrap();
        let (caller, at) = profile.caller("clock_gettime").unwrap();
        assert_eq!((caller.name.as_str(), *at), ("collected", 0x40_113b));
        assert_eq!(profile.caller("collected"), None);
    }

    #[test]
    fn a_function_is_one_however_deep_it_recurses() {
        let profile = Profile::parse(PART).unwrap();
        let collected =
            Function { object: "/bin/program".to_owned(), name: "collected".to_owned() };
        assert_eq!(profile.functions()[&collected][&0x401136], 8);
    }

    #[test]
    fn a_profile_of_other_events_is_refused() {
        assert!(Profile::parse("events: Ir Dr Dw\n").is_err());
        assert!(Profile::parse("0x401136\n").is_err());
    }
}
