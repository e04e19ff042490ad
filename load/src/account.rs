//! What became of each request; none may be missing.

use std::sync::atomic::{AtomicU64, Ordering};

/// How a request ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// The server answered, and well.
    Ok,
    /// The server failed, did not answer in time, or could not be reached.
    Failed,
    /// The policy refused to send it.
    Refused,
    /// The fallback answered.
    Degraded,
}

/// How many requests ended in which way.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub(crate) sent: u64,
    pub(crate) ok: u64,
    pub(crate) failed: u64,
    pub(crate) refused: u64,
    pub(crate) degraded: u64,
    /// Calls of the client, one or more for each request that was not refused.
    pub(crate) calls: u64,
    /// Calls that were answered.
    pub(crate) answered: u64,
    /// Requests that the server has seen.
    pub(crate) reached: u64,
}

impl Tally {
    /// Counts one that has ended.
    pub(crate) const fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Ok => self.ok += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Degraded => self.degraded += 1,
        }
    }

    /// The sums of both.
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            ok: self.ok + other.ok,
            failed: self.failed + other.failed,
            refused: self.refused + other.refused,
            degraded: self.degraded + other.degraded,
            calls: self.calls + other.calls,
            answered: self.answered + other.answered,
            reached: self.reached + other.reached,
        }
    }

    const fn ended(&self) -> u64 {
        self.ok + self.failed + self.refused + self.degraded
    }

    /// The share of requests that were neither answered by the server nor degraded.
    pub(crate) fn error_rate(&self) -> f64 {
        (self.failed + self.refused) as f64 / self.sent as f64
    }

    /// What does not add up.
    pub(crate) fn imbalances(&self) -> Vec<String> {
        let Self { sent, calls, answered, reached, .. } = *self;
        let ended = self.ended();
        let mut found = Vec::new();
        if sent != ended {
            found.push(format!("{sent} requests were sent and {ended} ended"));
        }
        if reached < answered {
            found.push(format!("{answered} calls were answered and the server saw {reached}"));
        }
        // One that was cancelled, or whose connection broke, need not have come that far.
        if calls < reached {
            found.push(format!("the client made {calls} calls and the server saw {reached}"));
        }
        found
    }
}

/// What the client and the server count while they run.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    calls: AtomicU64,
    answered: AtomicU64,
    reached: AtomicU64,
}

impl Counters {
    pub(crate) fn called(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self) {
        self.answered.fetch_add(1, Ordering::Relaxed);
    }

    /// How many the server saw before this one.
    pub(crate) fn reached(&self) -> u64 {
        self.reached.fetch_add(1, Ordering::Relaxed)
    }

    /// Since this was asked last.
    pub(crate) fn take(&self) -> Tally {
        let take = |counter: &AtomicU64| counter.swap(0, Ordering::Relaxed);
        Tally {
            calls: take(&self.calls),
            answered: take(&self.answered),
            reached: take(&self.reached),
            ..Tally::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Tally};

    const BALANCED: Tally = Tally {
        sent: 10,
        ok: 5,
        failed: 2,
        refused: 1,
        degraded: 2,
        calls: 12,
        answered: 10,
        reached: 11,
    };

    #[test]
    fn every_outcome_has_its_count() {
        let mut tally = Tally { sent: 4, ..Tally::default() };
        for outcome in [Outcome::Ok, Outcome::Failed, Outcome::Refused, Outcome::Degraded] {
            assert_eq!(tally.imbalances().len(), 1);
            tally.count(outcome);
        }
        assert!(tally.imbalances().is_empty());
        assert_eq!([tally.ok, tally.failed, tally.refused, tally.degraded], [1; 4]);
    }

    #[test]
    fn what_adds_up_has_no_imbalance_even_if_calls_were_cancelled() {
        assert!(BALANCED.imbalances().is_empty());
    }

    #[test]
    fn a_request_that_never_ended_and_one_that_ended_twice_are_found() {
        for sent in [9, 11] {
            let found = Tally { sent, ..BALANCED }.imbalances();
            assert_eq!(found, [format!("{sent} requests were sent and 10 ended")]);
        }
    }

    #[test]
    fn a_server_that_saw_too_few_or_too_many_is_found() {
        let found = Tally { reached: 9, ..BALANCED }.imbalances();
        assert_eq!(found, ["10 calls were answered and the server saw 9"]);
        let found = Tally { reached: 13, ..BALANCED }.imbalances();
        assert_eq!(found, ["the client made 12 calls and the server saw 13"]);
    }

    #[test]
    fn a_degraded_answer_is_no_error() {
        assert!((BALANCED.error_rate() - 0.3).abs() < 1e-9);
    }
}
