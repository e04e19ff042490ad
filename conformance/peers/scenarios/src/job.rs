//! Requests, each of which says what the service does with it.

use std::error::Error;
use std::fmt;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;
use tokio::task::yield_now;

/// The error of the service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Down;

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("down")
    }
}

impl Error for Down {}

type Call = Pin<Box<dyn Future<Output = Result<(), Down>> + Send>>;

/// What the service does when it is called with this, told how often it was called with it before.
#[derive(Clone)]
pub struct Job {
    calls: Arc<AtomicUsize>,
    run: Arc<dyn Fn(usize) -> Call + Send + Sync>,
}

impl Job {
    pub(crate) fn new<F>(run: impl Fn(usize) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Down>> + Send + 'static,
    {
        Self { calls: Arc::default(), run: Arc::new(move |call| Box::pin(run(call))) }
    }

    /// What the service does.
    pub fn run(&self) -> Call {
        (self.run)(self.calls.fetch_add(1, Ordering::Relaxed))
    }

    /// How often the service was called with it.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Is answered after a few polls.
    pub(crate) fn answers() -> Self {
        Self::fails_first(0)
    }

    /// Fails.
    pub(crate) fn fails() -> Self {
        Self::fails_first(usize::MAX)
    }

    /// Fails that many times, then is answered.
    pub(crate) fn fails_first(failures: usize) -> Self {
        Self::new(move |call| async move {
            for _ in 0..3 {
                yield_now().await;
            }
            if call < failures { Err(Down) } else { Ok(()) }
        })
    }

    /// Is never answered.
    pub(crate) fn hangs() -> Self {
        Self::new(|_| pending())
    }

    /// Panics after a poll.
    #[expect(clippy::panic, reason = "it is what the request is for")]
    pub(crate) fn panics() -> Self {
        Self::new(|_| async {
            yield_now().await;
            panic!("the call panics")
        })
    }

    /// Is answered once the gate is opened.
    pub(crate) fn behind(gate: Arc<Notify>) -> Self {
        Self::new(move |_| {
            let gate = Arc::clone(&gate);
            async move {
                gate.notified().await;
                Ok(())
            }
        })
    }
}
