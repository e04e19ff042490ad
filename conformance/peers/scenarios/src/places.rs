//! Bulkheads: a place that was taken comes back. And how requests are sent in all scenarios.

use crate::job::{Down, Job};
use crate::peer::{Ended, Guarded, Inner, Part, Peer};
use crate::verdict::{Hindrance, Seen, must};
use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Notify;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt, service_fn};

/// A request under way.
pub(crate) type Sent = Pin<Box<dyn Future<Output = Result<(), Ended>> + Send>>;

/// A service that does what the requests say.
pub(crate) fn service() -> Inner {
    BoxCloneSyncService::new(service_fn(|job: Job| job.run()))
}

/// Sends a request to a clone, as servers do.
pub(crate) fn send(guarded: &Guarded, job: Job) -> Sent {
    Box::pin(guarded.clone().oneshot(job))
}

/// Polls once.
pub(crate) async fn polled<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|task| Poll::Ready(Pin::new(&mut *future).poll(task))).await
}

/// What comes within an hour of the clock that stands still: nothing comes of what waits for ever.
pub(crate) async fn hour<T>(future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(Duration::from_secs(3600), future).await.ok()
}

/// What comes, or the panic.
pub(crate) async fn caught(mut call: Sent) -> Result<Result<(), Ended>, Box<dyn Any + Send>> {
    let outcome =
        poll_fn(|task| match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(task))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        });
    outcome.await
}

fn bulkhead(peer: &dyn Peer, part: Part) -> Result<Guarded, Hindrance> {
    peer.guard(part, service()).ok_or(Hindrance::Absent)
}

/// There is a place: the next call gets it.
async fn free(guarded: &Guarded, after: impl Into<String>) -> Seen {
    must(hour(send(guarded, Job::answers())).await == Some(Ok(())), after)
}

/// More than any layer needs for a call that is answered at once.
const POLLS: usize = 1_000;

pub(crate) async fn dropped_call(peer: &dyn Peer) -> Seen {
    let guarded = bulkhead(peer, Part::Bulkhead)?;
    for polls in 0..POLLS {
        let mut call = send(&guarded, Job::answers());
        for _ in 0..polls {
            if polled(&mut call).await.is_ready() {
                return Ok(());
            }
            // A layer may have a task of its own to run.
            tokio::task::yield_now().await;
        }
        drop(call);
        free(&guarded, format!("lost after {polls} polls")).await?;
    }
    must(false, format!("not answered in {POLLS} polls"))
}

/// One is inside and one waits, which is dropped before and after the place is free.
pub(crate) async fn dropped_waiter(peer: &dyn Peer) -> Seen {
    let guarded = bulkhead(peer, Part::Queue)?;
    for drops_late in [false, true] {
        for polls in 0..4 {
            let gate = Arc::new(Notify::new());
            let mut inside = send(&guarded, Job::behind(Arc::clone(&gate)));
            let _pending = polled(&mut inside).await;
            let mut waiter = send(&guarded, Job::answers());
            for _ in 0..polls {
                must(polled(&mut waiter).await.is_pending(), "it does not wait")?;
            }
            let mut waiter = Some(waiter).filter(|_| drops_late);
            gate.notify_one();
            must(inside.await.is_ok(), "the call inside is not answered")?;
            drop(waiter.take());
            free(&guarded, format!("lost by a waiter after {polls} polls")).await?;
        }
    }
    Ok(())
}

pub(crate) async fn panicking_call(peer: &dyn Peer) -> Seen {
    let guarded = bulkhead(peer, Part::Bulkhead)?;
    must(caught(send(&guarded, Job::panics())).await.is_err(), "the panic is lost")?;
    free(&guarded, "lost").await
}

pub(crate) async fn idle_handle(peer: &dyn Peer) -> Seen {
    let guarded = bulkhead(peer, Part::Bulkhead)?;
    let mut idle = guarded.clone();
    let ready = hour(ServiceExt::<Job>::ready(&mut idle)).await.is_some_and(|it| it.is_ok());
    must(ready, "it is never ready")?;
    let free = free(&guarded, "others wait for as long as the handle exists").await;
    drop(idle);
    free
}

/// A limit of tower's own, which panics when it is called without a permit.
pub(crate) fn limited(
    places: usize,
) -> impl Service<Job, Response = (), Error = Down, Future: Send + 'static> + Clone + Send + 'static
{
    tower::limit::ConcurrencyLimit::new(service_fn(|job: Job| job.run()), places)
}
