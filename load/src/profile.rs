//! How many users there are, and when.

use clap::ValueEnum;
use std::time::Duration;

/// A shape of load.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Profile {
    /// 100 users.
    Baseline,
    /// 1,000 users; and five pairs of loads, with the policy and without.
    Medium,
    /// 100 users, 1,000 in the second third of the time, and 100 again.
    Spike,
    /// 5,000 users.
    High,
    /// 100 users, each ten times as fast, of a server that fails and hangs: what their requests
    /// leave in memory.
    Soak,
}

impl Profile {
    /// Those that run with the policy and without it, the largest last: what memory it takes is not
    /// given back to the system.
    pub(crate) const COMPARED: [Self; 4] = [Self::Baseline, Self::Medium, Self::Spike, Self::High];

    /// How many users there are before the measurement begins.
    pub(crate) const fn users(self) -> usize {
        match self {
            Self::Baseline | Self::Spike | Self::Soak => 100,
            Self::Medium => 1000,
            Self::High => 5000,
        }
    }

    /// The most there ever are.
    pub(crate) const fn most_users(self) -> usize {
        match self {
            Self::Spike => 1000,
            _ => self.users(),
        }
    }

    /// How many there are after that part of the whole time.
    pub(crate) fn users_at(self, at: Duration, whole: Duration) -> usize {
        let is_second_third = whole < at * 3 && at * 3 < whole * 2;
        if is_second_third { self.most_users() } else { self.users() }
    }

    /// What the tables call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Medium => "medium",
            Self::Spike => "spike",
            Self::High => "high",
            Self::Soak => "soak",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;
    use std::time::Duration;

    #[test]
    fn a_spike_is_the_second_third() {
        let users = |at| Profile::Spike.users_at(Duration::from_secs(at), Duration::from_secs(9));
        assert_eq!([0, 3, 4, 5, 6, 9].map(users), [100, 100, 1000, 1000, 100, 100]);
    }

    #[test]
    fn every_other_profile_is_level() {
        let users = |at| Profile::High.users_at(Duration::from_secs(at), Duration::from_secs(9));
        assert_eq!([0, 4, 9].map(users), [5000; 3]);
    }
}
