//! The ring and its reader, which is at it, asleep, or idle because it has no place to run.
//!
//! Whoever adds an event while nobody looks at the ring [wakes](Inbox::wake) the reader. One that is
//! asleep is notified; one that is idle is handed out, to be run at a place that the caller knows. Where
//! the caller knows none, nobody looks at the ring again, so that the next event tries again.
//!
//! When the inbox is closed nothing more is added. The reader learns of it before its last look, and
//! is not kept idle any more.

use super::ring::Ring;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, MutexGuard};
use std::sync::PoisonError;

#[cfg(all(test, ninelives_loom))]
use models::Notify;
#[cfg(not(all(test, ninelives_loom)))]
use tokio::sync::Notify;

pub(super) struct Inbox<R> {
    pub(super) ring: Ring,
    /// The reader while nobody runs it.
    idle: Mutex<Option<R>>,
    news: Notify,
    closed: AtomicBool,
}

impl<R> Inbox<R> {
    pub(super) fn new(ring: Ring, reader: R) -> Self {
        Self {
            ring,
            idle: Mutex::new(Some(reader)),
            news: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }

    /// Wakes the reader, or hands it out to be run at `place`.
    pub(super) fn wake<P>(&self, place: impl FnOnce() -> Option<P>) -> Option<(R, P)> {
        let mut idle = self.idle();
        if idle.is_none() {
            drop(idle);
            self.news.notify_one();
            return None;
        }
        let Some(place) = place() else {
            self.ring.abandon();
            return None;
        };
        idle.take().map(|reader| (reader, place))
    }

    /// Takes the reader back from a place that has ended. Where nobody will ask for it any more, it is
    /// given back.
    pub(super) fn park(&self, reader: R) -> Option<R> {
        let mut idle = self.idle();
        if self.is_closed() {
            return Some(reader);
        }
        *idle = Some(reader);
        self.ring.abandon();
        None
    }

    /// The reader, who has taken all before `position`, waits until there may be more.
    pub(super) async fn news(&self, position: u64) {
        if self.ring.look_away(position) {
            self.news.notified().await;
        } else {
            // A writer has a slot and did not fill it yet.
            tokio::task::yield_now().await;
        }
    }

    /// Nothing more is added; [wakes](Self::wake) the reader to read the rest.
    pub(super) fn close<P>(&self, place: impl FnOnce() -> Option<P>) -> Option<(R, P)> {
        // Release: pairs with the Acquire in `is_closed`, so that whoever sees it sees all events.
        self.closed.store(true, Ordering::Release);
        self.wake(place)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn idle(&self) -> MutexGuard<'_, Option<R>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[cfg(ninelives_loom)]
mod models;
