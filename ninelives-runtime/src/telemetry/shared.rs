//! What the handles of one telemetry share with its task: the ring, the names and the counters.

use super::counts::{Counts, Tally};
use super::drain::AnyDrain;
use super::event::{EventKind, PolicyEvent, nanoseconds};
use super::inbox::Inbox;
use super::reporter::Fact;
use super::ring::{Ring, WORDS};
use crate::path::Path;
use std::cell::Cell;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::Instant;

pub(super) struct Shared {
    /// The ring, and the sink's half, which reads it.
    pub(super) inbox: Inbox<Box<dyn AnyDrain>>,
    lost: AtomicU64,
    pub(super) tally: Tally,
    /// Reports of losses, which do not come out of the ring.
    reports: AtomicU64,
    /// Times are counted from here.
    began: (Instant, SystemTime),
    paths: Mutex<Paths>,
    /// The runtime on which the telemetry was made. Of use once: when a task that ran there is parked,
    /// it has ended.
    birthplace: Mutex<Option<Handle>>,
    progress: Progress,
}

/// Paths by number: a slot has no room for a path.
#[derive(Default)]
struct Paths {
    numbers: HashMap<Path, u32>,
    paths: Vec<Path>,
}

/// How far the task is, for those who wait for it.
#[derive(Default)]
pub(super) struct Progress {
    done: AtomicU64,
    losses_seen: AtomicU64,
    waiting: AtomicUsize,
    made: Notify,
}

/// So far must the task come.
pub(super) struct Target {
    done: u64,
    losses: u64,
}

/// The absence of a latency.
const UNMEASURED: u64 = u64::MAX;

thread_local! {
    // Which telemetry's sink is being polled by this thread; no address of one is 0.
    static DRAINED: Cell<usize> = const { Cell::new(0) };
}

impl Shared {
    pub(super) fn new(capacity: u16, drain: Box<dyn AnyDrain>) -> Self {
        Self {
            inbox: Inbox::new(Ring::new(capacity.into()), drain),
            lost: AtomicU64::new(0),
            tally: Tally::default(),
            reports: AtomicU64::new(0),
            began: (Instant::now(), SystemTime::now()),
            paths: Mutex::default(),
            birthplace: Mutex::new(Handle::try_current().ok()),
            progress: Progress::default(),
        }
    }

    /// The number of a path.
    pub(super) fn number(&self, path: &Path) -> u32 {
        let mut paths = lock(&self.paths);
        if let Some(number) = paths.numbers.get(path) {
            return *number;
        }
        let number = u32::try_from(paths.paths.len()).unwrap_or(u32::MAX);
        paths.paths.push(path.clone());
        paths.numbers.insert(path.clone(), number);
        number
    }

    /// Adds to `known` the paths that have got a number since.
    pub(super) fn learn(&self, known: &mut Vec<Path>) {
        known.extend(lock(&self.paths).paths.iter().skip(known.len()).cloned());
    }

