//! When each request is due. It is settled before anything is sent: that a request is slow delays
//! none after it, and hides in no latency.

use crate::profile::Profile;
use std::time::Duration;

/// A request, and when it has to be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Due {
    /// From the beginning.
    pub(crate) at: Duration,
    /// Whose it is.
    pub(crate) user: usize,
}

/// The requests of users who know nothing of each other: each asks once a period, from a moment of
/// its own on.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    profile: Profile,
    period: Duration,
    length: Duration,
    /// Each user's moment within the period, in order of time.
    moments: Vec<Due>,
}

impl Schedule {
    /// The same for the same seed; `rate` is of one user, a second.
    pub(crate) fn new(profile: Profile, rate: f64, length: Duration, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let period = Duration::from_secs_f64(rate.recip());
        let mut moments: Vec<_> = (0..profile.most_users())
            .map(|user| Due { at: period.mul_f64(random.f64()), user })
            .collect();
        moments.sort_unstable_by_key(|moment| moment.at);
        Self { profile, period, length, moments }
    }

    /// One request of each user who is there at the beginning.
    pub(crate) fn of_one_period(profile: Profile, rate: f64, seed: u64) -> Self {
        let level = Self::new(profile, rate, Duration::from_secs_f64(rate.recip()), seed);
        let users = profile.users();
        let moments = level.moments.into_iter().filter(|moment| moment.user < users).collect();
        Self { moments, ..level }
    }

    /// When the last of them is due, at the latest.
    pub(crate) const fn length(&self) -> Duration {
        self.length
    }

    /// The requests, in order of time.
    pub(crate) fn due(&self) -> impl Iterator<Item = Due> {
        (0..)
            .map(|round| self.period * round)
            .take_while(|began| *began < self.length)
            .flat_map(|began| self.moments.iter().map(move |moment| moment.after(began)))
            .filter(|due| due.at < self.length)
            .filter(|due| due.user < self.profile.users_at(due.at, self.length))
    }
}

impl Due {
    fn after(self, began: Duration) -> Self {
        Self { at: began + self.at, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::{Due, Schedule};
    use crate::profile::Profile;
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Duration;

    fn due(profile: Profile, rate: f64, seconds: u64) -> Vec<Due> {
        Schedule::new(profile, rate, Duration::from_secs(seconds), 7).due().collect()
    }

    #[test]
    fn each_user_asks_once_a_period_at_a_moment_of_its_own() {
        let due = due(Profile::Baseline, 4.0, 3);
        let mut by_user: BTreeMap<usize, Vec<Duration>> = BTreeMap::new();
        for Due { at, user } in &due {
            by_user.entry(*user).or_default().push(*at);
        }
        assert_eq!(by_user.len(), 100);
        for moments in by_user.values() {
            assert_eq!(moments.len(), 12);
            assert!(moments.windows(2).all(|pair| pair[1] - pair[0] == Duration::from_millis(250)));
        }
        let phases: BTreeSet<_> = by_user.values().map(|m| m[0]).collect();
        assert!(phases.len() > 90, "{} different moments", phases.len());
    }

    #[test]
    fn requests_are_in_order_and_within_the_time() {
        let due = due(Profile::Spike, 0.7, 5);
        assert!(due.is_sorted_by_key(|due| due.at));
        assert!(due.last().unwrap().at < Duration::from_secs(5));
    }

    #[test]
    fn nine_hundred_users_come_with_the_spike_and_go_with_it() {
        let due = due(Profile::Spike, 1.0, 9);
        let count = |second: u64| due.iter().filter(|due| due.at.as_secs() == second).count();
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 7, 8].map(count),
            [100, 100, 100, 1000, 1000, 1000, 100, 100, 100]
        );
    }

    #[test]
    fn one_period_has_one_request_of_each_first_user() {
        let mut users: Vec<_> =
            Schedule::of_one_period(Profile::Spike, 0.5, 7).due().map(|due| due.user).collect();
        users.sort_unstable();
        assert_eq!(users, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_seed_says_all() {
        let of = |seed| -> Vec<_> {
            Schedule::new(Profile::Baseline, 1.0, Duration::from_secs(2), seed).due().collect()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
