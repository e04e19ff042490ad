//! A service that is pending at times.

use crate::services::{Ask, note};
use fastrand::Rng;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Sleep, sleep};
use tower_service::Service;

/// A service that at times is ready a turn or some milliseconds later than the one inside, and answers some
/// turns later. When follows from a seed.
///
/// # Clone
/// An instance is ready by itself.
#[derive(Debug)]
pub struct Reluctant<S> {
    inner: S,
    seed: u64,
    /// How often something was drawn, by all clones.
    draws: Arc<AtomicU64>,
    readiness: Readiness,
}

#[derive(Debug)]
enum Readiness {
    Unasked,
    AfterTurn,
    Later(Pin<Box<Sleep>>),
    /// Until it is called.
    Ready,
}

impl<S> Reluctant<S> {
    /// Passes everything on to `inner`.
    pub fn new(inner: S, seed: u64) -> Self {
        Self { inner, seed, draws: Arc::default(), readiness: Readiness::Unasked }
    }

    fn draw(&self) -> Rng {
        Rng::with_seed(self.seed ^ (self.draws.fetch_add(1, Ordering::Relaxed) << 32))
    }

    /// What an instance that was not asked yet waits for: mostly nothing.
    fn reluctance(&self) -> Readiness {
        let mut random = self.draw();
        match random.u8(..10) {
            0..=5 => Readiness::Ready,
            6 | 7 => Readiness::AfterTurn,
            _ => Readiness::Later(Box::pin(sleep(Duration::from_millis(random.u64(1..30))))),
        }
    }

    fn poll_willing(&mut self, task: &mut Context<'_>) -> Poll<()> {
        if let Readiness::Unasked = self.readiness {
            self.readiness = self.reluctance();
        }
        match &mut self.readiness {
            Readiness::Unasked | Readiness::Ready => return Poll::Ready(()),
            Readiness::AfterTurn => {
                task.waker().wake_by_ref();
                self.readiness = Readiness::Ready;
            }
            Readiness::Later(wait) => {
                if wait.as_mut().poll(task).is_ready() {
                    self.readiness = Readiness::Ready;
                    return Poll::Ready(());
                }
            }
        }
        note("a service is not ready".to_owned());
        Poll::Pending
    }
}

impl<S> Service<Ask> for Reluctant<S>
where
    S: Service<Ask, Future: Unpin>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Turns<S::Future>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        ready!(self.poll_willing(task));
        self.inner.poll_ready(task)
    }

    fn call(&mut self, request: Ask) -> Self::Future {
        self.readiness = Readiness::Unasked;
        Turns { left: self.draw().u8(..3), future: self.inner.call(request) }
    }
}

impl<S: Clone> Clone for Reluctant<S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            seed: self.seed,
            draws: self.draws.clone(),
            readiness: Readiness::Unasked,
        }
    }
}

/// A call that lets others go first some times.
#[derive(Debug)]
pub struct Turns<F> {
    left: u8,
    future: F,
}

impl<F: Future + Unpin> Future for Turns<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            task.waker().wake_by_ref();
            return Poll::Pending;
        }
        Pin::new(&mut self.future).poll(task)
    }
}
