//! What the process holds: live allocations, counted by its allocator, and resident memory.

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::fs;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Memory at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sample {
    /// From the beginning of the load.
    pub(crate) at: Duration,
    /// Allocations that were not freed.
    pub(crate) live: usize,
    /// Their bytes.
    pub(crate) live_bytes: usize,
    /// Resident memory in bytes, where the system says so.
    pub(crate) resident: usize,
}

impl Sample {
    /// What is held now.
    pub(crate) fn take(at: Duration) -> Self {
        let counts = ALLOCATOR.stats();
        Self {
            at,
            // Two counters, read one after the other.
            live: counts.allocations.saturating_sub(counts.deallocations),
            live_bytes: counts.bytes_allocated.saturating_sub(counts.bytes_deallocated),
            resident: fs::read_to_string("/proc/self/status")
                .ok()
                .and_then(|status| resident(&status))
                .unwrap_or(0),
        }
    }
}

fn resident(status: &str) -> Option<usize> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<usize>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::{Sample, resident};
    use std::time::Duration;

    #[test]
    fn resident_memory_is_read_in_kibibytes() {
        assert_eq!(resident("VmSize:\t  9 kB\nVmRSS:\t     20 kB\n"), Some(20 * 1024));
        assert_eq!(resident("VmSize:\t  9 kB\n"), None);
    }

    #[test]
    fn what_is_kept_is_live_until_it_is_dropped() {
        let kept: Vec<_> = (0..20_000).map(|_| Box::new([1_u8; 4096])).collect();
        let full = Sample::take(Duration::ZERO);
        drop(kept);
        let empty = Sample::take(Duration::ZERO);
        // Other tests allocate meanwhile, but not as much.
        assert!(full.live > empty.live + 10_000, "{full:?} {empty:?}");
        assert!(full.live_bytes > empty.live_bytes + 10_000 * 4096, "{full:?} {empty:?}");
    }
}
