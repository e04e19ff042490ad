//! What repeats to the digit: instructions, locked operations, clock reads and allocations of one
//! request, all from one run of this program under callgrind.

mod callgrind;
mod collected;
mod disassembly;

pub use collected::run as run_collected;

use callgrind::Profile;
use disassembly::Locked;
use ninelives_report::output_of;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::{env, fs, process};

/// The argument that makes this program the one that is counted.
pub const COLLECT: &str = "--collect";

/// The functions of the C library that allocate. None of them calls another one.
const ALLOCATE: [&str; 5] = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"];

/// Costs of one request.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Instructions.
    pub instructions: f64,
    /// Locked read-modify-writes.
    pub locked: f64,
    /// Calls of `clock_gettime`.
    pub clock: f64,
    /// Calls of the allocator.
    pub allocations: f64,
}

/// Counts so many cases, in the order of [`cases::all`](crate::cases::all).
pub fn count(cases: usize) -> Result<Vec<Counts>, Box<dyn Error>> {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        return Err("locked operations are known for x86-64 on Linux only".into());
    }
    let folder = env::temp_dir().join(format!("ratios-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let counted = count_in(&folder, cases);
    fs::remove_dir_all(&folder)?;
    counted
}

fn count_in(folder: &Path, cases: usize) -> Result<Vec<Counts>, Box<dyn Error>> {
    let out = folder.join("out");
    under_callgrind(&out)?;
    let mut locked = LockedByObject::default();
    // Every collected stretch is a part of its own, numbered from one; of each case the first is
    // the warm-up.
    let mut part = |number: usize| -> Result<Counts, Box<dyn Error>> {
        let text = fs::read_to_string(out.with_added_extension(number.to_string()))?;
        let profile = Profile::parse(&text)?;
        Ok(Counts {
            instructions: profile.instructions() as f64,
            locked: locked.count(&profile)? as f64,
            clock: profile.calls(&["clock_gettime"]) as f64,
            allocations: profile.calls(&ALLOCATE) as f64,
        })
    };
    (0..cases).map(|case| Ok(per_request(part(3 * case + 2)?, part(3 * case + 3)?))).collect()
}

/// The difference of a short stretch and a long one: what both pay once cancels.
fn per_request(short: Counts, long: Counts) -> Counts {
    let requests = (collected::LONG - collected::SHORT) as f64;
    let each = |cost: fn(&Counts) -> f64| (cost(&long) - cost(&short)) / requests;
    Counts {
        instructions: each(|counts| counts.instructions),
        locked: each(|counts| counts.locked),
        clock: each(|counts| counts.clock),
        allocations: each(|counts| counts.allocations),
    }
}

/// Runs this program under callgrind.
fn under_callgrind(out: &Path) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--dump-instr=yes", "--dump-line=no"])
        .args(["--compress-strings=no", "--compress-pos=no"])
        .arg(format!("--toggle-collect={}", collected::SYMBOL))
        .arg(format!("--dump-after={}", collected::SYMBOL))
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(env::current_exe()?)
        .arg(COLLECT);
    output_of(&mut command, "valgrind").map(drop)
}

/// The locked instructions of every object that ran, each disassembled once.
#[derive(Default)]
struct LockedByObject(HashMap<String, Locked>);

impl LockedByObject {
    /// How many times a locked instruction was executed.
    fn count(&mut self, profile: &Profile) -> Result<u64, Box<dyn Error>> {
        let mut sum = 0;
        for (object, executed) in profile.objects() {
            let locked = self.of(object)?;
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
