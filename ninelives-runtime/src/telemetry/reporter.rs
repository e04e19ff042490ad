//! What a layer reports through, whether somebody listens or not.

use super::Telemetry;
use super::event::EventKind;
use crate::path::Path;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::time::Instant;

/// The telemetries of one layer, or of the requests of one policy. They only ever get more: what is
/// attached stays for as long as the layer lives.
///
/// A node of your own reports so: it asks whether somebody [listens](Self::listens), and only then
/// reads clocks and [reports](Self::report).
pub struct Reporter {
    path: Path,
    // What a request reads; the list is read by those who have something to say.
    listening: AtomicBool,
    first: OnceLock<Box<Link>>,
}

struct Link {
    telemetry: Telemetry,
    path: u32,
    next: OnceLock<Box<Link>>,
}

/// What is reported, without when and where.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    pub(super) kind: EventKind,
    pub(super) attempt: u32,
    pub(super) since: Option<Instant>,
}

impl Fact {
    /// A fact of a kind.
    #[inline]
    pub const fn new(kind: EventKind) -> Self {
        Self { kind, attempt: 0, since: None }
    }

    /// The number of the attempt, from 1.
    #[inline]
    #[must_use]
    pub const fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self
    }

    /// True when it is known since when.
    pub(crate) const fn is_timed(&self) -> bool {
        self.since.is_some()
    }

    /// When what took so long began, where that is known.
    #[inline]
    #[must_use]
    pub fn since(mut self, began: impl Into<Option<Instant>>) -> Self {
        self.since = began.into();
        self
    }
}

impl Reporter {
    /// The reporter of the layer at `path`, to which nobody listens yet.
    pub const fn new(path: Path) -> Self {
        Self { path, listening: AtomicBool::new(false), first: OnceLock::new() }
    }

    /// The layer's path.
    pub const fn path(&self) -> &Path {
        &self.path
    }

    /// Reports into `telemetry` from now on; once, however often it is attached.
    pub fn attach(&self, telemetry: &Telemetry) {
        let mut end = &self.first;
        let mut new = None;
        loop {
            while let Some(link) = end.get() {
                if link.telemetry.is(telemetry) {
                    return;
                }
                end = &link.next;
            }
            let link = new.take().unwrap_or_else(|| {
                let path = telemetry.number(&self.path);
                Box::new(Link { telemetry: telemetry.clone(), path, next: OnceLock::new() })
            });
            // Somebody else may have attached another one at the same moment.
            match end.set(link) {
                Ok(()) => break,
                Err(link) => new = Some(link),
            }
        }
        self.listening.store(true, Ordering::Relaxed);
    }

    /// Attaches all telemetries of this reporter to another one.
    pub(crate) fn share(&self, other: &Self) {
        for link in self.links() {
            other.attach(&link.telemetry);
        }
    }

    fn links(&self) -> impl Iterator<Item = &Link> {
        let first = self.first.get().map(|link| &**link);
        std::iter::successors(first, |link| link.next.get().map(|link| &**link))
    }

    /// True when somebody listens: the one thing that a layer asks where nobody does.
    #[inline]
    pub fn listens(&self) -> bool {
        // Relaxed: a request that sees it late is as if it had come earlier. The list has an order of
        // its own.
        self.listening.load(Ordering::Relaxed) || log::is_on()
    }

    /// Reports a fact of the time `at`. Never waits.
    #[cold]
    #[inline(never)]
    pub fn report(&self, at: Instant, fact: Fact) {
        log::write(&self.path, at, fact);
        self.record(at, &fact);
    }

    /// Reports a fact of now to sinks alone, for whoever holds a lock so that they learn of it in time.
    /// A subscriber of the `tracing` crate may do anything, so the [log](Self::log) comes after the lock.
    pub(crate) fn report_locked(&self, kind: EventKind) {
        self.record(Instant::now(), &Fact::new(kind));
    }

    /// Tells the log of what was [reported](Self::report_locked) under a lock.
    pub(crate) fn log(&self, kind: EventKind) {
        log::write(&self.path, Instant::now(), Fact::new(kind));
    }

    #[inline]
    fn record(&self, at: Instant, fact: &Fact) {
        for link in self.links() {
            link.telemetry.emit(link.path, at, fact);
        }
    }
}

/// The log of the `tracing` crate listens to every layer, in the midst of the request's spans.
#[cfg(feature = "tracing")]
mod log {
    use super::Fact;
    use crate::path::Path;
    use std::num::NonZeroU32;
    use tokio::time::Instant;
    use tracing::Level;
    use tracing::level_filters::LevelFilter;

    #[inline]
    pub(super) fn is_on() -> bool {
        LevelFilter::current() >= Level::DEBUG
    }

    pub(super) fn write(path: &Path, at: Instant, fact: Fact) {
        tracing::debug!(
            target: "ninelives",
            policy = fact.kind.policy(path),
            path = path.as_str(),
            kind = fact.kind.name(),
            attempt = NonZeroU32::new(fact.attempt).map(NonZeroU32::get),
            latency = fact.since.map(|since| tracing::field::debug(at.duration_since(since))),
        );
    }
}

#[cfg(not(feature = "tracing"))]
mod log {
    #[inline]
    pub(super) const fn is_on() -> bool {
        false
    }

    #[inline]
    pub(super) const fn write(_: &super::Path, _: super::Instant, _: super::Fact) {}
}

impl fmt::Debug for Reporter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Reporter")
            .field("path", &self.path)
            .field("listens", &self.listens())
            .finish_non_exhaustive()
    }
}
