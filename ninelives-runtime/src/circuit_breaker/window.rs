//! Which calls are judged: the last so many, or those of the last so long.
//!
//! Good answers are not recorded one by one: each call has a position, which is how many calls of
//! the period came before it and itself, and only the failed and the slow ones leave a trace. How
//! many calls a window holds is then a difference of two positions.

use crate::adaptive::Valued;
use ninelives_dsl::plan::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// The calls that are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The last so many calls, however long ago.
    Calls(u32),
    /// The calls of the last so long, in steps of a tenth of it.
    Time(Duration),
}

impl From<u32> for Window {
    fn from(calls: u32) -> Self {
        Self::Calls(calls)
    }
}

impl From<Duration> for Window {
    fn from(time: Duration) -> Self {
        Self::Time(time)
    }
}

impl Valued for Window {
    fn value(self) -> Value {
        match self {
            Self::Calls(calls) => calls.value(),
            Self::Time(time) => time.value(),
        }
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Duration(time) => Some(Self::Time(*time)),
            calls => u32::from_value(calls).map(Self::Calls),
        }
    }
}

/// As a number of nanoseconds; saturates after 584 years.
pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// What a window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) calls: u64,
    pub(super) failures: u64,
    pub(super) slow: u64,
}

/// A failed or slow call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strike {
    pub(super) position: u64,
    pub(super) failed: bool,
    pub(super) slow: bool,
}

/// The traces of one closed period.
#[derive(Debug, Default)]
pub(super) struct History {
    calls: LastCalls,
    time: LastTime,
}

impl History {
    /// For a window that is counted in calls. After one of time nothing is known of the calls up
    /// to `position`.
    pub(super) fn calls(&mut self, position: u64) -> &mut LastCalls {
        if self.time.in_use() {
            *self = Self { calls: LastCalls::since(position), time: LastTime::default() };
        }
        &mut self.calls
    }

    /// For a window of time, which begins with the first step it advances to.
    pub(super) fn time(&mut self) -> &mut LastTime {
        &mut self.time
    }
}

/// The traces of a window that is counted in calls.
#[derive(Debug, Default)]
pub(super) struct LastCalls {
    /// Of the calls up to this position nothing is known any more.
    floor: u64,
    failures: VecDeque<u64>,
    slow: VecDeque<u64>,
}

impl LastCalls {
    fn since(position: u64) -> Self {
        Self { floor: position, ..Self::default() }
    }

    pub(super) fn strike(&mut self, strike: Strike, size: u32) -> Tally {
        if strike.failed {
            self.failures.push_back(strike.position);
        }
        if strike.slow {
            self.slow.push_back(strike.position);
        }
        self.tally(strike.position, size)
    }

    /// What the window holds when the last call is the one at `position`.
    pub(super) fn tally(&mut self, position: u64, size: u32) -> Tally {
        self.floor = self.floor.max(position.saturating_sub(size.into()));
        let floor = self.floor;
        for traces in [&mut self.failures, &mut self.slow] {
            while traces.front().is_some_and(|trace| *trace <= floor) {
                traces.pop_front();
            }
        }
        Tally {
            calls: position.saturating_sub(floor),
            failures: length(&self.failures),
            slow: length(&self.slow),
        }
    }
}

fn length(traces: &VecDeque<u64>) -> u64 {
    u64::try_from(traces.len()).unwrap_or(u64::MAX)
}

/// A window of time advances by this part of it.
const STEPS: u64 = 10;

/// The traces of a window that is counted in time: one sum per step, so that neither the rate of
/// calls nor the length of the window costs anything.
#[derive(Debug, Default)]
pub(super) struct LastTime {
    steps: VecDeque<Step>,
}

#[derive(Debug)]
struct Step {
    start: u64,
    end: u64,
    /// The position before its first call.
    before: u64,
    failures: u64,
    slow: u64,
}

impl LastTime {
    fn in_use(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Goes on to the step of `now`, whose first call will be the one after `position`, and says
    /// when that step ends. A reading of the clock that lies before it belongs to it all the same.
    ///
    /// The `length` may be another one each time. A step that is too wide for it ends now. Steps
    /// cannot be divided: one that began outside of the window is left out as a whole.
    pub(super) fn advance(&mut self, now: u64, position: u64, length: u64) -> u64 {
        let width = (length / STEPS).max(1);
        if let Some(last) = self.steps.back_mut()
            && last.end - last.start > width
        {
            last.end = now.clamp(last.start, last.end);
        }
        if now >= self.end() {
            let aligned = now - now % width;
            // A step of another width may have ended behind the aligned start.
            let start = aligned.max(self.end());
            let end = aligned.saturating_add(width);
            self.steps.push_back(Step { start, end, before: position, failures: 0, slow: 0 });
        }
        while self.steps.front().is_some_and(|step| step.start.saturating_add(length) <= now) {
            self.steps.pop_front();
        }
        self.end()
    }

    /// When the last step ends.
    fn end(&self) -> u64 {
        self.steps.back().map_or(0, |step| step.end)
    }

    pub(super) fn strike(&mut self, strike: Strike) -> Tally {
        if let Some(step) = self.steps.back_mut() {
            step.failures += u64::from(strike.failed);
            step.slow += u64::from(strike.slow);
        }
        let before = self.steps.front().map_or(0, |step| step.before);
        Tally {
            calls: strike.position.saturating_sub(before),
            failures: self.steps.iter().map(|step| step.failures).sum(),
            slow: self.steps.iter().map(|step| step.slow).sum(),
        }
    }
}

#[cfg(test)]
mod tests;
