//! How long the circuit stays open: doubling per reopening, with equal jitter.

use fastrand::Rng;
use std::time::Duration;

/// The cooldowns since the circuit was last closed.
#[derive(Debug)]
pub(super) struct Cooldown {
    reopenings: u32,
    random: Rng,
}

impl Cooldown {
    pub(super) fn new(random: Rng) -> Self {
        Self { reopenings: 0, random }
    }

    /// The circuit closed: the next cooldown is the first one again.
    pub(super) fn restart(&mut self) {
        self.reopenings = 0;
    }

    /// The circuit opened once more without having closed.
    pub(super) fn lengthen(&mut self) {
        self.reopenings = self.reopenings.saturating_add(1);
    }

    /// The cooldown in force, before jitter. A `first` above the ceiling is neither doubled nor
    /// cut.
    pub(super) fn full(&self, first: Duration, ceiling: Duration) -> Duration {
        let factor = 1_u32.checked_shl(self.reopenings).unwrap_or(u32::MAX);
        first.saturating_mul(factor).min(ceiling.max(first))
    }

    /// Between half of `full` and the whole of it, so that replicas do not come back on one beat.
    pub(super) fn spread(&mut self, full: Duration) -> Duration {
        let half = full / 2;
        let rest = u64::try_from((full - half).as_nanos()).unwrap_or(u64::MAX);
        half.saturating_add(Duration::from_nanos(self.random.u64(0..=rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, proptest};

    #[test]
    fn cooldown_doubles_up_to_its_ceiling() {
        let mut cooldown = Cooldown::new(Rng::with_seed(1));
        let seconds = |cooldown: &Cooldown| {
            let full = cooldown.full(Duration::from_secs(5), Duration::from_secs(300));
            full.as_secs()
        };
        let mut seen = Vec::new();
        for _ in 0..8 {
            seen.push(seconds(&cooldown));
            cooldown.lengthen();
        }
        assert_eq!(seen, [5, 10, 20, 40, 80, 160, 300, 300]);
        cooldown.restart();
        assert_eq!(seconds(&cooldown), 5);
    }

    #[test]
    fn cooldown_above_its_ceiling_stays_as_it_was_written() {
        let mut cooldown = Cooldown::new(Rng::with_seed(1));
        cooldown.lengthen();
        let (first, ceiling) = (Duration::from_secs(600), Duration::from_secs(300));
        assert_eq!(cooldown.full(first, ceiling), first);
    }

    proptest! {
        #[test]
        fn no_number_of_reopenings_overflows(
            reopenings: u32,
            first in 0..=Duration::MAX.as_secs(),
            ceiling in 0..=Duration::MAX.as_secs(),
            seed: u64,
        ) {
            let mut cooldown = Cooldown { reopenings, random: Rng::with_seed(seed) };
            let (first, ceiling) = (Duration::from_secs(first), Duration::from_secs(ceiling));
            let full = cooldown.full(first, ceiling);
            prop_assert!(full >= first && full <= ceiling.max(first));
            let spread = cooldown.spread(full);
            prop_assert!(spread >= full / 2 && spread <= full);
        }
    }

    #[test]
    fn jitter_reaches_from_the_half_to_the_whole() {
        let mut cooldown = Cooldown::new(Rng::with_seed(7));
        let full = Duration::from_secs(100);
        let drawn: Vec<_> = (0..10_000).map(|_| cooldown.spread(full).as_secs()).collect();
        assert_eq!(drawn.iter().min(), Some(&50));
        assert_eq!(drawn.iter().max(), Some(&99));
        assert_eq!(drawn.iter().sum::<u64>() / 10_000, 74, "uniform between");
    }
}
