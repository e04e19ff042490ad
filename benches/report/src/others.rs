//! How much of the machine others used while something was measured: the load average cannot say it, the
//! program that measures is in it.

use crate::Own;
use std::error::Error;
use std::fs;

/// Time that processors were busy, in ticks of the kernel since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Ticks {
    /// Of one processor, busy or not.
    passed: u64,
    /// Of all of them, busy; what another guest took from this one is among it.
    busy: u64,
    /// For this process, and for those that it started and waited for.
    own: u64,
}

/// What others use from some moment on.
#[derive(Debug)]
pub struct Others(Ticks);

impl Others {
    /// From now on.
    ///
    /// # Errors
    /// Where the machine does not say, as any but Linux.
    pub fn from_now() -> Result<Self, Box<dyn Error>> {
        Ticks::now().map(Self)
    }

    /// How many processors, on average since then.
    ///
    /// # Errors
    /// As [`from_now`](Self::from_now).
    pub fn processors(&self) -> Result<f64, Box<dyn Error>> {
        Ok(Ticks::now()?.others_since(self.0))
    }
}

impl Ticks {
    fn now() -> Result<Self, Box<dyn Error>> {
        let machine = fs::read_to_string("/proc/stat")?;
        let own = Own::now()?;
        Self::read(&machine, own.process + own.children)
            .ok_or_else(|| "/proc/stat has another format".into())
    }

    /// As `proc_stat(5)` has it.
    fn read(machine: &str, own: u64) -> Option<Self> {
        let (all, rest) = machine.strip_prefix("cpu ")?.split_once('\n')?;
        // user, nice, system, idle, waiting, two kinds of interrupts, stolen; guests are in the first two.
        let all = numbers(all).take(8).collect::<Option<Vec<_>>>()?;
        let [.., idle, waiting, _, _, _] = *all else { return None };
        let sum: u64 = all.iter().sum();
        let processors = rest.lines().filter(|line| line.starts_with("cpu")).count();
        Some(Self {
            passed: sum.checked_div(processors.try_into().ok()?)?,
            busy: sum - idle - waiting,
            own,
        })
    }

    fn others_since(self, then: Self) -> f64 {
        let others = (self.busy - then.busy).saturating_sub(self.own - then.own);
        others as f64 / (self.passed - then.passed).max(1) as f64
    }
}

fn numbers(text: &str) -> impl Iterator<Item = Option<u64>> {
    text.split_whitespace().map(|number| number.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::Ticks;

    #[test]
    fn ticks_are_read_as_the_kernel_writes_them() {
        let machine = "cpu  100 2 50 1000 20 3 4 21 9 9\ncpu0 1 2 3\ncpu1 1 2 3\nintr 7\n";
        let ticks = Ticks::read(machine, 40).unwrap();
        assert_eq!(ticks, Ticks { passed: 600, busy: 180, own: 40 });
        for other in ["", "cpu  1 2\n", "cpu  a b c d e f g h\ncpu0 1\n"] {
            assert_eq!(Ticks::read(other, 40), None, "{other}");
        }
    }

    #[test]
    fn others_are_who_was_busy_and_not_this() {
        let then = Ticks { passed: 1_000, busy: 500, own: 100 };
        let now = Ticks { passed: 1_100, busy: 650, own: 230 };
        assert!((now.others_since(then) - 0.2).abs() < 1e-9);
        assert!(then.others_since(then) <= 0.0);
    }
}
