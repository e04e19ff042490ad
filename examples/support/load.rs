//! A closed-loop load and what came of it.

use crate::support::{Answer, Ask, Server, ask};
use http::StatusCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tower::{Service, ServiceExt};

/// What came of a load.
pub(crate) struct Report {
    latencies: Vec<Duration>,
    succeeded: usize,
    degraded: usize,
    served: u64,
}

/// Sends `requests`, so many `at_once`, and waits for all.
pub(crate) async fn load<S, E>(
    server: &Server,
    service: S,
    requests: usize,
    at_once: usize,
) -> Report
where
    S: Service<Ask, Response = Answer, Error = E, Future: Send> + Clone + Send + 'static,
    E: Send + 'static,
{
    server.take_served();
    let next = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..at_once)
        .map(|_| {
            let (service, next, ask) = (service.clone(), next.clone(), ask(server));
            tokio::spawn(async move {
                let mut outcomes = Vec::new();
                while next.fetch_add(1, Ordering::Relaxed) < requests {
                    let began = Instant::now();
                    let status =
                        service.clone().oneshot(ask.clone()).await.ok().map(|a| a.status());
                    outcomes.push((began.elapsed(), status));
                }
                outcomes
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for worker in workers {
        outcomes.extend(worker.await.unwrap_or_default());
    }
    let count = |status| outcomes.iter().filter(|(_, found)| *found == Some(status)).count();
    let (succeeded, degraded) = (count(StatusCode::OK), count(StatusCode::SERVICE_UNAVAILABLE));
    let mut latencies: Vec<_> = outcomes.into_iter().map(|(latency, _)| latency).collect();
    latencies.sort_unstable();
    Report { latencies, succeeded, degraded, served: server.take_served() }
}

impl Report {
    /// The share of requests answered by the server itself; degraded answers do not count.
    pub(crate) fn success(&self) -> f64 {
        self.succeeded as f64 / self.latencies.len() as f64
    }

    /// The latency below which that share of the requests stayed.
    pub(crate) fn quantile(&self, quantile: f64) -> Duration {
        let rank = (self.latencies.len() as f64 * quantile).ceil() as usize;
        self.latencies.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// The head of the table.
    pub(crate) fn print_head() {
        println!(
            "{:<14} {:>8} {:>9} {:>10} {:>10} {:>9} {:>9}",
            "calls", "requests", "success", "p50", "p99", "attempts", "degraded"
        );
    }

    /// One row of the table.
    pub(crate) fn print(&self, name: &str) {
        println!(
            "{name:<14} {:>8} {:>8.2}% {:>10.1?} {:>10.1?} {:>9.3} {:>9}",
            self.latencies.len(),
            self.success() * 100.0,
            self.quantile(0.5),
            self.quantile(0.99),
            self.served as f64 / self.latencies.len() as f64,
            self.degraded,
        );
    }
}
