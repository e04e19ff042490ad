//! Events to whoever subscribes.

use crate::telemetry::PolicyEvent;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{Receiver, Sender};
use tower_service::Service;

/// Sends every event to all who [subscribe](Self::subscribe). It waits for none of them: who is too
/// slow is told how many events it missed.
///
/// # Clone
/// Clones are the same stream. It ends when the last one is dropped.
#[derive(Clone, Debug)]
pub struct StreamingSink(Sender<PolicyEvent>);

/// What comes to a subscriber of a [`StreamingSink`].
#[derive(Debug)]
pub struct EventStream(Receiver<PolicyEvent>);

/// One thing that comes to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Streamed {
    /// An event.
    Event(PolicyEvent),
    /// So many events were missed here: the subscriber was too slow.
    Lagged(u64),
}

impl StreamingSink {
    /// A stream in which a subscriber may be `capacity` events behind, rounded up to a power of two.
    pub fn new(capacity: u16) -> Self {
        Self(Sender::new(capacity.max(1).into()))
    }

    /// The events from now on.
    pub fn subscribe(&self) -> EventStream {
        EventStream(self.0.subscribe())
    }
}

impl EventStream {
    /// Waits for the next event; `None` when the stream has ended.
    ///
    /// # Cancellation
    /// Nothing is missed.
    pub async fn next(&mut self) -> Option<Streamed> {
        match self.0.recv().await {
            Ok(event) => Some(Streamed::Event(event)),
            Err(RecvError::Lagged(missed)) => Some(Streamed::Lagged(missed)),
            Err(RecvError::Closed) => None,
        }
    }

    /// The next event, if it is there already.
    pub fn try_next(&mut self) -> Option<Streamed> {
        match self.0.try_recv() {
            Ok(event) => Some(Streamed::Event(event)),
            Err(TryRecvError::Lagged(missed)) => Some(Streamed::Lagged(missed)),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}

impl Service<PolicyEvent> for StreamingSink {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        // An error says that nobody has subscribed, so nobody misses it.
        let _ = self.0.send(event);
        ready(Ok(()))
    }
}
