//! One closed period: what is recorded of it, and the judgement.

use super::config::Parameters;
use super::sample::Sample;
use super::window::{History, Strike, Tally, Window};
use ninelives_dsl::value::Ratio;

/// What is known of the calls since the circuit closed.
#[derive(Debug, Default)]
pub(super) struct Period {
    /// The failed and the slow calls; with the good ones, which are counted elsewhere, they make
    /// up the positions.
    strikes: u64,
    last_failure: u64,
    /// How many failures in a row ended with the last one.
    streak: u32,
    history: History,
}

impl Period {
    /// Records a failed or slow call and judges by `sample`; true when the circuit is to open. A
    /// window of time has been advanced to it.
    pub(super) fn strike(
        &mut self,
        parameters: &Parameters,
        sample: Sample,
        successes: u64,
        failed: bool,
        slow: bool,
    ) -> bool {
        let before = self.position(successes);
        self.strikes += 1;
        let strike = Strike { position: self.position(successes), failed, slow };
        if failed {
            let in_a_row = strike.position == self.last_failure + 1;
            self.streak = if in_a_row { self.streak.saturating_add(1) } else { 1 };
            self.last_failure = strike.position;
        }
        let tally = match sample.window {
            Window::Calls(size) => self.history.calls(before).strike(strike, size),
            Window::Time(_) => self.history.time().strike(strike),
        };
        let streak = parameters.consecutive.get();
        failed && streak.is_some_and(|most| self.streak >= most)
            || rates_reached(parameters, sample, tally)
    }

    /// Goes on to the step of `now` in a window of `length`, and says when that step ends.
    pub(super) fn advance(&mut self, successes: u64, length: u64, now: u64) -> u64 {
        let position = self.position(successes);
        self.history.time().advance(now, position, length)
    }

    /// True when the last `size` calls were all good: one more good one changes nothing then.
    pub(super) fn is_clean(&mut self, successes: u64, size: u32) -> bool {
        let position = self.position(successes);
        let clean = Tally { calls: size.into(), ..Tally::default() };
        self.history.calls(position).tally(position, size) == clean
    }

    fn position(&self, successes: u64) -> u64 {
        self.strikes + successes
    }
}

/// A window that is full is judged, even where `min_calls` asks for more than it can hold.
fn rates_reached(parameters: &Parameters, sample: Sample, tally: Tally) -> bool {
    let enough = match sample.window {
        Window::Calls(size) => sample.min_calls.min(size),
        Window::Time(_) => sample.min_calls,
    };
    if tally.calls < enough.into() {
        return false;
    }
    let reaches = |part: u64, share: Ratio| {
        u128::from(part) * 1_000_000 >= u128::from(tally.calls) * u128::from(share.millionths())
    };
    reaches(tally.failures, parameters.failure_rate.get())
        || parameters.slow_call.get().is_some() && reaches(tally.slow, parameters.slow_rate.get())
}
