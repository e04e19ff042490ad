//! The task: events out of the ring, into the sink, one after the other.

use super::counts::Fate;
use super::event::PolicyEvent;
use super::shared::Shared;
use super::sinks::TelemetrySink;
use crate::path::Path;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use tokio::runtime::Handle;

/// The sink's half of a telemetry: what only the task touches.
pub(super) struct Drain<S> {
    sink: S,
    /// All before it is taken out of the ring.
    position: u64,
    paths: Vec<Path>,
    losses_seen: u64,
    losses_reported: u64,
}

/// A [`Drain`] whose sink's type is forgotten.
pub(super) trait AnyDrain: Send {
    /// Starts the task.
    fn start(self: Box<Self>, shared: Arc<Shared>, runtime: &Handle);
}

impl<S> Drain<S> {
    pub(super) fn new(sink: S) -> Self {
        Self { sink, position: 0, paths: Vec::new(), losses_seen: 0, losses_reported: 0 }
    }
}

impl<S: TelemetrySink> AnyDrain for Drain<S> {
    fn start(self: Box<Self>, shared: Arc<Shared>, runtime: &Handle) {
        let mut task = Task { shared, drain: Some(self), delivering: false };
        drop(runtime.spawn(async move { task.run().await }));
    }
}

/// The half and where it goes back to when the runtime ends.
struct Task<S: TelemetrySink> {
    shared: Arc<Shared>,
    /// `None` once all is delivered for good.
    drain: Option<Box<Drain<S>>>,
    delivering: bool,
}

impl<S: TelemetrySink> Task<S> {
    async fn run(&mut self) {
        loop {
            // Before the last look at the ring: what is closed gets nothing more.
            let closed = self.shared.inbox.is_closed();
            let position = self.deliver_all().await;
            if closed {
                self.drain = None;
                return;
            }
            self.shared.inbox.news(position).await;
        }
    }

    /// Delivers what is in the ring; gives the position after it.
    async fn deliver_all(&mut self) -> u64 {
        loop {
            self.report_losses().await;
            let Some(drain) = &mut self.drain else {
                return 0;
            };
            let Some(event) = self.shared.take(drain.position, &mut drain.paths) else {
                return drain.position;
            };
            drain.position += 1;
            self.deliver(event).await;
            self.advance();
            // A sink that is always ready must not keep the thread.
            tokio::task::consume_budget().await;
        }
    }

    /// Tells the sink how many events found the ring full. A report that it does not take is made up
    /// for by the next one.
    async fn report_losses(&mut self) {
        let lost = self.shared.lost();
        let Some(drain) = self.drain.as_mut().filter(|drain| drain.losses_seen != lost) else {
            return;
        };
        drain.losses_seen = lost;
        let report = self.shared.report(lost - drain.losses_reported);
        if self.deliver(report).await == Fate::Delivered
            && let Some(drain) = &mut self.drain
        {
            drain.losses_reported = lost;
        }
        self.advance();
    }

    async fn deliver(&mut self, event: PolicyEvent) -> Fate {
        let Some(drain) = &mut self.drain else {
            return Fate::Interrupted;
        };
        self.delivering = true;
        let fate = send(&mut drain.sink, event, &self.shared).await;
        self.delivering = false;
        self.shared.tally.count(fate);
        fate
    }

    fn advance(&self) {
        if let Some(drain) = &self.drain {
            self.shared.advance(drain.position, drain.losses_seen);
        }
    }
}

/// The runtime ended, or dropped the task before its first poll.
impl<S: TelemetrySink> Drop for Task<S> {
    fn drop(&mut self) {
        if self.delivering {
            self.shared.tally.count(Fate::Interrupted);
        }
        self.advance();
        if let Some(drain) = self.drain.take() {
            self.shared.park(drain);
        }
    }
}

/// Hands one event to the sink.
async fn send<S: TelemetrySink>(sink: &mut S, event: PolicyEvent, shared: &Shared) -> Fate {
    let mut sending = pin!(async {
        poll_fn(|task| sink.poll_ready(task)).await?;
        sink.call(event).await
    });
    poll_fn(|task| {
        // What a panic leaves behind is the sink's own; the event is gone with it.
        let poll = AssertUnwindSafe(|| sending.as_mut().poll(task).map(|sent| sent.is_ok()));
        match shared.within(|| catch_unwind(poll)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(true)) => Poll::Ready(Fate::Delivered),
            Ok(Poll::Ready(false)) => Poll::Ready(Fate::Refused),
            Err(_) => Poll::Ready(Fate::Panicked),
        }
    })
    .await
}
