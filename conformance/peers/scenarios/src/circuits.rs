//! Circuit breakers: late results, probes that do not come back, refusals.

use crate::job::Job;
use crate::peer::{Ended, Guarded, Inner, Part, Peer};
use crate::places::{Sent, caught, hour, polled, send, service};
use crate::verdict::{Hindrance, Seen, must};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Notify;
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, service_fn};

/// No scenario takes that long.
const LONG: Duration = Duration::from_secs(3600);
/// Passes in real time, too: some circuits read the clock of the machine.
const SHORT: Duration = Duration::from_millis(20);
/// How many cooldowns a service that is well again may have to wait.
const COOLDOWNS: usize = 20;

/// The cooldown of an open circuit, however far it was doubled or spread.
async fn pass() {
    std::thread::sleep(SHORT * 2);
    tokio::time::advance(SHORT * 2).await;
}

fn breaker(peer: &dyn Peer, cooldown: Duration, inner: Inner) -> Result<Guarded, Hindrance> {
    peer.guard(Part::Breaker(cooldown), inner).ok_or(Hindrance::Absent)
}

/// Failures until the circuit refuses.
async fn open(guarded: &Guarded) -> Seen {
    for _ in 0..10 {
        if send(guarded, Job::fails()).await == Err(Ended::Refused) {
            return Ok(());
        }
    }
    must(false, "ten failures do not open it")
}

/// A circuit that is due to be asked, and the call with which it is.
async fn probed(peer: &dyn Peer, probe: Job) -> Result<(Guarded, Sent), Hindrance> {
    let guarded = breaker(peer, SHORT, service())?;
    open(&guarded).await?;
    pass().await;
    let mut call = send(&guarded, probe);
    must(polled(&mut call).await.is_pending(), "the probe is refused")?;
    Ok((guarded, call))
}

/// The service is well: whether its circuit closes.
async fn recovers(guarded: &Guarded) -> Seen {
    for _ in 0..COOLDOWNS {
        pass().await;
        let calls = [Job::answers(), Job::answers(), Job::answers()];
        let mut answered = 0;
        for job in calls {
            answered += usize::from(send(guarded, job).await.is_ok());
        }
        if answered == 3 {
            return Ok(());
        }
    }
    must(false, format!("half-open for ever: {COOLDOWNS} cooldowns later it still refuses"))
}

/// A call is begun, the circuit opens, the call is answered.
pub(crate) async fn late_success(peer: &dyn Peer) -> Seen {
    let guarded = breaker(peer, LONG, service())?;
    let gate = Arc::new(Notify::new());
    let mut late = send(&guarded, Job::behind(Arc::clone(&gate)));
    must(polled(&mut late).await.is_pending(), "a closed circuit refuses")?;
    open(&guarded).await?;
    gate.notify_one();
    must(late.await.is_ok(), "the late call is not answered")?;
    let next = send(&guarded, Job::answers()).await;
    must(next == Err(Ended::Refused), "the next call goes through, an hour too early")
}

/// Two calls are begun, the circuit opens, a probe is sent, the two are answered, the probe fails.
pub(crate) async fn late_successes_beside_a_probe(peer: &dyn Peer) -> Seen {
    let guarded = breaker(peer, SHORT, service())?;
    let gate = Arc::new(Notify::new());
    let mut late = [(); 2].map(|()| send(&guarded, Job::behind(Arc::clone(&gate))));
    for call in &mut late {
        must(polled(call).await.is_pending(), "a closed circuit refuses")?;
    }
    open(&guarded).await?;
    pass().await;
    let mut probe = send(&guarded, Job::fails());
    must(polled(&mut probe).await.is_pending(), "the probe is refused")?;
    for call in late {
        gate.notify_one();
        must(call.await.is_ok(), "a late call is not answered")?;
    }
    must(probe.await.is_err(), "the probe does not fail")?;
    // For circuits that want more than one result; one more failure opens no closed circuit.
    let _failed = send(&guarded, Job::fails()).await;
    let next = send(&guarded, Job::answers()).await;
    must(next == Err(Ended::Refused), "closed, although its probe fails")
}

pub(crate) async fn dropped_probe(peer: &dyn Peer) -> Seen {
    let (guarded, probe) = probed(peer, Job::hangs()).await?;
    drop(probe);
    recovers(&guarded).await
}

pub(crate) async fn panicking_probe(peer: &dyn Peer) -> Seen {
    let (guarded, probe) = probed(peer, Job::panics()).await?;
    must(caught(probe).await.is_err(), "the panic is lost")?;
    recovers(&guarded).await
}

pub(crate) async fn hanging_probe(peer: &dyn Peer) -> Seen {
    let (guarded, _probe) = probed(peer, Job::hangs()).await?;
    recovers(&guarded).await
}

pub(crate) async fn probes_at_once(peer: &dyn Peer) -> Seen {
    let job = Job::hangs();
    let (guarded, _probe) = probed(peer, job.clone()).await?;
    let mut others = Vec::new();
    for _ in 0..9 {
        let mut call = send(&guarded, job.clone());
        let _pending = polled(&mut call).await;
        others.push(call);
    }
    let calls = job.calls();
    must(calls == 1, format!("{calls} of 10 calls reach the service at once"))
}

/// The service, while it is well, and then never ready again.
pub(crate) async fn refusal_without_readiness(peer: &dyn Peer) -> Seen {
    if !peer.has_layers() {
        return Err(Hindrance::Absent);
    }
    let well = Arc::new(AtomicBool::new(true));
    let is_well = Arc::clone(&well);
    let inner = ServiceBuilder::new()
        .layer_fn(move |inner| Readiness { inner, well: Arc::clone(&is_well) })
        .service(service_fn(|job: Job| job.run()));
    let guarded = breaker(peer, LONG, BoxCloneSyncService::new(inner))?;
    open(&guarded).await?;
    well.store(false, Ordering::Relaxed);
    let refused = hour(send(&guarded, Job::answers())).await;
    must(refused == Some(Err(Ended::Refused)), "the caller waits for the service that is down")
}

/// Ready while the service is well.
#[derive(Clone)]
struct Readiness<S> {
    inner: S,
    well: Arc<AtomicBool>,
}

impl<S: tower::Service<Job>> tower::Service<Job> for Readiness<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut std::task::Context<'_>) -> Poll<Result<(), S::Error>> {
        if self.well.load(Ordering::Relaxed) { self.inner.poll_ready(task) } else { Poll::Pending }
    }

    fn call(&mut self, job: Job) -> S::Future {
        self.inner.call(job)
    }
}
