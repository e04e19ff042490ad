//! Layers that call a service more than once, or another one: readiness, places, losers.

use crate::job::Job;
use crate::peer::{Guarded, Inner, Part, Peer};
use crate::places::{caught, hour, limited, polled, send, service};
use crate::strict::Strict;
use crate::verdict::{Hindrance, Seen, message, must};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;
use tower::util::BoxCloneSyncService;

const LONG: Duration = Duration::from_secs(3600);

fn strict(places: usize) -> Inner {
    BoxCloneSyncService::new(Strict::new(limited(places)))
}

fn guard(peer: &dyn Peer, part: Part, inner: Inner) -> Result<Guarded, Hindrance> {
    if peer.has_layers() {
        peer.guard(part, inner).ok_or(Hindrance::Absent)
    } else {
        Err(Hindrance::Absent)
    }
}

/// Every layer of the crate, over a limit and a service that panic when an instance is called that
/// was not polled ready, with calls that fail, and hang, at first.
pub(crate) async fn unready_calls(peer: &dyn Peer) -> Seen {
    let parts = [
        Part::Timeout,
        Part::Retry,
        Part::Breaker(LONG),
        Part::Bulkhead,
        Part::Queue,
        Part::Hedge,
        Part::Fallback(strict(8)),
    ];
    let (mut had, mut broken, mut said) = (0, Vec::new(), String::new());
    for part in parts {
        let name = part.name();
        let Ok(guarded) = guard(peer, part, strict(8)) else { continue };
        had += 1;
        for job in [Job::fails_first(1), hangs_first()] {
            if let Some(Err(panic)) = hour(caught(send(&guarded, job))).await {
                said = message(panic.as_ref());
                if broken.last() != Some(&name) {
                    broken.push(name);
                }
            }
        }
    }
    if had == 0 {
        return Err(Hindrance::Absent);
    }
    must(
        broken.is_empty(),
        format!("{} of {had} layers panic with \"{said}\": {}", broken.len(), broken.join(", ")),
    )
}

/// Hangs when it is called first, and is answered afterwards.
fn hangs_first() -> Job {
    Job::new(|call| async move { if call == 0 { pending().await } else { Ok(()) } })
}

/// Two callers, each of whose calls fails twice.
pub(crate) async fn retry_over_limit(peer: &dyn Peer) -> Seen {
    let guarded = guard(peer, Part::Retry, strict(1))?;
    // Both wait a few polls in the service, so that they meet at the limit.
    let calls = [(); 2].map(|()| tokio::spawn(caught(send(&guarded, Job::fails_first(2)))));
    for call in calls {
        match hour(call).await {
            Some(Ok(Ok(outcome))) => must(outcome.is_ok(), "the third attempt does not answer")?,
            Some(Ok(Err(panic))) => must(false, format!("it panics: {}", message(panic.as_ref())))?,
            Some(Err(_)) => must(false, "its task panics")?,
            None => must(false, "it waits for ever for the place that it holds")?,
        }
    }
    Ok(())
}

/// The only place is that of the first call, so that the hedge has none.
pub(crate) async fn stalled_hedge(peer: &dyn Peer) -> Seen {
    let guarded = guard(peer, Part::Hedge, strict(1))?;
    let job = Job::new(|_| async {
        sleep(Duration::from_secs(10)).await;
        Ok(())
    });
    match hour(caught(send(&guarded, job))).await {
        Some(Ok(outcome)) => must(outcome.is_ok(), "it fails"),
        Some(Err(panic)) => must(false, format!("it panics: {}", message(panic.as_ref()))),
        None => must(false, "the first answer is held up by the hedge"),
    }
}

/// Counts itself in a service.
struct Inside(Arc<AtomicUsize>);

impl Inside {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Hangs with its first call; whoever is inside the service is counted.
fn counted(count: &Arc<AtomicUsize>) -> Job {
    let count = Arc::clone(count);
    Job::new(move |call| {
        let inside = Inside::new(&count);
        async move {
            if call == 0 {
                pending::<()>().await;
            }
            drop(inside);
            Ok(())
        }
    })
}

pub(crate) async fn hedge_loser(peer: &dyn Peer) -> Seen {
    let guarded = guard(peer, Part::Hedge, service())?;
    let inside = Arc::default();
    let answered = hour(send(&guarded, counted(&inside))).await == Some(Ok(()));
    must(answered, "the hedge does not answer")?;
    must(inside.load(Ordering::Relaxed) == 0, "it is in the service when the answer is there")
}

pub(crate) async fn timed_out_call(peer: &dyn Peer) -> Seen {
    let guarded = guard(peer, Part::Timeout, service())?;
    let inside = Arc::default();
    let ended = hour(send(&guarded, counted(&inside))).await;
    must(ended.is_some_and(|outcome| outcome.is_err()), "its time is never up")?;
    must(inside.load(Ordering::Relaxed) == 0, "it is in the service when its caller has the error")
}

/// The fallback has one place, which is taken; and when it is free, an idle handle does not take it.
pub(crate) async fn unused_fallback(peer: &dyn Peer) -> Seen {
    let reserve = BoxCloneSyncService::new(limited(1));
    let gate = Arc::new(Notify::new());
    let guarded = guard(peer, Part::Fallback(reserve.clone()), service())?;
    let mut inside =
        Box::pin(tower::ServiceExt::oneshot(reserve.clone(), Job::behind(Arc::clone(&gate))));
    must(polled(&mut inside).await.is_pending(), "the limit has no place")?;
    let answered = hour(send(&guarded, Job::answers())).await == Some(Ok(()));
    must(answered, "a busy fallback holds up calls that do not need it")?;
    gate.notify_one();
    must(inside.await.is_ok(), "the call inside is not answered")?;
    let mut idle = guarded.clone();
    let _ready = hour(tower::ServiceExt::<Job>::ready(&mut idle)).await;
    let free = hour(tower::ServiceExt::oneshot(reserve, Job::answers())).await == Some(Ok(()));
    must(free, "its place is held by a handle that does not call it")
}
