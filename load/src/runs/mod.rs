//! Each profile, with and without the policy.

use crate::account::{Counters, Tally};
use crate::client::{Answer, Ask, Failure, client, degraded};
use crate::memory::Sample;
use crate::profile::Profile;
use crate::schedule::Schedule;
use crate::server::{Server, Temper};
use crate::session::{Guard, Report, Session};
use ninelives::{Http, PolicyError, policy};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tower::{Layer, ServiceExt};

/// How long one of a pair of loads runs before it is the other's turn.
const SLICE: Duration = Duration::from_millis(500);

/// What the server takes for a request.
const TAKES: Duration = Duration::from_millis(5);
/// Few enough failures to leave p99 to the others.
const PROFILES: Temper = Temper { takes: TAKES, fails: 1000, hangs: u64::MAX };
/// Every layer has to do with these.
const SOAK: Temper = Temper { takes: TAKES, fails: 50, hangs: 1000 };

/// Of the moments at which users ask: the same with the policy and without.
const SEED: u64 = 9;

/// After about thirty requests a connection keeps one buffer more, in hyper, and for good.
const WARM_UP: u32 = 100;

/// What holds for every load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    /// How long one takes.
    pub(crate) time: Duration,
    /// Requests of one user, a second.
    pub(crate) rate: f64,
}

/// A profile without the policy, and then with it.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    pub(crate) profile: Profile,
    pub(crate) bare: Report,
    pub(crate) guarded: Report,
}

/// Five pairs of loads of 1,000 users: without the policy, and with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairs {
    /// p99 with the policy as a multiple of p99 without it.
    pub(crate) ratios: [f64; 5],
    pub(crate) bare: Tally,
    pub(crate) guarded: Tally,
}

/// A long load, and the memory before and after it, when all users are connected and nothing is sent.
#[derive(Clone, Debug)]
pub(crate) struct Soak {
    pub(crate) report: Report,
    pub(crate) before: Sample,
    pub(crate) after: Sample,
}

impl Pairs {
    pub(crate) fn median(&self) -> f64 {
        let mut ratios = self.ratios;
        ratios.sort_unstable_by(f64::total_cmp);
        let [_, _, median, _, _] = ratios;
        median
    }
}

impl Measure {
    /// Each of them, one after the other.
    pub(crate) fn compare_all(self, profiles: &[Profile]) -> Result<Vec<Compared>, Box<dyn Error>> {
        profiles.iter().map(|profile| self.compare(*profile)).collect()
    }

    fn compare(self, profile: Profile) -> Result<Compared, Box<dyn Error>> {
        let bare = self.load(&unguarded(profile, PROFILES)?, profile)?;
        let guarded = self.load(&guarded(profile, PROFILES)?, profile)?;
        Ok(Compared { profile, bare, guarded })
    }

    /// Both loads of a pair are cut into slices that take turns: what else the machine does meets both.
    pub(crate) fn pairs(self) -> Result<Pairs, Box<dyn Error>> {
        let profile = Profile::Medium;
        let (bare, guarded) = (unguarded(profile, PROFILES)?, guarded(profile, PROFILES)?);
        self.settle(&bare, profile)?;
        self.settle(&guarded, profile)?;
        let mut seeds = SEED..;
        let mut pairs =
            Pairs { ratios: [f64::NAN; 5], bare: Tally::default(), guarded: Tally::default() };
        for ratio in &mut pairs.ratios {
            let [mut without, mut with] = [Report::new()?, Report::new()?];
            for (slice, seed) in (0..self.time.as_nanos() / SLICE.as_nanos()).zip(&mut seeds) {
                let schedule = Schedule::new(profile, self.rate, SLICE, seed);
                // What comes second finds the processor warm.
                if slice.is_multiple_of(2) {
                    without.merge(&bare.drive(&schedule)?)?;
                    with.merge(&guarded.drive(&schedule)?)?;
                } else {
                    with.merge(&guarded.drive(&schedule)?)?;
                    without.merge(&bare.drive(&schedule)?)?;
                }
            }
            *ratio = with.quantile(0.99).as_secs_f64() / without.quantile(0.99).as_secs_f64();
            pairs.bare = pairs.bare.plus(without.tally);
            pairs.guarded = pairs.guarded.plus(with.tally);
        }
        Ok(pairs)
    }

    /// The users ask ten times as often, so that their connections grow old quickly.
    pub(crate) fn soak(self) -> Result<Soak, Box<dyn Error>> {
        let (profile, rate) = (Profile::Soak, self.rate * 10.0);
        let session = guarded(profile, SOAK)?;
        let warm_up = Duration::from_secs_f64(f64::from(WARM_UP) / rate);
        let (_, before) = Self { time: warm_up, rate }.load_and_rest(&session, profile)?;
        let (report, after) = Self { rate, ..self }.load_and_rest(&session, profile)?;
        Ok(Soak { report, before, after })
    }

    fn load_and_rest(
        self,
        session: &Session<impl Guard>,
        profile: Profile,
    ) -> Result<(Report, Sample), Box<dyn Error>> {
        let report = self.load(session, profile)?;
        self.settle(session, profile)?;
        Ok((report, Sample::take(Duration::ZERO)))
    }

    /// It begins when each user is connected.
    fn load(
        self,
        session: &Session<impl Guard>,
        profile: Profile,
    ) -> Result<Report, Box<dyn Error>> {
        self.settle(session, profile)?;
        session.server().set_well(false);
        session.drive(&Schedule::new(profile, self.rate, self.time, SEED))
    }

    /// One request of each user, answered well.
    fn settle(self, session: &Session<impl Guard>, profile: Profile) -> Result<(), Box<dyn Error>> {
        session.server().set_well(true);
        let report = session.drive(&Schedule::of_one_period(profile, self.rate, SEED))?;
        let imbalances = report.tally.imbalances();
        if imbalances.is_empty() { Ok(()) } else { Err(imbalances.join(", ").into()) }
    }
}

fn unguarded(profile: Profile, temper: Temper) -> Result<Session<impl Guard>, Box<dyn Error>> {
    let counters = Arc::new(Counters::default());
    let user = || client(counters.clone()).map_err(PolicyError::Service);
    let users = (0..profile.most_users()).map(|_| user()).collect();
    Session::new(Server::start(temper, counters.clone())?, users, counters)
}

/// All users share one circuit, one bulkhead and one budget.
fn guarded(profile: Profile, temper: Temper) -> Result<Session<impl Guard>, Box<dyn Error>> {
    let instead = |_: Option<Ask>, _: Option<Result<Answer, PolicyError<Failure>>>| degraded();
    let policy = policy!(
          bulkhead(4096)
          + timeout(2s)
          + retry(3, backoff = exponential(20ms, max = 200ms))
          + circuit_breaker
          + attempt: timeout(500ms)
        | fallback(@instead)
    )
    .classify(Http);
    let counters = Arc::new(Counters::default());
    let users = (0..profile.most_users()).map(|_| policy.layer(client(counters.clone()))).collect();
    Session::new(Server::start(temper, counters.clone())?, users, counters)
}

#[cfg(test)]
mod tests;
