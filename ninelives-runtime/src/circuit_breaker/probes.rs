//! The calls that a half-open circuit admits to find out whether the service is back.

/// One cycle of probes.
#[derive(Debug, Default)]
pub(super) struct Probes {
    /// How many, at once and in the whole cycle. Kept for the cycle: were it read afresh, a
    /// smaller number could leave the circuit half-open with nobody to admit.
    allowed: usize,
    /// How long a probe may take, in nanoseconds.
    lease: u64,
    succeeded: usize,
    /// By slot, the end of the lease of the probe that has it.
    leases: Vec<Option<u64>>,
}

impl Probes {
    /// A cycle of `allowed` probes, each of which counts as failed after `lease` nanoseconds.
    pub(super) fn new(allowed: u32, lease: u64) -> Self {
        Self { allowed: usize::try_from(allowed).unwrap_or(usize::MAX), lease, ..Self::default() }
    }

    /// A slot, if one is free.
    pub(super) fn admit(&mut self, now: u64) -> Option<u16> {
        if self.full() {
            return None;
        }
        let until = Some(now.saturating_add(self.lease));
        let free = self.leases.iter().position(Option::is_none);
        let slot = free.unwrap_or(self.leases.len());
        match self.leases.get_mut(slot) {
            Some(lease) => *lease = until,
            None => self.leases.push(until),
        }
        u16::try_from(slot).ok()
    }

    /// The probe ended without saying anything: its slot is free again.
    pub(super) fn give_back(&mut self, slot: u16) {
        if let Some(lease) = self.leases.get_mut(usize::from(slot)) {
            *lease = None;
        }
    }

    /// The probe succeeded. True when it was the last that the cycle needed.
    pub(super) fn succeed(&mut self, slot: u16) -> bool {
        self.give_back(slot);
        self.succeeded += 1;
        self.succeeded >= self.allowed
    }

    /// Some probe has outlived its lease.
    pub(super) fn overdue(&self, now: u64) -> bool {
        self.first_end().is_some_and(|end| now >= end)
    }

    /// Until when there is nothing to admit; zero when a slot is free.
    pub(super) fn full_until(&self) -> u64 {
        if self.full() { self.first_end().unwrap_or(0) } else { 0 }
    }

    fn full(&self) -> bool {
        self.succeeded + self.leases.iter().flatten().count() >= self.allowed
    }

    fn first_end(&self) -> Option<u64> {
        self.leases.iter().flatten().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycle_admits_exactly_as_many_as_allowed() {
        let mut probes = Probes::new(3, 100);
        let slots: Vec<_> = (0..5).filter_map(|now| probes.admit(now)).collect();
        assert_eq!(slots, [0, 1, 2]);
        assert_eq!(probes.full_until(), 100);
        assert!(!probes.succeed(0));
        assert_eq!(probes.admit(9), None, "a success does not free a slot");
        probes.give_back(1);
        assert_eq!(probes.full_until(), 0);
        assert_eq!(probes.admit(9), Some(0), "a cancelled probe does");
        assert!(!probes.succeed(2));
        assert!(probes.succeed(0));
    }

    #[test]
    fn lease_of_the_oldest_probe_ends_first() {
        let mut probes = Probes::new(2, 100);
        assert_eq!(probes.admit(10), Some(0));
        assert_eq!(probes.admit(20), Some(1));
        assert!(!probes.overdue(109));
        assert!(probes.overdue(110));
        probes.give_back(0);
        assert!(!probes.overdue(110));
    }
}
