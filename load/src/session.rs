//! A server, its users, and one load after the other.

use crate::account::{Counters, Outcome, Tally};
use crate::client::{Answer, Ask, Failure, outcome};
use crate::memory::Sample;
use crate::schedule::Schedule;
use crate::server::Server;
use hdrhistogram::Histogram;
use http::{Request, Uri};
use http_body_util::Empty;
use ninelives::PolicyError;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tower::{Service, ServiceExt};

/// A request that has not ended so long after the last was due is given up: it is unaccounted for.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest latency that is told from longer ones.
const LONGEST: Duration = Duration::from_secs(120);

/// What each user calls.
pub(crate) trait Guard:
    Service<Ask, Response = Answer, Error = PolicyError<Failure>, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Guard for S where
    S: Service<Ask, Response = Answer, Error = PolicyError<Failure>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// What came of a load.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// From the moment when a request was due to its end, in microseconds.
    pub(crate) latency: Histogram<u64>,
    /// From the moment when it was due to the one when it began: the harness's own part.
    pub(crate) late: Histogram<u64>,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
    pub(crate) samples: Vec<Sample>,
}

/// One request that has ended.
struct Ended {
    due: Instant,
    began: Instant,
    over: Instant,
    outcome: Outcome,
}

/// A server and its users, each with a connection of its own.
pub(crate) struct Session<S> {
    // The clients go before their runtime.
    users: Vec<S>,
    runtime: Runtime,
    server: Server,
    counters: Arc<Counters>,
    /// How often memory is looked at.
    pub(crate) sampling: Duration,
}

impl<S: Guard> Session<S> {
    /// Users of a server, who share what `users` holds in common.
    pub(crate) fn new(
        server: Server,
        users: Vec<S>,
        counters: Arc<Counters>,
    ) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { users, runtime, server, counters, sampling: Duration::from_millis(100) })
    }

    /// The server.
    pub(crate) const fn server(&self) -> &Server {
        &self.server
    }

    /// Sends each request when it is due, whatever became of those before, and waits for all.
    pub(crate) fn drive(&self, schedule: &Schedule) -> Result<Report, Box<dyn Error>> {
        let uri: Uri = format!("http://{}/", self.server.address()).parse()?;
        let (ended, mut endings) = mpsc::unbounded_channel();
        let start = Instant::now();
        let mut report = Report::new()?;
        let handle = self.runtime.handle();
        report.tally.sent = std::thread::scope(|scope| {
            let sender = scope.spawn(move || self.send(schedule, &uri, start, handle, ended));
            self.runtime.block_on(async {
                let patience = schedule.length() + PATIENCE;
                let _ = timeout(patience, self.collect(start, &mut endings, &mut report)).await;
            });
            sender.join().map_err(|_| "the thread that sends has panicked")
        })?;
        report.took = start.elapsed();
        report.tally = report.tally.plus(self.counters.take());
        Ok(report)
    }

    /// On a thread that does nothing else: it sleeps to the microsecond, where tokio's timers count
    /// milliseconds, and is late only when both processors are busy.
    fn send(
        &self,
        schedule: &Schedule,
        uri: &Uri,
        start: Instant,
        handle: &Handle,
        ended: mpsc::UnboundedSender<Ended>,
    ) -> u64 {
        let mut sent = 0;
        for due in schedule.due() {
            let Some(user) = self.users.get(due.user) else { continue };
            let due = start + due.at;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let mut request = Request::new(Empty::new());
            *request.uri_mut() = uri.clone();
            handle.spawn(ask(user.clone(), request, due, ended.clone()));
            sent += 1;
        }
        sent
    }

    /// Ends when the last sender of endings is gone: with the thread that sends, and all requests.
    async fn collect(
        &self,
        start: Instant,
        endings: &mut mpsc::UnboundedReceiver<Ended>,
        report: &mut Report,
    ) {
        let mut sampling = interval(self.sampling);
        sampling.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                ended = endings.recv() => {
                    let Some(ended) = ended else { break };
                    report.count(&ended);
                }
                _ = sampling.tick() => report.samples.push(Sample::take(start.elapsed())),
            }
        }
    }
}

async fn ask(user: impl Guard, request: Ask, due: Instant, ended: mpsc::UnboundedSender<Ended>) {
    let began = Instant::now();
    let outcome = outcome(&user.oneshot(request).await);
    // Nobody listens any more when patience has ended.
    let _ = ended.send(Ended { due, began, over: Instant::now(), outcome });
}

impl Report {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let longest = u64::try_from(LONGEST.as_micros())?;
        let empty = Histogram::new_with_bounds(1, longest, 3)?;
        Ok(Self {
            latency: empty.clone(),
            late: empty,
            tally: Tally::default(),
            took: Duration::ZERO,
            samples: Vec::new(),
        })
    }

    fn count(&mut self, ended: &Ended) {
        let micros = |from: Instant, to: Instant| {
            u64::try_from(to.saturating_duration_since(from).as_micros()).unwrap_or(u64::MAX)
        };
        self.latency.saturating_record(micros(ended.due, ended.over));
        self.late.saturating_record(micros(ended.due, ended.began));
        self.tally.count(ended.outcome);
    }

    /// Both as if they were one load.
    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), Box<dyn Error>> {
        self.latency.add(&other.latency)?;
        self.late.add(&other.late)?;
        self.tally = self.tally.plus(other.tally);
        self.took += other.took;
        self.samples.extend(&other.samples);
        Ok(())
    }

    /// The latency below which that share of the requests stayed.
    pub(crate) fn quantile(&self, quantile: f64) -> Duration {
        Duration::from_micros(self.latency.value_at_quantile(quantile))
    }

    /// Requests that were answered by the server, a second.
    pub(crate) fn throughput(&self) -> f64 {
        self.tally.ok as f64 / self.took.as_secs_f64()
    }
}
