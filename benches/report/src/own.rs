//! What this process used of the processors.

use std::error::Error;
use std::fs;

/// Ticks of the kernel, a hundred a second, as `proc_pid_stat(5)` has them. They do not pass while others
/// have the processor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Own {
    /// For this process.
    pub process: u64,
    /// For those that it started and waited for.
    pub children: u64,
}

impl Own {
    /// Up to now.
    ///
    /// # Errors
    /// Where the machine does not say, as any but Linux.
    pub fn now() -> Result<Self, Box<dyn Error>> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        Self::read(&stat).ok_or_else(|| "/proc/self/stat has another format".into())
    }

    fn read(stat: &str) -> Option<Self> {
        // The name of the program, in parentheses, may hold anything.
        let (_, fields) = stat.rsplit_once(") ")?;
        let mut times = fields.split_whitespace().skip(11).map(|time| time.parse::<u64>().ok());
        let mut both = || Some(times.next()?? + times.next()??);
        Some(Self { process: both()?, children: both()? })
    }
}

#[cfg(test)]
mod tests {
    use super::Own;

    #[test]
    fn times_are_read_whatever_the_program_is_called() {
        let stat = "7 (a (b) c) R 1 7 7 0 -1 4 9 0 0 0 30 5 4 1 20 0 2 0 100 9 9 9\n";
        assert_eq!(Own::read(stat), Some(Own { process: 35, children: 5 }));
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 150 25 20 0\n";
        assert_eq!(Own::read(stat), Some(Own { process: 23, children: 175 }));
        for other in ["", "7 (a) R 1 2 3", "7 a R 1 7 7 0 -1 4 9 0 0 0 30 5 4 1"] {
            assert_eq!(Own::read(other), None, "{other}");
        }
    }
}
