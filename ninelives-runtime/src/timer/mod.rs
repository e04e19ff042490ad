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
    /// When, as the shard counts it.
    at: u64,
}

impl Timer {
    /// True when it has run out. False may be late: then the task is about to be woken.
    #[inline]
    pub(crate) fn has_run_out(&self) -> bool {
        self.0.as_ref().is_some_and(|set| set.shard.has_rung(set.at))
    }

    /// Sets it to `at`, and asks whether it has run out.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    #[cold]
    #[inline(never)]
    pub(crate) fn runs_out(&mut self, at: Instant, task: &Context<'_>) -> bool {
        if self.change(at, task).is_none() {
            self.0 = Self::set(at, task);
        }
        self.has_run_out()
    }

    fn change(&mut self, at: Instant, task: &Context<'_>) -> Option<()> {
        let set = self.0.as_mut()?;
        set.at = set.shard.time(at);
        set.shard.change(set.key, set.at, task.waker())
    }

    fn set(at: Instant, task: &Context<'_>) -> Option<Set> {
        let enter = |shard: Arc<Shard>| {
            let at = shard.time(at);
            let key = shard.enter(at, task.waker().clone())?;
            Some(Set { shard, key, at })
        };
        enter(Shard::of_this_thread()).or_else(|| enter(Shard::anew()))
    }

    /// Gives it up.
    #[inline]
    pub(crate) fn unset(&mut self) {
        self.0 = None;
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        self.shard.leave(self.key);
    }
}

#[cfg(test)]
mod tests;