    /// Puts an event into the ring, or counts it as lost. What happens on behalf of this telemetry's
    /// own sink is no event.
    #[inline]
    pub(super) fn emit(self: &Arc<Self>, path: u32, at: Instant, fact: &Fact) {
        if DRAINED.get() == self.id() {
            return;
        }
        let (code, byte, word) = fact.kind.pack();
        let attempt = u16::try_from(fact.attempt).unwrap_or(u16::MAX);
        let head = u64::from(path) << 32
            | u64::from(attempt) << 16
            | u64::from(byte) << 8
            | u64::from(code);
        let latency = fact.since.map_or(UNMEASURED, |since| between(since, at));
        let at = between(self.began.0, at);
        let added = self.inbox.ring.add([head, at, latency, word]);
        if !added.kept {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        if added.wake {
            self.wake();
        }
    }

    /// The event at `position` of the ring, once it is there.
    pub(super) fn take(&self, position: u64, known: &mut Vec<Path>) -> Option<PolicyEvent> {
        let [head, at, latency, word]: [u64; WORDS] = self.inbox.ring.take(position)?;
        let [code, byte, attempt @ .., _, _, _, _] = head.to_le_bytes();
        let attempt = NonZeroU32::new(u16::from_le_bytes(attempt).into());
        let path = usize::try_from(head >> 32).unwrap_or(usize::MAX);
        if path >= known.len() {
            self.learn(known);
        }
        let path = known.get(path).cloned().unwrap_or(Path::Static(&""));
        Some(PolicyEvent {
            attempt,
            latency: (latency != UNMEASURED).then(|| Duration::from_nanos(latency)),
            ..self.event(path, at, EventKind::unpack(code, byte, word))
        })
    }

    /// A report about events that were lost.
    pub(super) fn report(&self, count: u64) -> PolicyEvent {
        self.reports.fetch_add(1, Ordering::Relaxed);
        let at = nanoseconds(self.began.0.elapsed());
        self.event(Path::Static(&"telemetry"), at, EventKind::EventsLost { count })
    }

    fn event(&self, path: Path, at: u64, kind: EventKind) -> PolicyEvent {
        let (instant, time) = self.began;
        let after = Duration::from_nanos(at);
        PolicyEvent {
            at: instant + after,
            time: time + after,
            path,
            attempt: None,
            latency: None,
            kind,
        }
    }

    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(super) fn counts(&self) -> Counts {
        // The fates first: what has one was emitted before.
        let fates = self.tally.read();
        let lost = self.lost();
        let emitted = self.inbox.ring.added() + lost + self.reports.load(Ordering::Relaxed);
        Counts { emitted, lost, ..fates }
    }

    /// Wakes the task, or starts it.
    #[cold]
    #[inline(never)]
    pub(super) fn wake(self: &Arc<Self>) {
        self.start(self.inbox.wake(|| self.runtime()));
    }

    /// No handle is left, so nothing more is emitted.
    pub(super) fn close(self: &Arc<Self>) {
        self.start(self.inbox.close(|| self.runtime()));
    }

    fn start(self: &Arc<Self>, found: Option<(Box<dyn AnyDrain>, Handle)>) {
        if let Some((drain, runtime)) = found {
            // A runtime that is ending drops the task at once, which parks the drain again.
            drain.start(self.clone(), &runtime);
        }
    }

    /// Where the task may run.
    fn runtime(&self) -> Option<Handle> {
        Handle::try_current().ok().or_else(|| lock(&self.birthplace).take())
    }

    /// Takes the sink's half back from a task whose runtime ended.
    pub(super) fn park(&self, drain: Box<dyn AnyDrain>) {
        drop(self.inbox.park(drain));
        self.progress.made.notify_waiters();
    }

    /// Says that the events before `position` have met their fate, and so many losses were seen.
    pub(super) fn advance(&self, position: u64, losses_seen: u64) {
        // SeqCst: who waits first says so and then looks at these; one of the two sees the other.
        self.progress.done.store(position, Ordering::SeqCst);
        self.progress.losses_seen.store(losses_seen, Ordering::SeqCst);
        if self.progress.waiting.load(Ordering::SeqCst) > 0 {
            self.progress.made.notify_waiters();
        }
    }

    /// Waits until all that was emitted so far has met its fate.
    pub(super) async fn flush(self: &Arc<Self>) {
        let target = Target { done: self.inbox.ring.added(), losses: self.lost() };
        let _waiting = Waiting::new(&self.progress.waiting);
        loop {
            let mut made = std::pin::pin!(self.progress.made.notified());
            made.as_mut().enable();
            if self.progress.reached(&target) {
                return;
            }
            self.wake();
            made.await;
        }
    }

    /// Runs `poll`, a poll of the sink, so that the thread knows for whom it works.
    pub(super) fn within<T>(&self, poll: impl FnOnce() -> T) -> T {
        let before = DRAINED.replace(self.id());
        let result = poll();
        DRAINED.set(before);
        result
    }

    fn id(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl Progress {
    fn reached(&self, target: &Target) -> bool {
        self.done.load(Ordering::SeqCst) >= target.done
            && self.losses_seen.load(Ordering::SeqCst) >= target.losses
    }
}

/// Counted among those who wait, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// In nanoseconds. The difference is the dearest part of an event; std's type saves it one call.
#[inline]
fn between(from: Instant, to: Instant) -> u64 {
    nanoseconds(to.into_std().saturating_duration_since(from.into_std()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
