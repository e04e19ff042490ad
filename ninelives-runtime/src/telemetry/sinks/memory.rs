//! The last events, for tests and for a look at what goes on.

use crate::telemetry::PolicyEvent;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tower_service::Service;

/// Keeps the last events. What has to make room for a new one is counted.
///
/// # Clone
/// Clones are the same memory: keep one to read what the other one was given.
#[derive(Clone, Debug)]
pub struct MemorySink(Arc<Mutex<Memory>>);

#[derive(Debug)]
struct Memory {
    capacity: usize,
    events: VecDeque<PolicyEvent>,
    dropped: u64,
}

impl MemorySink {
    /// Keeps at most the last `capacity` events.
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Memory { capacity, events: VecDeque::new(), dropped: 0 })))
    }

    /// The events that it keeps, the oldest first.
    pub fn events(&self) -> Vec<PolicyEvent> {
        self.memory().events.iter().cloned().collect()
    }

    /// As [`events`](Self::events), and keeps them no longer.
    pub fn take(&self) -> Vec<PolicyEvent> {
        std::mem::take(&mut self.memory().events).into()
    }

    /// How many it was given and no longer keeps, those that were taken apart.
    pub fn dropped(&self) -> u64 {
        self.memory().dropped
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<PolicyEvent> for MemorySink {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        let mut memory = self.memory();
        memory.events.push_back(event);
        if memory.events.len() > memory.capacity {
            memory.events.pop_front();
            memory.dropped += 1;
        }
        ready(Ok(()))
    }
}
