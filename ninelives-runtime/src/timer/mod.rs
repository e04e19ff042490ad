//! The timer of a request: set at its first `Pending`, and given up when it ends, which is nearly
//! always before it runs out.
//!
//! tokio's own timer is made for those that do run out: it is 112 bytes of each request, and takes
//! eleven locked operations to be set and given up. So the requests of one thread share one, set to
//! the first of them, and a [wheel](wheel) knows the rest.
//!
//! # Behaviour
//! A request is woken when its time has come, as late as tokio's timer is: up to a millisecond, and
//! never early. tokio's driver wakes it, wherever its runtime drives the time: no task is spawned and
//! nobody's poll is waited for. Under a paused clock all is as with tokio's timer.
//!
//! # Cancellation
//! Dropping a timer gives its place back, on any thread.

mod shard;
mod wheel;

use crate::moment::Moment;
use shard::Shard;
use std::sync::Arc;
use std::task::Context;
use tokio::time::Instant;
use wheel::Key;

/// The timer of one request.
#[derive(Debug, Default)]
pub(crate) struct Timer(Option<Set>);

#[derive(Debug)]
struct Set {
    shard: Arc<Shard>,
    key: Key,
    /// How often the shard had rung, when this one had not run out.
    rings: u32,
}

impl Timer {
    /// True when it has run out. False may be late: then the task is about to be woken. Where its
    /// runtime is gone, it may be true too early, so whoever acts on it asks the clock.
    #[inline]
    pub(crate) fn has_run_out(&mut self) -> bool {
        self.0.as_mut().is_some_and(Set::has_run_out)
    }

    /// Sets it to a moment of a request that first looked at the clock then, and asks whether it has
    /// run out.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    #[cold]
    #[inline(never)]
    pub(crate) fn runs_out(&mut self, first: Instant, at: Moment, task: &Context<'_>) -> bool {
        if self.change(first, at, task).is_none() {
            self.0 = Self::set(first, at, task);
        }
        self.has_run_out()
    }

    fn change(&mut self, first: Instant, at: Moment, task: &Context<'_>) -> Option<()> {
        let set = self.0.as_mut()?;
        set.rings = set.shard.rings();
        set.shard.change(set.key, set.shard.time(first, at), task.waker())
    }

    #[inline]
    fn set(first: Instant, at: Moment, task: &Context<'_>) -> Option<Set> {
        Set::enter(Shard::of_this_thread(), first, at, task).or_else(|| Set::anew(first, at, task))
    }

    /// Gives it up.
    #[inline]
    pub(crate) fn unset(&mut self) {
        self.0 = None;
    }
}

impl Set {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn enter(shard: Arc<Shard>, first: Instant, at: Moment, task: &Context<'_>) -> Option<Self> {
        let rings = shard.rings();
        let key = shard.enter(shard.time(first, at), task.waker().clone())?;
        Some(Self { shard, key, rings })
    }

    /// Where the runtime of this thread's shard is gone.
    #[cold]
    #[inline(never)]
    fn anew(first: Instant, at: Moment, task: &Context<'_>) -> Option<Self> {
        Self::enter(Shard::anew(), first, at, task)
    }

    #[inline]
    fn has_run_out(&mut self) -> bool {
        let rings = self.shard.rings();
        rings != self.rings && self.look(rings)
    }

    #[cold]
    fn look(&mut self, rings: u32) -> bool {
        let has_run_out = self.shard.has_run_out(self.key);
        if !has_run_out {
            self.rings = rings;
        }
        has_run_out
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        self.shard.leave(self.key);
    }
}

#[cfg(test)]
mod tests;
