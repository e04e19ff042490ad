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

/// One dumped part.
#[derive(Debug, Default)]
pub(super) struct Profile {
    objects: HashMap<String, Executed>,
    calls: HashMap<String, u64>,
}

impl Profile {
    /// Reads a part.
    pub(super) fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let mut profile = Self::default();
        let (mut object, mut called) = (String::new(), "");
        let mut inclusive = false;
        for line in text.lines() {
            if line.starts_with("0x") {
                let (at, times) = line.split_once(' ').ok_or_else(|| unreadable(line))?;
                if !inclusive {
                    *profile.executed(&object).entry(address(at)?).or_default() +=
                        times.trim().parse::<u64>()?;
                }
                inclusive = false;
            } else if let Some(name) = line.strip_prefix("ob=") {
                object = name.to_owned();
            } else if let Some(name) = line.strip_prefix("cfn=") {
                called = name;
            } else if let Some(calls) = line.strip_prefix("calls=") {
                let (times, _) = calls.split_once(' ').ok_or_else(|| unreadable(line))?;
                *profile.calls.entry(unversioned(called).to_owned()).or_default() +=
                    times.parse::<u64>()?;
                inclusive = true;
            } else if line.starts_with("events:") && line != "events: Ir" {
                return Err(unreadable(line));
            }
        }
        Ok(profile)
    }

    fn executed(&mut self, object: &str) -> &mut Executed {
        self.objects.entry(object.to_owned()).or_default()
    }

    /// Executed instructions.
    pub(super) fn instructions(&self) -> u64 {
        self.objects.values().flat_map(HashMap::values).sum()
    }

    /// How often one of these functions was called.
    pub(super) fn calls(&self, names: &[&str]) -> u64 {
        names.iter().filter_map(|name| self.calls.get(*name)).sum()
    }

    /// The objects by their paths.
    pub(super) fn objects(&self) -> impl Iterator<Item = (&str, &Executed)> {
        self.objects.iter().map(|(object, executed)| (object.as_str(), executed))
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
    use super::Profile;

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
    fn one_instruction_of_two_functions_is_one() {
        let profile = Profile::parse(PART).unwrap();
        let (_, executed) =
            profile.objects().find(|(object, _)| *object == "/bin/program").unwrap();
        assert_eq!(executed[&0x401136], 8);
    }

    #[test]
    fn a_profile_of_other_events_is_refused() {
        assert!(Profile::parse("events: Ir Dr Dw\n").is_err());
        assert!(Profile::parse("0x401136\n").is_err());
    }
}
