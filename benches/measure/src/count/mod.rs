//! What repeats to the digit: instructions, locked operations, clock reads and allocations of one
//! request, all from one run of the program under callgrind.
//!
//! The program runs itself: started with [`COLLECT`], it has to [`run`] the same cases.

mod callgrind;
mod collected;
mod disassembly;
mod stacks;

pub use collected::run;
pub use stacks::{Stack, stacks};

use crate::{Case, known};
use callgrind::Profile;
use disassembly::Locked;
use ninelives_report::output_of;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::{env, fs, iter, process};

/// The argument that makes a program the one that is counted.
pub const COLLECT: &str = "--collect";

/// Before the name of a case: the only one that is counted then.
pub const COLLECT_ONE: &str = "--profile";

/// The functions of the C library that allocate. None of them calls another one.
const ALLOCATE: [&str; 5] = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"];

/// Costs of one request, in the order of [`Measure::COUNTED`].
type Counts = [f64; 4];

/// Counts cases.
pub(crate) fn of(cases: &[&Case]) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        return Err("locked operations are known for x86-64 on Linux only".into());
    }
    let known = known::case();
    let cases: Vec<_> = iter::once(&known).chain(cases.iter().copied()).collect();
    let mut counted = in_folder(|folder| count_in(folder, &cases))?.into_iter();
    match counted.next() {
        Some([_, 1.0, 1.0, 1.0]) => Ok(counted.map(Vec::from).collect()),
        counts => Err(format!("one of each was counted as {counts:?}").into()),
    }
}

/// Does something in a folder that is there for it alone.
fn in_folder<T>(
    work: impl FnOnce(&Path) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("measure-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let done = work(&folder);
    fs::remove_dir_all(&folder)?;
    done
}

/// The profile of a collected stretch: all are numbered from one, and of each case the first is the
/// warm-up.
fn profile(out: &Path, number: usize) -> Result<Profile, Box<dyn Error>> {
    Profile::parse(&fs::read_to_string(out.with_added_extension(number.to_string()))?)
}

fn count_in(folder: &Path, cases: &[&Case]) -> Result<Vec<Counts>, Box<dyn Error>> {
    let out = folder.join("out");
    under_callgrind(&out, &[])?;
    let mut locked = LockedByObject::default();
    let mut part = |number: usize| -> Result<[u64; 4], Box<dyn Error>> {
        let profile = profile(&out, number)?;
        Ok([
            profile.instructions(),
            locked.count(&profile)?,
            profile.calls(&["clock_gettime"]),
            profile.calls(&ALLOCATE),
        ])
    };
    let counts = |(at, case): (usize, &&Case)| {
        let [short, long] = [part(3 * at + 2)?, part(3 * at + 3)?];
        Ok(per_request(short, long, collected::counted(case)))
    };
    cases.iter().enumerate().map(counts).collect()
}

/// The difference of a short stretch and a long one: what both pay once cancels.
fn per_request(short: [u64; 4], long: [u64; 4], requests: f64) -> Counts {
    let mut counts = short;
    for (count, long) in counts.iter_mut().zip(long) {
        *count = long - *count;
    }
    counts.map(|count| count as f64 / requests)
}

/// Runs this program under callgrind.
fn under_callgrind(out: &Path, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--dump-instr=yes", "--dump-line=no"])
        .args(["--compress-strings=no", "--compress-pos=no"])
        .arg(format!("--toggle-collect={}", collected::SYMBOL))
        .arg(format!("--dump-after={}", collected::SYMBOL))
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(env::current_exe()?)
        .arg(COLLECT)
        .args(arguments);
    output_of(&mut command, "valgrind").map(drop)
}

/// The locked instructions of every object that ran, each disassembled once.
#[derive(Default)]
struct LockedByObject(HashMap<String, Locked>);

impl LockedByObject {
    /// How many times a locked instruction was executed.
    fn count(&mut self, profile: &Profile) -> Result<u64, Box<dyn Error>> {
        let mut sum = 0;
        #[expect(clippy::iter_over_hash_type, reason = "a sum is the same in any order")]
        for (function, executed) in profile.functions() {
            let locked = self.of(&function.object)?;
            sum += executed
                .iter()
                .filter_map(|(address, times)| locked.contains(*address).then_some(times))
                .sum::<u64>();
        }
        Ok(sum)
    }

    fn of(&mut self, object: &str) -> Result<&Locked, Box<dyn Error>> {
        match self.0.entry(object.to_owned()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => Ok(unknown.insert(disassemble(object)?)),
        }
    }
}

fn disassemble(object: &str) -> Result<Locked, Box<dyn Error>> {
    // What belongs to no file is the kernel's own, which locks nothing here.
    if !Path::new(object).is_file() {
        return Ok(Locked::default());
    }
    let mut command = Command::new("objdump");
    command.args(["--disassemble", "--no-show-raw-insn", object]);
    Ok(Locked::parse(&output_of(&mut command, "binutils")?))
}
