//! What became of each attempt: stands between a policy and its service.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tower_service::Service;

use crate::client::{Ask, Client, Failure, Reply};

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Not yet.
    Open,
    /// With an answer of this status.
    Answered(u16),
    /// Without a whole answer.
    Failed(Failure),
    /// Nobody waited for its end any longer.
    Dropped,
}

/// All attempts in the order in which they began.
#[derive(Clone, Debug, Default)]
pub struct Attempts(Arc<Mutex<Vec<End>>>);

impl Attempts {
    /// How each ended.
    pub fn ends(&self) -> Vec<End> {
        self.list().clone()
    }

    /// Waits until so many have ended.
    pub async fn ended(&self, count: usize) {
        while self.list().iter().filter(|end| **end != End::Open).count() < count {
            tokio::task::yield_now().await;
        }
    }

    fn list(&self) -> MutexGuard<'_, Vec<End>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> Attempt {
        let mut list = self.list();
        list.push(End::Open);
        Attempt { attempts: self.clone(), number: list.len() - 1 }
    }
}

/// One attempt; dropped is what it is unless it has ended before.
struct Attempt {
    attempts: Attempts,
    number: usize,
}

impl Attempt {
    fn end(&self, end: End) {
        if let Some(open) = self.attempts.list().get_mut(self.number).filter(|it| **it == End::Open)
        {
            *open = end;
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.end(End::Dropped);
    }
}

/// A client whose calls are written down.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Where.
    pub attempts: Attempts,
    /// Who calls.
    pub client: Client,
}

impl Service<Ask> for Recorded {
    type Response = Reply;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.client.poll_ready(task)
    }

    fn call(&mut self, request: Ask) -> Self::Future {
        let attempt = self.attempts.begin();
        let answer = self.client.call(request);
        Box::pin(async move {
            let answer = answer.await;
            attempt.end(match &answer {
                Ok(answer) => End::Answered(answer.status().as_u16()),
                Err(failure) => End::Failed(*failure),
            });
            answer
        })
    }
}
