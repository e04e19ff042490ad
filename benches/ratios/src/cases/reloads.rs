//! Requests beside a thread that reloads their book a thousand times a second, or one that nobody uses:
//! what a second thread costs in itself.

use super::within::Here;
use ninelives::{Calls, Host, LoadError, PolicyBook};
use ninelives_measure::request::{AtOnce, Down, Service, send};
use ninelives_measure::{Case, Requests};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tower::Layer;

/// A thousand a second.
const PERIOD: Duration = Duration::from_millis(1);

/// Requests, and the thread beside them; it ends with this.
struct Beside<S> {
    service: S,
    over: Arc<AtomicBool>,
    writer: Option<JoinHandle<Result<(), LoadError>>>,
}

impl<S: Service> Beside<S> {
    fn new(service: S, book: PolicyBook) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let writer = thread::spawn({
            let over = over.clone();
            move || reload(&book, &over)
        });
        Self { service, over, writer: Some(writer) }
    }
}

impl<S: Service> Requests for Beside<S> {
    fn run(&mut self, requests: u64) -> u64 {
        // A writer that failed is no writer.
        if self.writer.as_ref().is_none_or(JoinHandle::is_finished) {
            return 0;
        }
        (0..requests).map(|_| u64::from(send(&mut self.service))).sum()
    }
}

impl<S> Drop for Beside<S> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(writer) = self.writer.take() {
            // Whether it failed was asked with each run.
            let _ = writer.join();
        }
    }
}

fn text(attempts: u64) -> String {
    format!("policy r3 = timeout(1s) + retry({attempts}) + bulkhead(64);")
}

fn reload(book: &PolicyBook, over: &AtomicBool) -> Result<(), LoadError> {
    let mut next = Instant::now();
    while !over.load(Ordering::Relaxed) {
        book.reload(text(2 + book.generation() % 2))?;
        next += PERIOD;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(())
}

/// A handle lives for a round of percentiles, and so does its thread.
pub(super) fn cases() -> Result<[Case; 2], Box<dyn Error>> {
    let book = || PolicyBook::from_text(text(3), Host::new().calls(Calls::<u64, u64, Down>::new()));
    let (book, other) = (book()?, book()?);
    let service = book.policy::<u64, u64, Down>("r3")?.layer(Here(AtOnce));
    let beside = |name, book: PolicyBook| {
        let service = service.clone();
        Case::new(name, move || Beside::new(service.clone(), book.clone())).only(&[])
    };
    Ok([
        beside("text R3, 1,000 reloads/s", book),
        beside("text R3, 1,000 reloads/s of another book", other),
    ])
}
