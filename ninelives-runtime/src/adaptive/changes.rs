//! How often a parameter was written, and who wants to hear of it.

use ninelives_dsl::plan::Value;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

pub(super) type Receiver = watch::Receiver<Value>;

/// The writes of one parameter.
#[derive(Debug, Default)]
pub struct Changes {
    revision: AtomicU64,
    /// Made for the first watcher. A lock, so that a write and a first watcher who meet see each
    /// other: either the writer finds the channel, or the channel begins with what was written.
    watched: Mutex<Option<watch::Sender<Value>>>,
}

impl Changes {
    pub(super) fn revision(&self) -> u64 {
        // Relaxed: it is compared with itself, and nothing is read on the strength of it.
        self.revision.load(Ordering::Relaxed)
    }

    /// Counts a write, after it was made.
    pub(super) fn count(&self) {
        self.revision.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells who watches; `now` is the value in force.
    pub(super) fn publish(&self, now: impl Fn() -> Value) {
        let watched = self.watched();
        let Some(channel) = &*watched else {
            return;
        };
        // Read and put into the channel under the lock: of two writers, the one that comes last
        // publishes what both have written, and whoever lost the channel to a successor nothing.
        let mut changed = false;
        channel.send_if_modified(|value| {
            let now = now();
            changed = *value != now;
            *value = now;
            false
        });
        let channel = channel.clone();
        // Who is woken may do anything, and write again.
        drop(watched);
        if changed {
            channel.send_if_modified(|_| true);
        }
    }

    pub(super) fn subscribe(&self, now: impl Fn() -> Value) -> Receiver {
        self.watched().get_or_insert_with(|| watch::Sender::new(now())).subscribe()
    }

    /// Goes on where `old` is, of which nobody hears any more; false where both are the same.
    pub(super) fn follow(&self, old: &Self) -> bool {
        if std::ptr::eq(self, old) {
            return false;
        }
        let watched = old.watched().take();
        *self.watched() = watched;
        self.revision.store(old.revision(), Ordering::Relaxed);
        true
    }

    fn watched(&self) -> MutexGuard<'_, Option<watch::Sender<Value>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows the value of a parameter, also when its layer is replaced by that of a later text.
///
/// # Cancellation
/// [`changed`](Self::changed) may be dropped at any time: what it did not return yet, the next one
/// does.
#[must_use = "a watcher says something only when it is asked"]
pub struct Watcher<T> {
    receiver: Receiver,
    seen: T,
    read: Box<dyn Fn(&Value) -> T + Send + Sync>,
}

impl<T: Clone + PartialEq> Watcher<T> {
    pub(super) fn new(
        receiver: Receiver,
        seen: T,
        read: impl Fn(&Value) -> T + Send + Sync + 'static,
    ) -> Self {
        Self { receiver, seen, read: Box::new(read) }
    }

    /// The value in force.
    pub fn get(&self) -> T {
        (self.read)(&self.receiver.borrow())
    }

    /// Waits until the value is another one than was last seen here, and returns it; `None` once the
    /// parameter is no more.
    pub async fn changed(&mut self) -> Option<T> {
        loop {
            let now = (self.read)(&self.receiver.borrow_and_update());
            if now != self.seen {
                self.seen = now.clone();
                return Some(now);
            }
            self.receiver.changed().await.ok()?;
        }
    }
}

impl Watcher<Value> {
    /// Follows what `read` makes of what this one follows.
    pub fn map(self, read: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Self {
        let (seen, before) = (read(&self.seen), self.read);
        Self::new(self.receiver, seen, move |value| read(&before(value)))
    }
}

impl<T: fmt::Debug> fmt::Debug for Watcher<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Watcher").field("seen", &self.seen).finish_non_exhaustive()
    }
}
