//! What a layer reports through, whether somebody listens or not.

use super::Telemetry;
use super::event::EventKind;
use crate::path::Path;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
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
    pub(super) latency: Option<Duration>,
}

impl Fact {
    /// A fact of a kind.
    #[inline]
    pub const fn new(kind: EventKind) -> Self {
        Self { kind, attempt: 0, latency: None }
    }

    /// The number of the attempt, from 1.
    #[inline]
    #[must_use]
    pub const fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self
    }

    /// How long it took, where that was measured.
    #[inline]
    #[must_use]
    pub fn latency(mut self, latency: impl Into<Option<Duration>>) -> Self {
        self.latency = latency.into();
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

    /// True when somebody listens: the one thing that a layer asks where nobody does.
    #[inline]
    pub fn listens(&self) -> bool {
        // Relaxed: a request that sees it late is as if it had come earlier. The list has an order of
        // its own.
        self.listening.load(Ordering::Relaxed)
    }

    /// Reports a fact of the time `at`. Never waits.
    #[cold]
    #[inline(never)]
    pub fn report(&self, at: Instant, fact: Fact) {
        let mut link = self.first.get();
        while let Some(Link { telemetry, path, next }) = link.map(|link| &**link) {
            telemetry.emit(*path, at, fact);
            link = next.get();
        }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Reporter")
            .field("path", &self.path)
            .field("listens", &self.listens())
            .finish_non_exhaustive()
    }
}
